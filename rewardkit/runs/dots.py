"""Figures with their intervals on a common axis from 0 to 100 %, as a table: a label, a dot with its whisker, the figure in words.

    stages_dots(rows, baseline)    one line per stage; the mark on the axis is what the best constant answer gets
    parts_of(rows, stage)          one table per column of the slices, the worst part first; the mark is the figure of all prompts
    components_dots(rows, judged)  one line per component of the grader, in the order of its score

A table and not a drawing: it stays readable on a telephone and for a screen reader, and it prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rewardkit.scores import Component

from . import wording
from .records import BaselineRow, ComponentRow, StageRow
from .tally import Judged

FEWEST = 10  # prompts that a part has an interval from, and is compared with others
_MOST_LINES = 20  # parts of one column that are shown at once; the better ones are folded away
_SERIES = 6  # colours and shapes; a seventh model looks like the first


@dataclass(frozen=True, slots=True)
class Dot:
    """A share in [0, 1] with its interval (None: none), its words, and a mark to compare it with."""

    series: int
    name: str
    mean: float | None
    low: float | None
    high: float | None
    figure: str
    small: str
    prompts: int
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The dots of one label, one per stage; `part` or `missed` (a component) filters the table of completions."""

    label: str
    dots: Sequence[Dot]
    part: str = ""
    missed: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """A table of lines; `folded` are the better ones of many, `few` those of under 10 prompts, which have no interval."""

    title: str
    first: str
    lines: Sequence[Line]
    folded: Sequence[Line] = ()
    few: Sequence[Line] = ()
    stages: Sequence[str] = ()
    mark: str = ""
    measure: str = "Solved"
    axis: Sequence[str] = ("0 %", "50 %", "100 %")


def stages_dots(rows: Sequence[StageRow], baseline: BaselineRow | None) -> Dots | None:
    """The share solved of every stage; None when nothing was scored."""
    solved = [row for row in rows if row.metric == "solved" and row.mean is not None and row.slice is None]
    mark = baseline.solved if baseline else None
    numbers = _numbered(solved)
    lines = [
        Line(
            wording.stage_label(stage),
            [_dot(row, numbers, mark, note=row.decoding) for row in solved if row.name == stage],
        )
        for stage in numbers
    ]
    marked = f"the best constant answer, {wording.percent(mark)}" if mark is not None else ""
    return Dots("Share of prompts solved", "Stage", lines, mark=marked) if lines else None


def parts_of(rows: Sequence[StageRow], stage: str) -> list[Dots]:
    """The share solved of each part of the data at each stage, grouped by column; parts stand in the order of that stage, worst first.

    `rows` are of one grader and one decoding, those of all prompts among them.
    """
    solved = [row for row in rows if row.metric == "solved" and row.mean is not None]
    numbers = _numbered(solved)
    whole = {row.name: row.mean for row in solved if row.slice is None}
    columns: dict[str, dict[str, list[StageRow]]] = {}
    for row in solved:
        if row.slice is not None:
            column, value = split_slice(row.slice)
            columns.setdefault(column, {}).setdefault(value, []).append(row)
    return [_column(name, parts, stage, numbers, whole) for name, parts in columns.items()]


def components_dots(rows: Sequence[ComponentRow], judged: Judged) -> Dots | None:
    """The mean of each component at each stage with its interval; None without components.

    Runs whose summary has no components show their means over the scored completions, without intervals.
    """
    known = {(row.component, row.name): row for row in rows}
    stages = judged.stages()
    lines = []
    for name, part in judged.parts.items():
        dots = [
            _component_dot(known.get((name, stage)), None if known else judged.mean(name, stage), stage, i)
            for i, stage in enumerate(stages)
        ]
        there = [dot for dot in dots if dot is not None]
        if there:
            lines.append(Line(name, there, missed=name, note=_worth(part)))
    names = [wording.stage_label(stage) for stage in stages]
    if not lines:
        return None
    return Dots("", "Component", lines, stages=names, measure="Mean", axis=("0", "0.5", "1"))


def components_of(rows: Sequence[ComponentRow]) -> list[Line]:
    """One line per row, for where one stage is shown."""
    return [
        Line(row.component, [dot])
        for row in rows
        if (dot := _component_dot(row, None, row.name, 0)) is not None
    ]


def worst_part(rows: Sequence[StageRow], stage: str) -> tuple[StageRow, int] | None:
    """The part of ten prompts or more where that stage solves least, and the number of parts it was chosen from."""
    parts = [
        row
        for row in rows
        if row.metric == "solved" and row.name == stage and row.slice is not None and row.prompts >= FEWEST
    ]
    worst = min(parts, key=lambda row: 1.0 if row.mean is None else row.mean, default=None)
    return None if worst is None else (worst, len(parts))


def split_slice(name: str) -> tuple[str, str]:
    """`family = join` as column and value; a part that no column names has the column ""."""
    column, equals, value = name.partition(" = ")
    return (column, value) if equals else ("", name)


def _column(
    name: str,
    parts: Mapping[str, Sequence[StageRow]],
    stage: str,
    numbers: Mapping[str, int],
    whole: Mapping[str, float | None],
) -> Dots:
    lines = sorted(
        (
            Line(value, [_dot(row, numbers, whole.get(row.name)) for row in rows], str(rows[0].slice))
            for value, rows in parts.items()
        ),
        key=lambda line: _reached(line, numbers.get(stage, 0)),
    )
    enough = [line for line in lines if any(dot.prompts >= FEWEST for dot in line.dots)]
    few = [line for line in lines if all(dot.prompts < FEWEST for dot in line.dots)]
    stages = [wording.stage_label(one) for one in numbers]
    mark = "the share of all prompts" if any(mean is not None for mean in whole.values()) else ""
    return Dots(
        f"By {name}" if name else "By part of the data",
        name or "Part",
        enough[:_MOST_LINES],
        enough[_MOST_LINES:],
        few,
        stages,
        mark,
    )


def _reached(line: Line, series: int) -> float:
    """What the stage that the page is about reaches there; a part that it has no figure of stands last."""
    return next((dot.mean for dot in line.dots if dot.series == series and dot.mean is not None), 2.0)


def _numbered(rows: Sequence[StageRow]) -> dict[str, int]:
    return {name: i % _SERIES for i, name in enumerate(dict.fromkeys(row.name for row in rows))}


def _dot(row: StageRow, numbers: Mapping[str, int], mark: float | None, note: str = "") -> Dot:
    return Dot(
        numbers[row.name],
        _note(row, note) if note else wording.stage_label(row.name),
        row.mean,
        row.low,
        row.high,
        wording.figure(row),
        wording.bounds(row) if row.low is not None else "no interval",
        row.prompts,
        mark,
    )


def _component_dot(row: ComponentRow | None, mean: float | None, stage: str, number: int) -> Dot | None:
    name, series = wording.stage_label(stage), number % _SERIES
    if row is None:
        return None if mean is None else Dot(series, name, mean, None, None, f"{mean:.2f}", "", 0)
    sure = row.low is not None and row.high is not None
    small = f"{row.low:.2f} to {row.high:.2f}" if sure else "no interval"
    return Dot(series, name, row.mean, row.low, row.high, f"{row.mean:.2f}", small, row.prompts)


def _worth(part: Component) -> str:
    if part.level is not None:
        return f"up to {part.level:g}"
    return "" if part.weight is None else f"weight {part.weight:g}"


def _note(row: StageRow, decoding: str) -> str:
    times = f" \N{MULTIPLICATION SIGN} {row.k}" if row.k > 1 else ""
    return "" if decoding == "given" and not times else f"{wording.DECODINGS.get(decoding, decoding)}{times}"
