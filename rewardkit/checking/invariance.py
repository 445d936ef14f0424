"""Checks of what must not change a right answer's score. Each applies only where the declared kind of answer implies it."""

from __future__ import annotations

from .expectations import Expected
from .results import Skipped
from .trials import Material, Planned, Trial

_SPACE_IS_FREE = ("number", "text", "label", "list", "json", "sql", "date")
_MOST_ROWS = 20


def outer_space(material: Material) -> Planned:
    """RK201: a right answer with line breaks around it scores no less."""
    options = material.grader.options
    if options.format_strict or options.answer not in _SPACE_IS_FREE:
        if options.format_strict:
            yield Skipped("RK201", "declared format_strict")
        else:
            advice = 'declare answer= ("number", "label", "json", ...)'
            yield Skipped("RK201", "the kind of answer is not declared", advice)
        return
    rows = [row for row in material.sound_rows if row.golds]
    for row in material.choose(rows, _MOST_ROWS):
        gold = row.golds[0]
        yield Trial("RK201", row, (gold, f"\n\n {gold} \n"), Expected("keeps"), row.where)
