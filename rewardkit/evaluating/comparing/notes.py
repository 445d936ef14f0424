"""What a reader must be told beside the figures of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rewardkit.runs import RunInfo
from rewardkit.runs.wording import as_text

from ..statistics import FEWEST, FEWEST_SEEDS
from .figures import Figures
from .measured import Measured
from .sides import Side

_SETTINGS = ("system", "chat_template", "k", "temperature", "top_p", "max_tokens", "stop")


def notes_on(
    base: Side, other: Side, primary: Figures, a: Sequence[Measured], b: Sequence[Measured]
) -> list[str]:
    """Sentences: too few prompts, too few seeds, runs that are not finished or were made in another way, unequal numbers of completions, prompts matched by id alone."""
    return [
        *_on_prompts(primary, a, b),
        *_on_runs(base, other),
        *_on_pass_mark(base, other, primary),
        *_on_seeds(base, other),
    ]


def _on_prompts(primary: Figures, a: Sequence[Measured], b: Sequence[Measured]) -> Iterator[str]:
    few_clusters = primary.clusters is not None and primary.clusters < FEWEST
    if few_clusters or primary.prompts < FEWEST:
        units = f"{primary.clusters} clusters" if few_clusters else f"{primary.prompts} prompts"
        yield f"No interval and no verdict: {units} are too few ({FEWEST} at least)."
    repeats = sorted({count for each in (*a, *b) for count in each.counts(primary.grader)})
    if len(repeats) > 1:
        yield f"Completions a prompt differ ({', '.join(map(str, repeats))}); they were averaged by prompt first."
    if not all(each.contents for each in (*a, *b)):
        yield "A run keeps no texts: prompts were matched by id alone."
    elif any(sample not in each.contents for each in (*a, *b) for sample in each.samples):
        yield "A samples.jsonl lacks some prompts: those were matched by id alone."


def _on_runs(base: Side, other: Side) -> Iterator[str]:
    runs = [run for side in (base, other) for run in side.runs]
    for run in dict.fromkeys(run.path for run in runs if not run.summary.stages):
        yield f"{run.name} is not finished: it has no summary, and only the prompts that it came to were compared."
    a, b = base.runs[0].info, other.runs[0].info
    if a.verb == b.verb:
        before, after = ({**_asked(info), **info.versions} for info in (a, b))
        changed = [
            f"{key} {before[key]} against {after[key]}"
            for key in before
            if before[key] != after.get(key, before[key])
        ]
        if changed:
            yield f"Made in another way: {'; '.join(changed)}."


def _asked(info: RunInfo) -> dict[str, str]:
    """What was asked of the models besides the prompts."""
    return {key: as_text(info.config[key]) for key in _SETTINGS if key in info.config}


def _on_pass_mark(base: Side, other: Side, primary: Figures) -> Iterator[str]:
    marks = [side.pass_at.get(primary.grader) for side in (base, other)]
    if marks == [None, None]:
        yield f"No summary says what '{primary.grader}' takes as solved; 1 was taken."
    elif None not in marks and marks[0] != marks[1]:
        yield f"Solved was {marks[0]:g} in the base and {marks[1]:g} in the other; {marks[0]:g} is taken for both."


def _on_seeds(base: Side, other: Side) -> Iterator[str]:
    counts = [len(side.runs) for side in (base, other)]
    trained = [
        len(side.runs) for side in (base, other) if side.runs[0].info.verb == "train" and side.stage != "base"
    ]
    if trained and max(counts) < FEWEST_SEEDS:
        seeds = "One training seed" if max(counts) == 1 else f"{max(counts)} training seeds"
        yield f"{seeds}: the interval covers the choice of prompts, not the luck of training."
    elif trained and min(trained) < FEWEST_SEEDS:
        seeds = "one training seed" if min(trained) == 1 else f"{min(trained)} training seeds"
        yield f"A side has {seeds}: the interval does not cover the luck of its training."
    if min(counts) > 1 and counts[0] != counts[1]:
        yield f"{counts[0]} seeds against {counts[1]}: they cannot be paired, so the interval covers prompts only."
    for side in (base, other):
        made = {(run.info.config_hash, run.info.seed) for run in side.runs}
        if len(made) < len(side.runs):
            yield f"Of the {len(side.runs)} runs of {side.label} some have one configuration and one seed: copies are no seeds of their own."
