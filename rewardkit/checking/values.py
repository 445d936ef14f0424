"""The values of a reference that stand in a right answer, each replaced there (RK114): for answers whose form is not known as a whole."""

from __future__ import annotations

import re

from .kinds import as_number
from .known_rows import KnownRow, leaves
from .trials import Material, Planned, Trial
from .written import written_answers

_MOST_ROWS = 12
_MOST_VALUES = 4
_LONGEST = 60
_IS_REFERENCE = re.compile(
    r"refer|answer|truth|expect|target|solution|gold|label|wanted|correct", re.IGNORECASE
)


def changed_values(material: Material) -> Planned:
    """RK114: a right answer with another value in the place of one that its reference names does not pass."""
    if material.reference_free or material.role != "whole":
        return
    known = {answer.row.id for answer in written_answers(material, _MOST_ROWS)}
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and not row.empty):
        for value in _values_in(row) if row.id not in known else ():
            other = _other(value)
            text = other.join(_standing_alone(value).split(row.golds[0]))
            if not row.accepts(text):
                below = material.stays_under(f"{other} for {value}")
                yield Trial("RK114", row, (text,), below, row.where, provable=False)


def _values_in(row: KnownRow) -> list[str]:
    """The first, the last and a few other values of the reference that the right answer holds, each as a word of its own."""
    named = [value for name, value in row.compared.items() if _IS_REFERENCE.search(name)]
    short = dict.fromkeys(leaf.strip() for leaf in leaves(named) if len(leaf) <= _LONGEST)
    held = [leaf for leaf in short if _says_something(leaf) and _standing_alone(leaf).search(row.golds[0])]
    step = max(1, (len(held) - 1) // (_MOST_VALUES - 1)) if len(held) > _MOST_VALUES else 1
    return list(dict.fromkeys([*held[::step][: _MOST_VALUES - 1], *held[-1:]]))


def _says_something(value: str) -> bool:
    return len(value) > 1 or value.isdigit()


def _standing_alone(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")


def _other(value: str) -> str:
    """Another value of the same sort."""
    number = as_number(value)
    if number is not None:
        return f"{abs(number) * 3 + 13:f}"
    digit = re.search(r"\d(?=\D*$)", value)
    if digit:
        return f"{value[: digit.start()]}{(int(digit[0]) + 5) % 10}{value[digit.end() :]}"
    return "zxqv"
