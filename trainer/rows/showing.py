"""What few held-out rows can show: said before a training, and beside every figure that came of it.

A difference is never given without its interval, and under 10 rows there is none: then the rows are listed one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean

from rewardkit.evaluating.statistics import FEWEST, detectable_with
from rewardkit.overlap import clean_ids, find_overlap
from rewardkit.runs.progress import PHASES
from rewardkit.runs.records import ComparisonRow, ItemRow, Metrics, Result, Summary
from rewardkit.runs.wording import versus

from ..settings.tables import RunConfig
from .data import Samples


def can_show(samples: Samples) -> str:
    """One line: the least true difference that the held-out rows find, before anything ran.

    The worst case is taken: a grader of 0 and 1 that half of the prompts pass, two models whose scores go together at 0.5.
    """
    count, units = len(samples.heldout), samples.units
    kind = "unlabelled" if samples.source == "unlabelled" else "held-out"
    rows = f"{count:,} {kind} prompt{'s' * (count != 1)}" + (f" in {units:,} groups" if units < count else "")
    least = detectable_with(units)
    if least is None and count < FEWEST:
        return f"{rows}: under {FEWEST} prompts no interval and no difference will be given; they are listed one by one"
    if least is None:
        return f"{rows}: under {FEWEST} groups no interval and no difference will be given"
    return (
        f"{rows} show a true difference of {least * 100:.0f} points 4 times in 5, a smaller one less often "
        "(share solved, at worst half of the prompts; paired, correlation 0.5)"
    )


def trained_on(samples: Samples) -> list[str]:
    """A sentence when held-out prompts stand in the training files too, or nearly; rows that are split here never do."""
    if samples.source != "heldout":
        return []
    overlap = find_overlap((*samples.train, *samples.expert), samples.heldout)
    seen = len(samples.heldout) - len(clean_ids(overlap))
    if not seen:
        return []
    return [
        f"{seen:,} of {len(samples.heldout):,} held-out prompts stand in the training files too, or nearly, so that figures on them show memory as "
        "well; `rewardkit data overlap TRAIN HELDOUT` names them"
    ]


def plan_of(run: RunConfig, samples: Samples) -> list[str]:
    """How rows are held out where there is no file of them, and what that costs; nothing where there is one."""
    if samples.source == "unlabelled":
        return [
            f"folds = 0: one training, on all {len(samples.train)} rows of {run.data.train.name}; no labelled row is held out"
        ]
    if not samples.folds:
        return []
    folds, rows = len(samples.folds), len(samples.heldout)
    trainings = folds + run.data.final
    stages = 2 + sum(table is not None for table in (run.sft, run.sft_alone))
    kept = (
        "1 on all rows for the model that is kept ([data] final = false leaves it out)"
        if run.data.final
        else "none on all rows, so no model is kept ([data] final = true trains one)"
    )
    return [
        f"no [data] heldout: the {rows} rows of {run.data.train.name} are split in {folds} folds (seed {run.seed}), and each fold, trained on "
        f"{_range(len(fold.train) for fold in samples.folds)} rows, answers the other {_range(len(fold.heldout) for fold in samples.folds)}",
        f"cost: {trainings} trainings, {folds} for the figures and {kept}; {stages * rows * (1 + run.eval.k):,} completions for the evaluations",
    ]


def notes_on(run: RunConfig, samples: Samples) -> list[str]:
    """What stands beside the figures of a run: what its rows can show, and whose figures they are."""
    notes = [f"{line}." for line in (can_show(samples), *trained_on(samples))]
    if samples.folds:
        rows = len(samples.heldout)
        final = (
            f"The model in checkpoints/final is trained on all {rows} rows and has no figure of its own."
            if run.data.final
            else "No model was trained on all rows ([data] final = false)."
        )
        notes.insert(
            0,
            f"These are the figures of {len(samples.folds)} models, one a fold, each trained on "
            f"{_range(len(fold.train) for fold in samples.folds)} of the {rows} rows and asked about the others. {final}",
        )
    return notes


def notes_on_drawn(metrics: Iterable[Metrics]) -> list[str]:
    """How many completions a training drew, where some were thrown away: what it cost is not seen in its steps."""
    drawn, thrown = 0.0, 0.0
    for line in metrics:
        told = line.model_extra or {}
        if "resampled" in told:
            thrown += (told["generated"] - drawn) * told["resampled"]
            drawn = told["generated"]
    if not thrown:
        return []
    return [
        f"Of {drawn:,.0f} completions of GRPO {thrown / drawn:.0%} were thrown away, in groups of one reward ([curriculum] resample)."
    ]


def generated_by(metrics: Iterable[Metrics]) -> dict[str, int]:
    """How many completions each phase of a training generated, from the running totals of its steps; phases that keep none are left out."""
    found: dict[str, int] = {}
    for line in metrics:
        total = (line.model_extra or {}).get("generated")
        if isinstance(total, int | float):
            found[line.phase] = max(found.get(line.phase, 0), int(total))
    return found


def notes_on_generated(generated: Mapping[str, int]) -> list[str]:
    """The same as a sentence."""
    told = [f"{total:,} ({PHASES.get(phase, phase)})" for phase, total in generated.items()]
    return [f"Completions generated for the training: {', '.join(told)}."] if told else []


def notes_on_unlabelled(summary: Summary, file: str) -> list[str]:
    """The comparisons of the trained model on unlabelled prompts as sentences, with what those can show."""
    rows = [row for row in summary.comparisons if _is_of_trained(row)]
    told = [f"{file}, {row.grader}, {row.decoding}: {versus(row)}" for row in rows]
    return [*told, *summary.notes] if told else []


def _is_of_trained(row: ComparisonRow) -> bool:
    return row.metric == "solved" and row.a == "base" and row.b in ("rft", "raft")


def item_rows(results: Iterable[Result], *, pass_at: Mapping[str, float]) -> list[ItemRow]:
    """Each prompt at each stage by itself: the means over its scored repeats, None where none was scored. For prompts too few to average."""
    found: dict[tuple[str, str, str, str], list[Result]] = {}
    for result in results:
        found.setdefault((result.stage, result.grader, result.decoding, result.sample), []).append(result)
    return [_item(repeats, pass_at.get(repeats[0].grader, 1.0)) for repeats in found.values()]


def _item(repeats: list[Result], bar: float) -> ItemRow:
    first, values = repeats[0], [result.value for result in repeats if result.value is not None]
    return ItemRow(
        name=first.stage,
        grader=first.grader,
        decoding=first.decoding,
        sample=first.sample,
        score=fmean(values) if values else None,
        solved=fmean(float(value >= bar) for value in values) if values else None,
    )


def _range(counts: Iterator[int]) -> str:
    least, most = min(found := list(counts)), max(found)
    return f"{least}" if least == most else f"{least} to {most}"
