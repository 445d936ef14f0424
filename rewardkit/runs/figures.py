"""The charts and tables of figures in the report: what each stage reached, where points are lost, what was not scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup

from rewardkit.scores import Component

from . import charts, wording
from .records import ComparisonRow, ItemRow, StageRow
from .tally import Judged, Tally, stage_rank

_DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its heading, a sentence below it and the names of its series."""

    title: str
    chart: Markup
    caption: str = ""
    legend: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table, its small print, and the share of a bar to draw (None: no bar)."""

    figure: str
    small: str = ""
    bar: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures; `lines` are (label, cells) and every line has a cell per column."""

    columns: Sequence[str]
    lines: Sequence[tuple[str, Sequence[Cell]]]


def preferred_decoding(decodings: Iterable[str]) -> str:
    """The decoding that details are shown for: greedy where there is one, else the first."""
    there = list(decodings)
    return "greedy" if "greedy" in there else (there[0] if there else "given")


def stages_chart(grader: str, rows: Sequence[StageRow]) -> Markup | None:
    """The share solved of every stage with its interval; None when nothing was scored."""
    solved = [row for row in rows if row.metric == "solved" and row.mean is not None]
    final = next((stage for stage in ("rft", "sft") if any(row.name == stage for row in solved)), "")
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


def stages_table(rows: Sequence[StageRow], comparisons: Sequence[ComparisonRow]) -> Table:
    """One line per stage: share solved and mean score for each decoding, the change from the base, what was unscored."""
    decodings = list(dict.fromkeys(row.decoding for row in rows))
    from_base = {
        row.b: row for row in comparisons if row.a == "base" and row.decoding == preferred_decoding(decodings)
    }
    several = {decoding: max(row.k for row in rows if row.decoding == decoding) for decoding in decodings}
    columns = ["Prompts"]
    for decoding, k in several.items():
        times = f" \N{MULTIPLICATION SIGN} {k}" if k > 1 else ""
        what = "" if decoding == "given" else f", {decoding}{times}"
        columns += [f"Solved{what}", f"Mean score{what}"] + (
            [f"Solved at least once in {k}"] if k > 1 else []
        )
    columns += (["Against base"] if from_base else []) + ["Unscored"]
    lines = []
    for stage in dict.fromkeys(row.name for row in rows):
        mine = [row for row in rows if row.name == stage]
        cells = [Cell(f"{max(row.prompts for row in mine):,}")]
        for decoding, k in several.items():
            cells += _stage_cells([row for row in mine if row.decoding == decoding], with_pass_at_k=k > 1)
        if from_base:
            cells.append(_change_cell(from_base.get(stage)))
        lines.append((wording.stage_label(stage), [*cells, _unscored_cell(mine)]))
    return Table(columns, lines)


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


def histograms(judged: Judged) -> list[Figure]:
    """The spread of the scores of each stage; none where scores only say right or wrong."""
    columns = list(judged.values.values())
    if not _more_than_two_values(columns):
        return []
    low, high = min(0.0, *map(min, columns)), max(1.0, *map(max, columns))
    labels = {stage: wording.stage_label(stage) for stage in judged.stages()}
    return [
        Figure(label, charts.histogram(judged.values[stage], low, high, f"Scores, {label}"))
        for stage, label in labels.items()
    ]


def causes_table(tally: Tally) -> Table | None:
    """How many completions of each stage were unscored, or cut short by their own fault, from which cause."""
    causes = dict.fromkeys(cause for cause, _ in sorted(tally.causes))
    lines = [(cause, [Cell(f"{tally.causes[cause, stage]:,}") for stage in tally.stages]) for cause in causes]
    return Table([wording.stage_label(stage) for stage in tally.stages], lines) if lines else None


def frequent_reasons(tally: Tally, most: int = 8) -> list[tuple[str, str, int]]:
    """(cause, reason, count) of the unscored completions, the most frequent first."""
    return [(cause, reason, count) for (cause, reason), count in tally.reasons.most_common(most)]


def _stage_cells(rows: Sequence[StageRow], *, with_pass_at_k: bool) -> list[Cell]:
    by_metric = {row.metric: row for row in rows}
    cells = [
        Cell(wording.figure(by_metric[metric]), wording.bounds(by_metric[metric]))
        if metric in by_metric
        else Cell(_DASH)
        for metric in ("solved", "score")
    ]
    if with_pass_at_k:
        once = by_metric["solved"].pass_at_k if "solved" in by_metric else None
        cells.append(Cell(_DASH if once is None else wording.percent(once)))
    return cells


def _change_cell(row: ComparisonRow | None) -> Cell:
    if row is None:
        return Cell(_DASH)
    if row.low is None:
        return Cell(_DASH, wording.TOO_FEW)
    size, _, interval = wording.change(row).partition(" (")
    return Cell(size, f"{interval.rstrip(')')}, {row.verdict}")


def items_table(rows: Sequence[ItemRow]) -> Table | None:
    """The mean score of each prompt at each stage, one by one; None without rows, as where there are prompts enough for an interval."""
    stages = sorted(dict.fromkeys(row.name for row in rows), key=stage_rank)
    by_place = {(row.sample, row.name): row for row in rows}
    lines = [
        (sample, [_item_cell(by_place.get((sample, stage))) for stage in stages])
        for sample in dict.fromkeys(row.sample for row in rows)
    ]
    return Table([wording.stage_label(stage) for stage in stages], lines) if lines else None


def _item_cell(row: ItemRow | None) -> Cell:
    return Cell(_DASH) if row is None or row.score is None else Cell(f"{row.score:.2f}")


def _unscored_cell(rows: Sequence[StageRow]) -> Cell:
    """Their number, and what the share solved would be between had all of them failed and had all succeeded."""
    solved = [row for row in rows if row.metric == "solved"]
    bounded = next(
        ((row.worst, row.best) for row in solved if row.worst is not None and row.best is not None), None
    )
    small = f"{bounded[0] * 100:.1f} to {bounded[1] * 100:.1f} %" if bounded else ""
    return Cell(f"{sum(row.unscored for row in solved):,}", small)


def _worth(part: Component) -> str:
    if part.level is not None:
        return f"up to {part.level:g}"
    return _DASH if part.weight is None else f"weight {part.weight:g}"


def _mean_cell(mean: float | None) -> Cell:
    return Cell(_DASH) if mean is None else Cell(f"{mean:.2f}", "", min(1.0, max(0.0, mean)))


def _more_than_two_values(columns: Iterable[Iterable[float]]) -> bool:
    found: set[float] = set()
    for value in chain.from_iterable(columns):
        found.add(value)
        if len(found) > 2:
            return True
    return False
