"""Checks that try answers which nobody declared: another row's, none at all, the prompt itself, and a row without its reference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from .expectations import Expected
from .forms import date_texts
from .kinds import as_date, as_list, kind_of, reference_of
from .known_rows import KnownRow, plain
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import written_answers

NONSENSE = (
    ".",
    ":",
    "-",
    "Answer:",
    "Thought process:",
    "Solution",
    "Let's solve this problem step by step.",
)
"""Texts that are no answer to anything; research: "One Token to Fool LLM-as-a-Judge", arXiv 2507.08794."""

_MOST_PIECES = 8
_BLANKS = ("", " \n")
_EMPTY_VALUES = ("[]", "{}", "null", "nan", "Answer: inf", "```\n```")
_REFUSALS = ("I don't know.", "I'm sorry, but I can't help with that.")
_MOST_ROWS = {"RK102": 40, "RK104": 8, "RK105": 40, "RK118": 4}
_FOR_NOTHING = 0.4  # of the range: an empty answer that earns no more is what its author meant, even if a wrong one earns less
_OTHERS = 3  # how many other rows' answers each row is tried with


def other_rows_answers(material: Material) -> Planned:
    """RK102: the right answer to a row with another reference does not pass."""
    if material.reference_free or material.role == "penalty":
        yield _skipped_as_free("RK102", material)
        return
    if not any(row.compared or row.prompt for row in material.rows):
        return
    rows = material.different_rows(_MOST_ROWS["RK102"], lambda row: row.right_answers)
    if len(rows) < 2:
        yield Skipped("RK102", "it needs two rows with different references", "add cases, or give --data")
        return
    for mine, theirs in _pairs(rows):
        answer = theirs.right_answers[0]
        if not mine.accepts(answer):
            certain = _surely_different(material, mine, theirs)
            expected = material.stays_under(f"it is the right answer at {theirs.where}")
            yield Trial("RK102", mine, (answer,), expected, mine.where, provable=certain, answers=theirs)


def null_answers(material: Material) -> Planned:
    """RK104: an answer that says nothing does not pass; refusals are left out where the grader may abstain."""
    if material.role == "penalty" or (material.role == "part" and material.reference_free):
        yield Skipped("RK104", f"it is a {material.role} of a combination, which is tested as a whole")
        return
    texts = [*_BLANKS, *NONSENSE, *_EMPTY_VALUES]
    if material.reference_free:
        texts = [*_BLANKS]  # what else is right there is for its author's cases to say
    elif not material.grader.options.may_abstain:
        texts += _REFUSALS
    rows = material.different_rows(_MOST_ROWS["RK104"])
    low, high = material.span
    earns = Expected("not_raised", low=low + _FOR_NOTHING * (high - low), high=0.05 * (high - low))
    right = {plain(gold) for row in material.rows for gold in row.golds} if material.reference_free else set()
    for row in rows:
        for text in texts:
            if not (row.empty or row.accepts(text) or plain(text) in right):
                yield Trial("RK104", row, (text,), material.stays_under(), row.where, provable=False)
                if text in _BLANKS and not material.grader.options.may_abstain:
                    for wrong in row.wrongs[:2]:
                        yield Trial("RK104", row, (wrong, text), earns, row.where, provable=False)


def prompt_echo(material: Material) -> Planned:
    """RK105: the prompt as completion does not pass, where the prompt does not hold the reference."""
    if material.reference_free or material.role == "penalty":
        yield _skipped_as_free("RK105", material)
        return
    asking = [row for row in material.sound_rows if row.prompt.strip()]
    if material.rows and not asking:
        advice = "add prompt= to cases, or give --data with a prompt column"
        yield Skipped("RK105", "no row has a prompt", advice)
    elif asking and all(_is_told(row) for row in asking):
        yield Skipped("RK105", "every prompt holds its reference, so an echo may be right")
    for row in material.different_rows(_MOST_ROWS["RK105"], _echo_is_wrong):
        yield Trial("RK105", row, (row.prompt,), material.stays_under(), row.where, provable=False)
    for answer in written_answers(material, _MOST_PIECES) if kind_of(material) in (None, "text") else ():
        for piece in _pieces(answer.row.prompt) if _echo_is_wrong(answer.row) else ():
            text = answer.form.write(piece)
            if not answer.row.accepts(text):
                below = material.stays_under("a piece of the prompt")
                yield Trial("RK105", answer.row, (text,), below, answer.row.where, provable=False)


def missing_reference(material: Material) -> Planned:
    """RK118: with its reference emptied, a row's right answer and plain nonsense do not both pass."""
    if material.grader.options.reference_free or material.role == "penalty":
        return
    rows = [row for row in material.rows if "reference" in row.compared]
    if any(row.golds and not row.compared["reference"] for row in rows):
        yield Skipped("RK118", "a case says that an empty reference can be right")
        return
    for row in material.different_rows(_MOST_ROWS["RK118"], lambda row: row.right_answers):
        value = row.compared.get("reference")
        if value and isinstance(value, str | list):
            empty: dict[str, Any] = {"reference": "" if isinstance(value, str) else []}
            empty_row = replace(
                row,
                id=f"{row.id} without its reference",
                columns={**row.columns, **empty},
                compared=empty,
            )
            for text in (row.right_answers[0], "zxqv 17 nonsense"):
                yield Trial(
                    "RK118",
                    empty_row,
                    (text,),
                    material.stays_under(),
                    row.where,
                    provable=False,
                    sound=False,
                )


def _pairs(rows: Sequence[KnownRow]) -> Iterator[tuple[KnownRow, KnownRow]]:
    """Each row with the next few, both ways round, each pair once."""
    pairs: dict[tuple[int, int], None] = {}
    for index in range(len(rows)):
        for step in range(1, min(_OTHERS, len(rows) - 1) + 1):
            other = (index + step) % len(rows)
            pairs.update({(index, other): None, (other, index): None})
    return ((rows[mine], rows[theirs]) for mine, theirs in pairs)


def _pieces(prompt: str) -> Iterator[str]:
    """What a prompt gives to work on: its last paragraph, what stands after its last colon, what it quotes."""
    paragraphs = [part.strip() for part in prompt.split("\n\n") if part.strip()]
    after = prompt.rpartition(":")[2].strip()
    quoted = re.findall(r"[\"\u201c\u00ab]([^\"\u201d\u00bb]{8,})[\"\u201d\u00bb]", prompt)
    found = [*(paragraphs[-1:] if len(paragraphs) > 1 else []), *([after] if ":" in prompt else []), *quoted]
    return (piece for piece in dict.fromkeys(found) if len(piece.split()) > 1)


def _is_told(row: KnownRow) -> bool:
    """Whether the prompt states the answer, a date perhaps in another writing than the reference."""
    date = as_date(row.compared_text)
    stated = date is not None and any(text.casefold() in row.prompt.casefold() for text in date_texts(date))
    return row.told or stated


def _echo_is_wrong(row: KnownRow) -> bool:
    return bool(row.prompt.strip()) and not _is_told(row) and not row.accepts(row.prompt)


def _skipped_as_free(check: str, material: Material) -> Skipped:
    if material.grader.options.reference_free:
        return Skipped(check, "declared reference_free")
    if material.role == "penalty":
        return Skipped(check, "it is a penalty of a combination, which is tested as a whole")
    advice = "ask for `reference` and compare the whole answer with it; or declare reference_free=True if the score need not depend on one"
    return Skipped(check, "it asks for no reference and no prompt", advice)


def _surely_different(material: Material, mine: KnownRow, theirs: KnownRow) -> bool:
    """Two labels, two numbers more than a tenth apart, two lists with no item in common: what is right for the one is wrong for the other."""
    lists = [as_list(reference_of(row)) for row in (mine, theirs)]
    if lists[0] is not None and lists[1] is not None and theirs.golds:
        return not {str(item).casefold() for item in lists[0]} & {str(item).casefold() for item in lists[1]}
    if mine.reference is None or theirs.reference is None:
        return False
    if material.grader.options.answer == "label":
        return plain(mine.reference) != plain(theirs.reference)
    if material.grader.options.answer == "number":
        try:
            a, b = float(plain(mine.reference)), float(plain(theirs.reference))
        except ValueError:
            return False
        return abs(a - b) > 0.1 * max(abs(a), abs(b))
    return False
