"""What a reader must be told beside the figures of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..statistics import FEWEST, FEWEST_SEEDS
from .figures import Figures
from .measured import Measured
from .sides import Side


def notes_on(
    base: Side, other: Side, primary: Figures, a: Sequence[Measured], b: Sequence[Measured]
) -> list[str]:
    """Sentences: too few prompts, too few seeds, runs that are not finished, unequal numbers of completions, prompts that were matched by id alone."""
    return [*_on_ends(base, other), *_on_prompts(primary, a, b), *_on_seeds(base, other)]


def _on_ends(base: Side, other: Side) -> Iterator[str]:
    for run in (*base.runs, *other.runs):
        if not run.summary.stages:
            yield f"{run.path.name} is not finished: only the prompts that it has answered so far are compared."


def _on_prompts(primary: Figures, a: Sequence[Measured], b: Sequence[Measured]) -> Iterator[str]:
    few_clusters = primary.clusters is not None and primary.clusters < FEWEST
    if few_clusters or primary.prompts < FEWEST:
        units = f"{primary.clusters} clusters" if few_clusters else f"{primary.prompts} prompts"
        yield f"No interval and no verdict: {units} are too few ({FEWEST} at least)."
    repeats = sorted({each.most_repeats() for each in (*a, *b)})
    if len(repeats) > 1:
        yield f"Completions a prompt differ ({', '.join(map(str, repeats))}); they were averaged by prompt first."
    if not all(each.contents for each in (a[0], b[0])):
        yield "A run keeps no texts: prompts were matched by id alone."


def _on_seeds(base: Side, other: Side) -> Iterator[str]:
    trained = [side for side in (base, other) if side.runs[0].info.verb == "train" and side.stage != "base"]
    counts = [len(side.runs) for side in (base, other)]
    if trained and max(counts) < FEWEST_SEEDS:
        seeds = "One training seed" if max(counts) == 1 else f"{max(counts)} training seeds"
        yield f"{seeds}: the interval covers the choice of prompts, not the luck of training."
    if min(counts) > 1 and counts[0] != counts[1]:
        yield f"{counts[0]} seeds against {counts[1]}: they cannot be paired, so the interval covers prompts only."
