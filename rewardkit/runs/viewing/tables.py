"""Charts and tables of figures that need no styles of their own: the pages of the view allow none in their elements."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rewardkit.scores import Component

from .. import charts, wording
from ..figures import Cell, Table
from ..records import StageRow
from ..tally import Judged

_DASH = "\N{EN DASH}"


def stages_chart(grader: str, rows: Sequence[StageRow]) -> Markup | None:
    """The share solved of every stage with its interval; None when nothing was scored."""
    solved = [row for row in rows if row.metric == "solved" and row.mean is not None]
    final = next((stage for stage in ("rft", "raft", "sft") if any(row.name == stage for row in solved)), "")
    order = list(dict.fromkeys(row.name for row in solved))
    whiskers = [
        charts.Whisker(
            wording.stage_label(row.name),
            "" if row.decoding == "given" else row.decoding,
            row.mean or 0.0,
            row.low,
            row.high,
            hollow=row.decoding == "sampled",
            strong=row.name == final,
        )
        for row in sorted(solved, key=lambda row: (order.index(row.name), row.decoding))
    ]
    title = f"Share solved according to {grader}, by stage, with 95 % intervals"
    return charts.dot_whisker(whiskers, title) if whiskers else None


def slices_table(rows: Sequence[StageRow]) -> Table | None:
    """The share solved of each part of the data at each stage; None without parts."""
    solved = [row for row in rows if row.metric == "solved"]
    stages = list(dict.fromkeys(row.name for row in solved))
    lines = []
    for part in dict.fromkeys(str(row.slice) for row in solved):
        mine = {row.name: row for row in solved if row.slice == part}
        shares = [
            Cell(wording.figure(mine[s]), wording.bounds(mine[s]), mine[s].mean) if s in mine else Cell(_DASH)
            for s in stages
        ]
        lines.append((part, [Cell(f"{max(row.prompts for row in mine.values()):,}"), *shares]))
    return Table(["Prompts", *map(wording.stage_label, stages)], lines) if lines else None


def components_table(judged: Judged) -> Table | None:
    """The mean of each component at each stage over the scored completions; None without components."""
    stages = [stage for stage in judged.stages() if any(at == stage for _, at in judged.sums)]
    lines = [
        (name, [Cell(_worth(part)), *(_mean_cell(judged.mean(name, stage)) for stage in stages)])
        for name, part in judged.parts.items()
    ]
    return Table(["Worth", *map(wording.stage_label, stages)], lines) if lines else None


def _worth(part: Component) -> str:
    if part.level is not None:
        return f"up to {part.level:g}"
    return _DASH if part.weight is None else f"weight {part.weight:g}"


def _mean_cell(mean: float | None) -> Cell:
    return Cell(_DASH) if mean is None else Cell(f"{mean:.2f}", "", min(1.0, max(0.0, mean)))
