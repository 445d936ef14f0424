"""What the page of one run says: its figures from summary.json, the rest from its results."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .. import figures, wording
from ..figures import Cell, Figure, Table
from ..notables import Shown
from ..records import ComponentRow, RunInfo, Summary
from ..tally import Judged, stage_rank
from ..writers import is_being_written
from .live import Curves, SoFar, so_far
from .overview import Known, graders_of, headline_row, model_of
from .store import Tables
from .tables import components_table, slices_table, stages_chart


@dataclass(frozen=True, slots=True)
class GraderFigures:
    """The figures of one grader."""

    name: str
    chart: Markup | None
    stages: Table
    slices: Table | None
    components: Table | None
    versus: Sequence[str]
    baseline: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """Everything on the page of a run, in its order; `has_report` says whether there is a report.html."""

    name: str
    info: RunInfo
    about: Sequence[str]
    writing: bool | None
    headline: str
    graders: Sequence[GraderFigures]
    lengths: Table | None
    so_far: Sequence[SoFar]
    causes: Sequence[tuple[str, str, str, int]]
    curves: Sequence[tuple[str, Sequence[Figure]]]
    notable: Sequence[Shown]
    has_report: bool
    ranks: int
    settings: str
    trouble: Sequence[str]


def run_page(name: str, known: Known, tables: Tables, curves: Curves) -> RunPage:
    """The page of a run as it is now."""
    names = graders_of(known)
    row = headline_row(known)
    drawn, spoiled = curves.figures(tables.folder, _component_names(tables, names[0]) if names else [])
    standing_out, torn = curves.notable(tables.folder)
    count = known.info.samples.get("count")
    about = [known.info.verb, model_of(known.info), f"{count:,} samples" if isinstance(count, int) else ""]
    return RunPage(
        name,
        known.info,
        [word for word in about if word],
        is_being_written(tables.folder),
        wording.headline(row, None, None, known.info.verb, named=len(names) > 1) if row else "",
        [_grader(each, known.summary, tables) for each in names] if known.summary.stages else [],
        _lengths(known.summary),
        so_far(tables),
        _causes(tables),
        drawn,
        standing_out,
        (tables.folder / "report.html").is_file(),
        len(list(tables.folder.glob("results.rank*.jsonl"))),
        json.dumps({"seed": known.info.seed, **known.info.config}, indent=2, ensure_ascii=False, default=str),
        [each for each in (tables.trouble, spoiled, torn) if each],
    )


def _grader(name: str, summary: Summary, tables: Tables) -> GraderFigures:
    rows = sorted((row for row in summary.stages if row.grader == name), key=lambda row: stage_rank(row.name))
    whole = [row for row in rows if row.slice is None]
    decoding = figures.preferred_decoding(row.decoding for row in whole)
    compared = [row for row in summary.comparisons if row.grader == name and row.metric == "solved"]
    parts = [row for row in summary.components if row.grader == name and row.decoding == decoding]
    baseline = next((row for row in summary.baselines if row.grader == name), None)
    return GraderFigures(
        name,
        stages_chart(name, whole),
        figures.side_by_side(whole, compared, ()),
        slices_table([row for row in rows if row.slice is not None and row.decoding == decoding]),
        _components(parts) if parts else components_table(_judged(tables, name, decoding)),
        [wording.versus(row) for row in compared if row.decoding == decoding],
        f"The best constant answer earns {baseline.score:.2f} and solves {wording.percent(baseline.solved)}."
        if baseline
        else "",
    )


def _components(rows: Sequence[ComponentRow]) -> Table:
    """The means of components with their intervals, as summary.json has them."""
    stages = sorted(dict.fromkeys(row.name for row in rows), key=stage_rank)
    by_place = {(row.component, row.name): row for row in rows}
    lines = []
    for component in dict.fromkeys(row.component for row in rows):
        there = [by_place.get((component, stage)) for stage in stages]
        lines.append((component, [_mean_cell(row) for row in there]))
    return Table([wording.stage_label(stage) for stage in stages], lines)


def _mean_cell(row: ComponentRow | None) -> Cell:
    if row is None:
        return Cell("\N{EN DASH}")
    small = "" if row.low is None or row.high is None else f"{row.low:.2f} to {row.high:.2f}"
    return Cell(f"{row.mean:.2f}", small, min(1.0, max(0.0, row.mean)))


def _judged(tables: Tables, grader: str, decoding: str) -> Judged:
    """Sums of the components of a grader, from its scored results."""
    from rewardkit.scores import Component

    judged = Judged()
    rows = tables.rows(
        "SELECT stage, c.name, any_value(c.weight), any_value(c.level), sum(c.value), count(c.value) FROM "
        f"(SELECT rowid AS number, stage, unnest(components) AS c, generate_subscripts(components, 1) AS place FROM {tables.results} "
        "WHERE grader = ? AND decoding = ? AND value IS NOT NULL) GROUP BY stage, c.name ORDER BY min(place), min(number)",
        [grader, decoding],
    )
    for stage, name, weight, level, total, count in rows:
        judged.values[stage] = array("d")
        judged.parts.setdefault(name, Component(name, None, weight, level))
        if count:
            judged.sums[name, stage] = total, count
    return judged


def _component_names(tables: Tables, grader: str) -> list[str]:
    found = tables.one(
        f"SELECT list_transform(components, lambda c: c.name) FROM {tables.results} WHERE grader = ? AND len(components) > 0 LIMIT 1",
        [grader],
    )
    return list(found[0]) if found else []


def _lengths(summary: Summary) -> Table | None:
    """How long completions are."""
    if not summary.lengths:
        return None
    lines = [
        (
            f"{wording.stage_label(row.name)}, {wording.DECODINGS[row.decoding]}",
            [
                Cell(f"{row.completions:,}"),
                Cell(f"{row.characters:,.0f}"),
                Cell("\N{EN DASH}" if row.tokens is None else f"{row.tokens:,.0f}"),
                Cell("\N{EN DASH}" if row.truncated is None else wording.percent(row.truncated)),
            ],
        )
        for row in summary.lengths
    ]
    return Table(["Completions", "Characters, mean", "Tokens, mean", "Cut off"], lines)


def _causes(tables: Tables) -> list[tuple[str, str, str, int]]:
    """(cause, stage, grader, count) of what could not be scored, or kept what it had earned."""
    rows = tables.rows(
        f"SELECT cause, stage, grader, count(*) AS n FROM {tables.results} WHERE cause IS NOT NULL GROUP BY ALL ORDER BY n DESC, cause, stage LIMIT 100"
    )
    return [(cause, stage, grader, n) for cause, stage, grader, n in rows]
