"""What a test is about: a grader as `rewardkit test` would collect it, and rows as a data file would hold them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from ..checking.combinations import roles
from ..checking.known_rows import DataRow, KnownRow, data_row, known_rows, read_data
from ..checking.trials import Material
from ..collecting import collect_grader, with_cases_beside
from ..grader import Grader
from ..loading import attribute_of
from ..rows import Row
from ..samples import Sample, sample_of

RowLike: TypeAlias = Mapping[str, Any] | Sample
"""A row of task data: its columns by name, `gold` and `wrong` completions among them where they are known."""

Rows: TypeAlias = str | Path | Iterable[RowLike]
"""A data file, or rows."""


def as_collected(grader: Grader | str) -> Grader:
    """The grader under the name of its variable and with the cases of `NAME.cases.jsonl` beside it; a text is a target of `rewardkit test`."""
    if isinstance(grader, str):
        return collect_grader(grader)
    module = sys.modules.get(grader.module)
    if grader.attribute or module is None:
        return grader
    name = next((name for name, value in vars(module).items() if value is grader), None)
    return grader if name is None else with_cases_beside(attribute_of(module, name, grader))


def material_for(grader: Grader, rows: Rows | None = None, seed: int = 0) -> Material:
    """The grader with the rows of its cases and these. GraderError or DataError for a row that it cannot be tested on."""
    return Material(grader, known_rows(grader, data_rows(rows)), seed, roles([*_beside(grader), grader])[-1])


def data_rows(rows: Rows | None) -> list[DataRow]:
    """Rows with what is known to be right and wrong there."""
    if rows is None:
        return []
    if isinstance(rows, str | Path):
        return read_data(Path(rows), {})
    return [data_row(_sample(row, number)) for number, row in enumerate(rows, 1)]


def one_row(grader: Grader, row: RowLike) -> tuple[Material, KnownRow]:
    """The grader with the rows of its cases, and this row first among them, with what they say of it."""
    material = material_for(grader, [row])
    *others, mine = material.rows
    same = [other for other in others if other.columns.items() <= mine.columns.items()]
    if not mine.golds and same:
        mine = same[0]
    return Material(grader, [mine, *others], material.seed, material.role), mine


def _sample(row: RowLike, number: int) -> Sample:
    return row if isinstance(row, Sample) else sample_of(Row(dict(row), f"row {number}"))


def _beside(grader: Grader) -> list[Grader]:
    """The graders of its module: one of them may be a combination with this one as a part."""
    module = sys.modules.get(grader.module)
    return [value for value in vars(module).values() if isinstance(value, Grader)] if module else []
