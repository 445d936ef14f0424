"""What the report says, before it is a page: every sentence, chart and table, made from the files of a run folder alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from . import charts, figures, reading, wording
from .examples import Broken, Changes, Comparing, Payload, Thinning, broken, table_data, told
from .figures import Figure, Table
from .progress import progress
from .records import NAMED, ComparisonRow, Result, ResultKey, RunInfo, StageRow, Summary
from .tally import Tally, stage_rank


@dataclass(frozen=True, slots=True)
class GraderPart:
    """The figures of one grader; `versus` has the comparisons where no stage is the base."""

    name: str
    chart: Markup | None
    stages: Table
    versus: Sequence[str]
    slices: Table | None
    items: Table | None
    components: Table | None
    histograms: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in its order; `several` graders are named wherever one of them is meant."""

    info: RunInfo
    about: Sequence[str]
    headline: str
    notes: Sequence[str]
    graders: Sequence[GraderPart]
    changes: Changes | None
    changes_chart: Markup | None
    curves: Sequence[tuple[str, Sequence[Figure]]]
    causes: Table | None
    reasons: Sequence[tuple[str, str, int]]
    broken: Sequence[Broken]
    table: Payload
    several: bool
    settings: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    texts: bool


def build_page(folder: Path, *, texts: bool) -> Page:
    """The page of a run folder. Raises DataError when it is no run folder or a line in it is spoiled."""
    info, summary = reading.read_run(folder), _ordered(reading.read_summary(folder))
    pass_at = {row.grader: row.pass_at for row in summary.stages if row.pass_at is not None}
    names = _grader_names(info, summary)
    last, first = _ends(summary, names)
    comparing = None
    if last is not None and first is not None:
        comparing = Comparing(first.name, last.name, last.grader, pass_at.get(last.grader, 1.0))
    tally, thinning = _gathered(folder, comparing)
    if comparing is not None and not comparing.count():
        comparing = None
    outputs = told(reading.iter_faults(folder)) if texts else {}
    shown, tabled = _chosen(folder, {*outputs, *(comparing.keys if comparing else ())}, thinning)
    wanted = {result.sample for result in (*shown.values(), *tabled)} if texts else set()
    samples = {sample.sample: sample for sample in reading.iter_samples(folder) if sample.sample in wanted}
    changed = comparing.changes(shown, samples) if comparing else None
    return Page(
        info,
        _about_run(info, thinning),
        _headline(info, summary, last, first, several=len(names) > 1),
        [*_notes(info, summary, tally, last), *wording.checked(reading.read_checks(folder))],
        [_grader_part(name, summary, tally) for name in names],
        changed,
        _changes_chart(changed) if changed else None,
        progress(
            reading.read_metrics(folder), [part for name in names[:1] for part in tally.component_names[name]]
        ),
        figures.causes_table(tally),
        figures.frequent_reasons(tally) if texts else (),
        broken(outputs, shown),
        table_data(tabled, samples, pass_at, total=thinning.total, texts=texts, always=thinning.unscored),
        len(names) > 1,
        _settings(info, {**reading.read_timings(folder), **summary.seconds}),
        texts,
    )


def _gathered(folder: Path, comparing: Comparing | None) -> tuple[Tally, Thinning]:
    """The first pass over the results: what is said of all of them, and which ones are shown."""
    tally, thinning = Tally(), Thinning()
    for result in reading.iter_results(folder):
        tally.add(result)
        thinning.add(result)
        if comparing is not None:
            comparing.add(result)
    thinning.settle()
    return tally, thinning


def _chosen(
    folder: Path, keys: set[ResultKey], thinning: Thinning
) -> tuple[dict[ResultKey, Result], list[Result]]:
    """The second pass: the results with those keys, and those of the table in the order of its stages."""
    shown: dict[ResultKey, Result] = {}
    tabled: list[Result] = []
    for key, read in reading.iter_keyed(folder):
        if key in keys:
            shown[key] = read()
        if thinning.keeps(key):
            tabled.append(read())
    return shown, sorted(tabled, key=lambda result: stage_rank(result.stage))


def _about_run(info: RunInfo, thinning: Thinning) -> list[str]:
    """The verb, the file of the samples and their number, as far as run.json has them."""
    file, count = info.samples.get("file"), info.samples.get("count")
    about = [info.verb, *([str(file)] if file else [])]
    if not isinstance(count, int):
        return about
    if info.verb == "grade" and thinning.samples < count:  # there run.json counts rows
        return [*about, f"{thinning.samples:,} samples", f"{count:,} completions"]
    return [*about, f"{count:,} samples"]


def _ordered(summary: Summary) -> Summary:
    """The stages of training in the order base, sft, rft, sft_alone; other stages stay in theirs."""
    return summary.model_copy(update={"stages": sorted(summary.stages, key=lambda row: stage_rank(row.name))})


def _grader_names(info: RunInfo, summary: Summary) -> list[str]:
    """The graders in the order of the page: the one that the run is about, then the others as they were given."""
    names = dict.fromkeys(row.grader for row in summary.stages)
    return sorted(names, key=lambda name: name != info.primary)


def _ends(summary: Summary, names: Sequence[str]) -> tuple[StageRow | None, StageRow | None]:
    """The row the headline is about and the one it started from.

    It is the share solved of the first of the graders over all prompts, greedy where there is greedy: the trained stage and the base, or
    where nothing was trained, the best stage and none.
    """
    rows = [row for row in summary.stages if row.metric == "solved" and row.slice is None]
    decoding = figures.preferred_decoding(row.decoding for row in rows)
    by_stage = {row.name: row for row in rows if row.grader == names[0] and row.decoding == decoding}
    trained = [by_stage[name] for name in ("rft", "sft", "sft_alone") if name in by_stage]
    if trained:
        return trained[0], by_stage.get("base")
    return max(by_stage.values(), key=lambda row: -1.0 if row.mean is None else row.mean, default=None), None


def _headline(
    info: RunInfo, summary: Summary, last: StageRow | None, first: StageRow | None, *, several: bool
) -> str:
    if last is None:
        return "This run has no figures yet."
    comparison = next(
        (row for row in _comparisons_of(summary, last) if first is not None and row.a == first.name), None
    )
    return wording.headline(last, first, comparison, info.verb, named=several)


def _comparisons_of(summary: Summary, last: StageRow) -> list[ComparisonRow]:
    """The comparisons of that row with other stages, on the share solved."""
    about = (last.grader, last.decoding, "solved")
    rows = [row for row in summary.comparisons if (row.grader, row.decoding, row.metric) == about]
    return [row for row in rows if last.name in (row.a, row.b)]


def _notes(info: RunInfo, summary: Summary, tally: Tally, last: StageRow | None) -> list[str]:
    """What a careful reader must know at once: the rivals, what was not scored, what one seed cannot show."""
    rivals = [row for row in _comparisons_of(summary, last) if row.a != "base"] if last else []
    notes = [*summary.notes, *(wording.versus(row) for row in rivals)]
    if tally.unscored:
        count = f"{tally.unscored.total():,} of {_amount(tally)} could not be scored"
        notes.append(f"{count} ({wording.listed(tally.unscored.most_common())}); they count in no mean.")
    elif tally.completions:
        notes.append(f"All {_amount(tally)} were scored.")
    if info.verb == "train" and last is not None:
        notes.append(
            "One training seed: the interval covers the choice of prompts, not the luck of training."
        )
    return notes


def _amount(tally: Tally) -> str:
    """`48 completions`, or with several graders `12 completions x 4 graders`."""
    times = f" \N{MULTIPLICATION SIGN} {tally.graders} graders" if tally.graders > 1 else ""
    return f"{tally.completions:,} completions{times}"


def _grader_part(name: str, summary: Summary, tally: Tally) -> GraderPart:
    rows = [row for row in summary.stages if row.grader == name]
    whole = [row for row in rows if row.slice is None]
    decoding = figures.preferred_decoding(row.decoding for row in whole)
    compared = [row for row in summary.comparisons if row.grader == name and row.metric == "solved"]
    judged = tally.judged[name, decoding]
    has_base = any(row.a == "base" for row in compared)
    return GraderPart(
        name,
        figures.stages_chart(name, whole),
        figures.stages_table(whole, compared),
        [] if has_base else [wording.versus(row) for row in compared if row.decoding == decoding],
        figures.slices_table([row for row in rows if row.slice is not None and row.decoding == decoding]),
        figures.items_table([row for row in summary.items if (row.grader, row.decoding) == (name, decoding)]),
        figures.components_table(judged),
        figures.histograms(judged),
    )


def _changes_chart(changed: Changes) -> Markup:
    parts = [
        ("wrong before, right after", changed.gained, "gain"),
        ("right both times", changed.right, "right"),
        ("wrong both times", changed.wrong, "wrong"),
        ("right before, wrong after", changed.lost, "loss"),
    ]
    return charts.stacked(parts, f"Prompts, {changed.before} to {changed.after}")


def _settings(info: RunInfo, seconds: Mapping[str, float]) -> list[tuple[str, list[tuple[str, str]]]]:
    sections = [
        (
            "Configuration",
            [("seed", str(info.seed)), ("hash of the configuration", info.config_hash), *_flat(info.config)],
        ),
        ("Data", _flat(_counted(info.samples))),
        ("Fingerprints of the graders", list(info.fingerprints.items())),
        ("Versions", list(info.versions.items())),
        ("Seconds", [(name, f"{value:.1f}") for name, value in seconds.items()]),
    ]
    return [(title, pairs) for title, pairs in sections if pairs]


def _counted(samples: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a run with the number of the files that rows name, which may be many and may say something of the rows."""
    return (
        {**samples, NAMED: f"{len(samples[NAMED]):,}, as rows name them"}
        if NAMED in samples
        else dict(samples)
    )


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    """(dotted key, value) of every leaf of a configuration."""
    if isinstance(value, Mapping) and value:
        return [
            pair for key, item in value.items() for pair in _flat(item, f"{name}.{key}" if name else str(key))
        ]
    return [(name, str(value))] if name else []
