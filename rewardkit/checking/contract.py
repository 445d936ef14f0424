"""Checks of the contract (RK001 to RK004, RK014): odd texts to try. What they break is seen on every call."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .expectations import Expected
from .forms import Form, form_of
from .mutants import EXPRESSION, endless, numbers_of
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import written_answers

ODD_TEXTS = (
    "",
    " \n\t\u3000",
    "no answer here",
    "Answer:",
    "Answer: 1e999 and -0.0, 1_000, \u0664\u0662, \u221217",
    "a\x00b\x1b[31m",
    "lone surrogate \ud800 here",
    "\u202eright to left\u202c \ufeff\u200b e\u0301",
    "[" * 20_000,
    '{"a": {"a": [1, 2, {"a": NaN',
    "SELECT * FROM ((( WHERE 'x",
    "\\boxed{\\frac{1}{0}",
    "```json\n{'single': quotes,}\n```",
    "<think>never closed",
    "{reference} {0} %s %d $x",
    "((\\S+)+)+\u00a7",
    "9" * 400,
    "word " * 20_000,
)
"""Completions that no grader may raise on."""

ODD_CONTENTS = (
    "...",
    "1.2.3",
    "-",
    ",",
    "1e999",
    "\u0664\u0662",
    "5\u00b2",
    "1/0",
    "NaN",
    "null",
    "{}",
    "9**9**9**9",
    "\ud800",
    "(",
    "\\",
)
"""What may stand in the place of an answer's content, and that no grader may raise on either, nor work on for long."""

_STRAINING = ("a" * 60 + "\u00a7", "1" * 60 + "\u00a7", "a b " * 20 + "\u00a7", " " * 3000 + "\u00a7")
_DECORATED = "{}\n\nNote, please. Please see above, thank you! Step 1. Step 2. <think>therefore</think> I am certain. Answer: {}"
_PROGRAM = re.compile(r"^(?:def|import|from|class) \w+.*[:\w]$|```(?:python|py)\n", re.MULTILINE)
_ROWS = 2
_WRITTEN = 8
_BEYOND = 9  # digits of an exponent: a power with one that long does not fit into memory


def odd_texts(material: Material) -> Planned:
    """RK001 to RK004 and RK014: odd completions, and right ones with remarks that a grader may pay extra for."""
    rows = material.different_rows(_ROWS)
    if not rows:
        yield Skipped("RK004", "there is no row to call it on", "add cases, or give --data")
    written = written_answers(material, _WRITTEN)
    for answer in written[:1]:
        for text in odd_contents(answer.form):
            yield Trial("RK004", answer.row, (text,), Expected("sound"), answer.row.where)
    for answer in sorted(written, key=lambda answer: -len(answer.form.content))[:1]:
        yield Trial("RK004", answer.row, (tower(answer.form),), Expected("sound"), answer.row.where)
    yield from _endless_programs(material)
    yield from _endless_powers(material)
    for row in rows:
        answers = [text for answer in row.right_answers[:1] for text in adorned(answer)]
        for text in (*ODD_TEXTS, *answers):
            yield Trial("RK004", row, (text,), Expected("sound"), row.where)
    for row in rows[:1]:
        for text in (text for answer in row.golds[:1] for text in strained(answer)):
            yield Trial("RK004", row, (text,), Expected("sound"), row.where)


def _endless_programs(material: Material) -> Planned:
    """Programs that never end, where right answers are programs; for a grader that declares to run them, its deadline is their limit."""
    if material.grader.options.runs_completion:
        return
    for row in material.different_rows(1, lambda row: any(_PROGRAM.search(gold) for gold in row.golds)):
        form = form_of(row.golds[0], None, "code")
        if form is None:
            continue
        for text in endless(form.content):
            yield Trial("RK004", row, (form.write(text),), Expected("sound"), row.where)


def _endless_powers(material: Material) -> Planned:
    """The numbers of a right expression as one power upon the other, the largest on top: nothing can compute it."""
    towers = []
    for row in material.different_rows(_WRITTEN, lambda row: row.golds):
        for found in EXPRESSION.finditer(row.golds[0]):
            numbers = sorted(numbers_of(found[0]))
            if len(numbers) > 2 and numbers[-2] > 1:
                text = (
                    row.golds[0][: found.start()] + "**".join(map(str, numbers)) + row.golds[0][found.end() :]
                )
                towers.append((numbers[-1] * math.log10(numbers[-2]), row, text))
    highest = max(towers, key=lambda tower: tower[0], default=None)
    if highest is not None and highest[0] > _BEYOND:
        _, row, text = highest
        yield Trial("RK004", row, (text,), Expected("sound"), row.where)


def strained(answer: str) -> Iterator[str]:
    """A right answer one line of which ends with what makes a careless regular expression try every way to read it."""
    lines = answer.splitlines()
    for place in sorted({0, len(lines) // 2, len(lines) - 1} if lines else ()):
        for more in _STRAINING:
            yield "\n".join([*lines[:place], f"{lines[place]} {more}", *lines[place + 1 :]])


def odd_contents(form: Form) -> Iterator[str]:
    """A right answer with something odd in the place of its content."""
    return (form.write(content) for content in ODD_CONTENTS)


def tower(form: Form) -> str:
    """A right answer with a tower of powers of its own numbers in the place of its content, the largest first."""
    numbers = sorted(re.findall(r"\d+", form.content), key=lambda number: (len(number), number), reverse=True)
    return form.write("**".join(numbers * (1 if len(numbers) > 2 else 4)))


def adorned(answer: str) -> tuple[str, str]:
    """A right answer amid remarks that a grader may pay extra for, and nine times over."""
    return _DECORATED.format(answer, answer), "\n".join([answer] * 9)


def sound_calls(trials: Iterable[Trial]) -> Iterator[Trial]:
    """The contract as one trial for each different call that the other trials make."""
    seen: set[tuple[int, str, tuple[str, ...]]] = set()
    for trial in trials:
        at_home = trial.sound and (trial.surroundings in (None, "judge") or trial.compares)
        judges = trial.judges[:1]
        for completion in trial.completions if at_home else ():
            call = (id(trial.row), completion, judges)
            if call not in seen:
                seen.add(call)
                yield replace(
                    trial,
                    check="RK004",
                    completions=(completion,),
                    expected=Expected("sound"),
                    surroundings="judge" if judges else None,
                    judges=judges,
                    provable=True,
                    guessed=False,
                    declared=False,
                    answers=None,
                )
