"""Checks that make the same calls in other surroundings: hash seed (RK006), threads (RK011), clock (RK013), and under watch (RK010, RK015)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator

from ..scoring.surroundings import Surroundings
from ..scoring.watched import CANARY
from .expectations import Expected
from .forms import form_of
from .kinds import kind_of
from .known_rows import KnownRow
from .repeating import cut
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import written_answers

_ROWS = 3
_MOST_CUT = 16
_HOSTILE_ROWS = 2
_HOSTILE = (
    "import builtins\nfor name in ('sum', 'len', 'sorted', 'abs', 'all', 'any'):\n    setattr(builtins, name, lambda *a, **k: 0)\n",
    "globals().clear()",
    "zxqv zxqv",
)
_MONTHS = tuple(calendar.month_name)[1:]
_SAME: tuple[tuple[str, Surroundings], ...] = (("RK006", "hash"), ("RK011", "threads"), ("RK013", "clock"))


def other_surroundings(material: Material) -> Planned:
    """The scores of right, wrong and empty answers are the same with another hash seed, in eight threads, and on another day."""
    options = material.grader.options
    if options.isolation == "inline":
        yield Skipped(
            "RK006", "it runs inline, in the surroundings of this process", 'declare isolation="process"'
        )
        return
    for check, surroundings in _SAME:
        if surroundings == "threads" and (options.runs_completion or material.grader.is_async):
            yield Skipped(check, "it is called by one thread at a time: it is async, or runs completions")
            continue
        more = _without_year(material) if surroundings == "clock" else ()
        if surroundings == "hash":
            more = ((call.row, call.completion) for call in cut(material, most=_MOST_CUT))
        for row, text in (*_calls(material), *more):
            yield Trial(check, row, (text,), Expected("same"), row.where, surroundings=surroundings)


def after_hostile_answers(material: Material) -> Planned:
    """RK008: after answers that change what they can reach, a right and a wrong answer score what they did before, in the same process."""
    if material.grader.options.isolation == "inline":
        return
    for row in material.different_rows(_HOSTILE_ROWS, lambda row: row.golds):
        hostile = [*_HOSTILE]
        if kind_of(material) == "sql":
            from .mutants.queries import tables_of

            query = form_of(row.golds[0], None, "sql")
            for table in tables_of(query.content) if query else ():
                hostile += [f"UPDATE {table} SET rowid = 1", f"DELETE FROM {table}", f"DROP TABLE {table}"]
        if not any(row.accepts(text) for text in hostile):
            for last in (row.golds[0], *row.wrongs[:1]):
                completions = (*hostile, last)
                yield Trial(
                    "RK008",
                    row,
                    completions,
                    Expected("as_before"),
                    row.where,
                    sound=False,
                    surroundings="sequence",
                )


def watched_calls(material: Material) -> Planned:
    """RK010 its arguments stay as they are; RK015 it touches nothing but its score, and runs no completion as code."""
    options = material.grader.options
    if options.isolation == "inline" or options.runs_completion or material.grader.is_async:
        yield Skipped("RK015", "it runs inline, is async, or declares that it runs completions")
        return
    for row, text in [*_calls(material), *_canaries(material)]:
        for check in ("RK010", "RK015"):
            yield Trial(
                check, row, (text,), Expected("unnoticed", note=check), row.where, surroundings="watched"
            )


def _calls(material: Material) -> Iterator[tuple[KnownRow, str]]:
    for row in material.different_rows(_ROWS):
        for text in dict.fromkeys((*row.right_answers[:1], *row.wrongs[:1], "no answer here")):
            yield row, text


def _without_year(material: Material) -> Iterator[tuple[KnownRow, str]]:
    """Right dates without their year, which only a clock could tell."""
    for answer in written_answers(material, 2) if kind_of(material) == "date" else ():
        day = answer.form.value
        for text in (
            f"{day.day} {_MONTHS[day.month - 1]}",
            f"{_MONTHS[day.month - 1]} {day.day}",
            f"{day.month:02}-{day.day:02}",
        ):
            yield answer.row, answer.form.write(text)


def _canaries(material: Material) -> Iterator[tuple[KnownRow, str]]:
    """Answers that are a name which exists nowhere: where it is looked up, the completion was run."""
    for answer in written_answers(material, 1):
        yield answer.row, answer.form.write(CANARY)
        yield answer.row, answer.form.write(f"{CANARY}()")
    for row in material.different_rows(1):
        for text in (CANARY, f"Answer: {CANARY}", f"```python\n{CANARY}\n```", f"<answer>{CANARY}</answer>"):
            yield row, text
