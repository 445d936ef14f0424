"""The charts and tables of figures in the report: what each stage reached, where points are lost, what was not scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from markupsafe import Markup

from . import charts, wording
from .records import ComparisonRow, LengthRow, StageRow
from .tally import Judged, Tally

_SPREAD = {
    "median": "Median score",
    "top": "Prompts at the highest score",
    "bottom": "Prompts at the lowest score",
}
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


def reference_stage(comparisons: Sequence[ComparisonRow]) -> str:
    """The stage that the others are compared with: the base, else the one that most are compared with."""
    firsts = Counter(row.a for row in comparisons)
    return "base" if "base" in firsts else max(firsts, key=lambda name: firsts[name], default="")


def side_by_side(
    rows: Sequence[StageRow], comparisons: Sequence[ComparisonRow], lengths: Sequence[LengthRow]
) -> Table:
    """One column per stage, one line per measure: solved, score, over k answers, the difference, length, what was unscored.

    A line that would say nothing (no lengths, a mean score that is the share solved) is left out.
    """
    stages = list(dict.fromkeys(row.name for row in rows))
    lines = [("Prompts", [Cell(f"{_prompts(rows, stage):,}") for stage in stages])]
    decodings = list(dict.fromkeys(row.decoding for row in rows))
    for decoding in decodings:
        mine = [row for row in rows if row.decoding == decoding]
        lines += _decoding_lines(mine, decoding if len(decodings) > 1 else "", stages)
    reference = reference_stage(comparisons)
    if reference:
        shown = preferred_decoding(row.decoding for row in comparisons)
        against = {row.b: row for row in comparisons if row.a == reference and row.decoding == shown}
        cells = [_change_cell(against.get(stage)) for stage in stages]
        lines.append((f"Against {wording.within(reference)}", cells))
    lines += [*_detectable_lines(rows, stages), *_length_lines(lengths, stages)]
    lines.append(
        ("Unscored", [_unscored_cell([row for row in rows if row.name == stage]) for stage in stages])
    )
    return Table([wording.stage_label(stage) for stage in stages], lines)


def histograms(judged: Judged, rows: Sequence[StageRow] = ()) -> list[Figure]:
    """The spread of the scores of each stage; none where scores only say right or wrong. `rows` know the medians."""
    columns = list(judged.values.values())
    if not _more_than_two_values(columns):
        return []
    low, high = min(0.0, *map(min, columns)), max(1.0, *map(max, columns))
    labels = {stage: wording.stage_label(stage) for stage in judged.stages()}
    medians = {row.name: row.median for row in rows if row.median is not None}
    return [
        Figure(
            label,
            charts.histogram(judged.values[stage], low, high, f"Scores, {label}"),
            f"median of the prompts {medians[stage]:.2f}" if stage in medians else "",
        )
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


def _prompts(rows: Sequence[StageRow], stage: str) -> int:
    return max(row.prompts for row in rows if row.name == stage)


def _decoding_lines(
    rows: Sequence[StageRow], decoding: str, stages: Sequence[str]
) -> list[tuple[str, list[Cell]]]:
    k = max(row.k for row in rows)
    times = f" \N{MULTIPLICATION SIGN} {k}" if k > 1 else ""
    what = f", {decoding}{times}" if decoding else times
    solved = {row.name: row for row in rows if row.metric == "solved"}
    score = {row.name: row for row in rows if row.metric == "score"}
    lines = [(f"Solved{what}", [_row_cell(solved.get(stage)) for stage in stages])]
    if any(_says_more(row, solved.get(name)) for name, row in score.items()):
        lines.append((f"Mean score{what}", [_row_cell(score.get(stage)) for stage in stages]))
    for name, measure in _SPREAD.items():
        found = {stage: getattr(row, name) for stage, row in score.items() if getattr(row, name) is not None}
        if found:
            show = "{:.2f}".format if name == "median" else wording.percent
            cells = [Cell(show(found[stage]) if stage in found else _DASH) for stage in stages]
            lines.append((f"{measure}{f', {decoding}' if decoding else ''}", cells))
    if k > 1:
        once = [_share_cell(row.pass_at_k if (row := solved.get(stage)) else None) for stage in stages]
        always = [_share_cell(row.all_k if (row := solved.get(stage)) else None) for stage in stages]
        lines += [(f"Solved at least once in {k}", once), (f"Solved all {k} times", always)]
        unique = [solved[stage].unique if stage in solved else None for stage in stages]
        if any(share is not None for share in unique):
            lines.append((f"Different answers among {k}", [_share_cell(share) for share in unique]))
    return lines


def _says_more(score: StageRow, solved: StageRow | None) -> bool:
    """Whether the mean score is another figure than the share solved: it is not where scores say right or wrong."""
    return solved is None or solved.mean != score.mean


def _detectable_lines(rows: Sequence[StageRow], stages: Sequence[str]) -> list[tuple[str, list[Cell]]]:
    decoding = preferred_decoding(row.decoding for row in rows)
    solved = [row for row in rows if row.metric == "solved" and row.decoding == decoding]
    found = {row.name: wording.detectable_size(row) for row in solved if row.detectable is not None}
    return [("Detectable difference", [Cell(found.get(stage, _DASH)) for stage in stages])] if found else []


def _length_lines(lengths: Sequence[LengthRow], stages: Sequence[str]) -> list[tuple[str, list[Cell]]]:
    lines = []
    decodings = list(dict.fromkeys(row.decoding for row in lengths))
    for decoding in decodings:
        what = f", {decoding}" if len(decodings) > 1 else ""
        mine = {row.name: row for row in lengths if row.decoding == decoding}
        lines.append((f"Length, characters{what}", [_length_cell(mine.get(stage)) for stage in stages]))
        if any(row.truncated is not None for row in mine.values()):
            cut = [_share_cell(row.truncated if (row := mine.get(stage)) else None) for stage in stages]
            lines.append((f"Cut off at the limit{what}", cut))
    return lines


def _length_cell(row: LengthRow | None) -> Cell:
    if row is None:
        return Cell(_DASH)
    return Cell(f"{row.characters:,.0f}", f"{row.tokens:,.0f} tokens" if row.tokens is not None else "")


def _row_cell(row: StageRow | None) -> Cell:
    return Cell(_DASH) if row is None else Cell(wording.figure(row), wording.bounds(row))


def _share_cell(share: float | None) -> Cell:
    return Cell(_DASH if share is None else wording.percent(share))


def _change_cell(row: ComparisonRow | None) -> Cell:
    if row is None:
        return Cell(_DASH)
    if row.low is None:
        return Cell(_DASH, wording.TOO_FEW)
    size, _, interval = wording.change(row).partition(" (")
    return Cell(size, f"{interval.rstrip(')')}, {row.verdict}")


def _unscored_cell(rows: Sequence[StageRow]) -> Cell:
    """Their number, and what the share solved would be between had all of them failed and had all succeeded."""
    solved = [row for row in rows if row.metric == "solved"]
    bounded = next(
        ((row.worst, row.best) for row in solved if row.worst is not None and row.best is not None), None
    )
    small = f"{bounded[0] * 100:.1f} to {bounded[1] * 100:.1f} %" if bounded else ""
    return Cell(f"{sum(row.unscored for row in solved):,}", small)


def _more_than_two_values(columns: Iterable[Iterable[float]]) -> bool:
    found: set[float] = set()
    for value in chain.from_iterable(columns):
        found.add(value)
        if len(found) > 2:
            return True
    return False
