"""What the report says, before it is a page: every sentence, chart and table, made from the files of a run folder alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from . import charts, dots, figures, notables, reading, wording
from .examples import Broken, Changes, Comparing, broken, told
from .failures import Failing, Failure, Reason
from .figures import Figure, Table
from .focus import Focus, focus_of, grader_names
from .items import Items
from .opening import Answer, opening
from .packing import Payload, table_data
from .progress import progress
from .records import Result, ResultKey, RunInfo, StageRow, Summary
from .settings import settings_of
from .tally import Tally, stage_rank
from .thinning import Thinning


@dataclass(frozen=True, slots=True)
class GraderPart:
    """The figures of one grader; `versus` has the comparisons that the table has no room for, `small` how intervals were made."""

    name: str
    chart: dots.Dots | None
    stages: Table
    versus: Sequence[str]
    small: Sequence[str]
    histograms: Sequence[Figure]
    parts: Sequence[dots.Dots]
    components: dots.Dots | None


@dataclass(frozen=True, slots=True)
class Fails:
    """Where the headlined stage fails: its worst prompts and the most frequent reasons; `about` names stage and decoding."""

    about: str
    prompts: int
    at_lowest: int
    lowest: float
    failed: int
    worst: Sequence[Failure]
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in its order; `several` graders are named wherever one of them is meant."""

    info: RunInfo
    about: Sequence[str]
    headline: str
    answers: Sequence[Answer]
    notes: Sequence[str]
    graders: Sequence[GraderPart]
    items: Table | None
    fails: Fails | None
    changes: Changes | None
    changes_chart: Markup | None
    curves: Sequence[tuple[str, Sequence[Figure]]]
    notable: Sequence[notables.Shown]
    causes: Table | None
    reasons: Sequence[tuple[str, str, int]]
    broken: Sequence[Broken]
    table: Payload
    several: bool
    settings: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    texts: bool

    @property
    def has_parts(self) -> bool:
        """Whether there is something to say of parts of the data or of components."""
        return any(part.parts or part.components for part in self.graders)


def build_page(folder: Path, *, texts: bool) -> Page:
    """The page of a run folder. Raises DataError when it is no run folder or a line in it is spoiled."""
    info, summary = reading.read_run(folder), _ordered(reading.read_summary(folder))
    pass_at = {row.grader: row.pass_at for row in summary.stages if row.pass_at is not None}
    names, focus = grader_names(info, summary), focus_of(info, summary)
    found = _gathered(reading.iter_results(folder), _Gathering.of(focus, pass_at))
    comparing = found.comparing if found.comparing is not None and found.comparing.count() else None
    outputs = told(reading.iter_faults(folder)) if texts else {}
    keys = {*outputs, *found.failing.keys, *(comparing.keys if comparing else ())}
    shown, tabled = _chosen(folder, keys, found.thinning)
    wanted = (
        {result.sample for result in (*shown.values(), *tabled)} | found.items.samples if texts else set()
    )
    samples = {sample.sample: sample for sample in reading.iter_samples(folder) if sample.sample in wanted}
    changed = comparing.changes(shown, samples) if comparing else None
    tally, thinning, failing = found.tally, found.thinning, found.failing
    return Page(
        info,
        _about_run(info, thinning),
        _headline(info, focus, several=len(names) > 1),
        opening(focus, summary, failing, verb=info.verb, texts=texts)
        if focus and focus.last.mean is not None
        else (),
        [*summary.notes, *_notes(info, tally, focus), *wording.checked(reading.read_checks(folder))],
        [_grader_part(name, summary, tally, focus) for name in names],
        found.items.table(tally.stages, samples),
        _fails(focus, failing, failing.worst(shown, samples), texts=texts),
        changed,
        _changes_chart(changed) if changed else None,
        progress(
            reading.read_metrics(folder),
            [part for name in names[:1] for part in tally.component_names[name]],
            reading.read_times(folder),
        ),
        notables.newest(reading.read_notable(folder), most=1) if texts else (),
        figures.causes_table(tally),
        figures.frequent_reasons(tally) if texts else (),
        broken(outputs, shown),
        table_data(tabled, samples, pass_at, total=thinning.total, texts=texts, always=thinning.unscored),
        len(names) > 1,
        settings_of(info, {**reading.read_timings(folder), **summary.seconds}),
        texts,
    )


@dataclass(frozen=True, slots=True)
class _Gathering:
    """What the first pass over the results fills: what is said of all of them, and which ones are shown."""

    tally: Tally
    thinning: Thinning
    failing: Failing
    items: Items
    comparing: Comparing | None

    @classmethod
    def of(cls, focus: Focus | None, pass_at: dict[str, float]) -> _Gathering:
        """An empty one, for what the headline is about."""
        if focus is None:
            return cls(Tally(), Thinning(), Failing("", "", "", 1.0), Items("", ""), None)
        last, bar = focus.last, pass_at.get(focus.last.grader, 1.0)
        return cls(
            Tally(),
            Thinning(),
            Failing(last.name, last.decoding, last.grader, bar),
            Items(last.grader, last.decoding),
            Comparing(focus.first.name, last.name, last.grader, bar) if focus.first is not None else None,
        )


def _gathered(results: Iterable[Result], into: _Gathering) -> _Gathering:
    for result in results:
        into.tally.add(result)
        into.thinning.add(result)
        into.failing.add(result)
        into.items.add(result)
        if into.comparing is not None:
            into.comparing.add(result)
    into.thinning.settle()
    into.failing.settle()
    return into


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
    """The stages of training in the order base, sft, rft or raft, sft_alone; other stages stay in theirs."""
    return summary.model_copy(update={"stages": sorted(summary.stages, key=lambda row: stage_rank(row.name))})


def _headline(info: RunInfo, focus: Focus | None, *, several: bool) -> str:
    if focus is None:
        return "This run has no figures yet."
    return wording.headline(
        focus.last, focus.first, focus.comparison, info.verb, named=several, baseline=focus.baseline
    )


def _notes(info: RunInfo, tally: Tally, focus: Focus | None) -> list[str]:
    """What a careful reader must know at once: what was not scored, what one seed cannot show."""
    notes = []
    if tally.unscored:
        count = f"{tally.unscored.total():,} of {_amount(tally)} could not be scored"
        notes.append(f"{count} ({wording.listed(tally.unscored.most_common())}); they count in no mean.")
    elif tally.completions:
        notes.append(f"All {_amount(tally)} were scored.")
    if info.verb == "train" and focus is not None:
        notes.append(
            "One training seed: the interval covers the choice of prompts, not the luck of training."
        )
    return notes


def _amount(tally: Tally) -> str:
    """`48 completions`, or with several graders `12 completions x 4 graders`."""
    times = f" \N{MULTIPLICATION SIGN} {tally.graders} graders" if tally.graders > 1 else ""
    return f"{tally.completions:,} completions{times}"


def _grader_part(name: str, summary: Summary, tally: Tally, focus: Focus | None) -> GraderPart:
    rows = [row for row in summary.stages if row.grader == name]
    whole = [row for row in rows if row.slice is None]
    decoding = figures.preferred_decoding(row.decoding for row in whole)
    shown = [row for row in whole if row.decoding == decoding]
    compared = [row for row in summary.comparisons if row.grader == name and row.metric == "solved"]
    reference = figures.reference_stage(compared)
    rest = [row for row in compared if row.a != reference and row.decoding == decoding]
    return GraderPart(
        name,
        dots.stages_dots(whole, next((row for row in summary.baselines if row.grader == name), None)),
        figures.side_by_side(whole, compared, summary.lengths),
        [wording.versus(row) for row in rest],
        _small_print(shown),
        figures.histograms(tally.judged[name, decoding], [row for row in shown if row.metric == "score"]),
        dots.parts_of([row for row in rows if row.decoding == decoding], focus.last.name if focus else ""),
        dots.components_dots(
            [row for row in summary.components if (row.grader, row.decoding) == (name, decoding)],
            tally.judged[name, decoding],
        ),
    )


def _small_print(rows: Sequence[StageRow]) -> list[str]:
    """How the intervals of the shares were made; said once where it is the same for all stages."""
    solved = [row for row in rows if row.metric == "solved"]
    methods = {row.name: wording.method(row) for row in solved if wording.method(row)}
    if len(set(methods.values())) == 1:
        return [f"Intervals: {next(iter(methods.values()))}."]
    return [f"Interval of {wording.within(name)}: {how}." for name, how in methods.items()]


def _fails(focus: Focus | None, failing: Failing, worst: Sequence[Failure], *, texts: bool) -> Fails | None:
    if focus is None or not worst:
        return None
    last = focus.last
    about = wording.stage_label(last.name) + (
        "" if last.decoding == "given" else f", {last.decoding} answers"
    )
    reasons = failing.reasons() if texts else []
    return Fails(about, failing.prompts, failing.at_lowest, failing.lowest, failing.failed, worst, reasons)


def _changes_chart(changed: Changes) -> Markup:
    parts = [
        (changed.words.gained, changed.gained, "gain"),
        (changed.words.right, changed.right, "right"),
        (changed.words.wrong, changed.wrong, "wrong"),
        (changed.words.lost, changed.lost, "loss"),
    ]
    return charts.stacked(parts, f"Prompts, {changed.before} to {changed.after}")
