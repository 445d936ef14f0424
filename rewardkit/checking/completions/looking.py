"""Every check of a policy's completions, put together: the figures of the whole, then the trials of the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ...grader import Grader
from ...scoring import Scorer
from ..known_rows import KnownRow
from ..results import Figure, Finding, OnCompletions, Skipped
from ..score_book import Progress
from ..trials import Material
from .bootstrap import mean_figure
from .grading import Graded, by_prompt, score_with
from .holding_out import disagreement
from .lengths import lengths
from .no_signal import signal
from .novelty import novelty
from .trying import try_out


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, failures first, what could not be said and why, and the figures. `holdout` is the mean by that grader."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    seen: OnCompletions
    holdout: Figure | None = None


def look(
    scorer: Scorer,
    material: Material,
    graded: Sequence[Graded],
    *,
    source: str,
    holdout: Grader | None = None,
    holdout_scores: Mapping[Graded, float | None] | None = None,
    left_out: int = 0,
    trials: bool = True,
    afresh: Scorer | None = None,
    on_progress: Progress | None = None,
) -> Looked:
    """Look at graded completions.

    `trials` False scores nothing but the hold-out, of which `holdout_scores` may be known already; `left_out` counts completions that are not
    among these. `afresh` has the new processes in which a finding is seen again; without it those of `scorer` are restarted.
    """
    figures, findings, skipped = [], [], []
    values = holdout_scores or {}
    if holdout is not None and holdout_scores is None:
        values = holdout_values(scorer, holdout, graded, material.seed)
    parts = [novelty(material, graded), lengths(material, graded)]
    parts += [_held_out(material, graded, holdout, values), signal(material, graded)]
    for some_figures, some_findings, some_skipped in parts:
        figures += some_figures
        findings += some_findings
        skipped += some_skipped
    if trials:
        more_findings, more_skipped = try_out(
            scorer, material, graded, afresh=afresh, on_progress=on_progress
        )
        findings += more_findings
        skipped += more_skipped
    findings.sort(key=lambda finding: (finding.severity != "fail", finding.id))
    seen = OnCompletions(
        source,
        len(graded),
        len({one.row.id for one in graded}),
        sum(one.value is None for one in graded),
        sum(one.stored for one in graded),
        left_out,
        mean_reward(graded, {one: one.value for one in graded}, "reward", material.seed),
        tuple(figures),
    )
    held = mean_reward(graded, values, holdout.name, material.seed) if holdout is not None else None
    return Looked(tuple(findings), tuple(skipped), seen, held)


def holdout_values(
    scorer: Scorer, holdout: Grader, graded: Sequence[Graded], seed: int
) -> dict[Graded, float | None]:
    """What the hold-out gives to each completion, None where it gives no score. GraderError for a column that it lacks."""
    stored = [one.completion.score_by(holdout) for one in graded]
    if all(score is not None for score in stored):
        return {one: score.value for one, score in zip(graded, stored, strict=True) if score is not None}
    scores = score_with(scorer, holdout, [one.completion for one in graded], seed=seed)
    return {one: score.value for one, score in zip(graded, scores, strict=True)}


def mean_reward(
    graded: Sequence[Graded], values: Mapping[Graded, float | None], name: str, seed: int
) -> Figure | None:
    """The mean over prompts of the mean of their completions, those without a score left out; None without any."""
    prompts: dict[KnownRow, list[float]] = {}
    for one in graded:
        value = values[one]
        if value is not None:
            prompts.setdefault(one.row, []).append(value)
    if not prompts:
        return None
    return mean_figure("", name, [fmean(own) for own in prompts.values()], seed=seed)


def _held_out(
    material: Material,
    graded: Sequence[Graded],
    holdout: Grader | None,
    values: Mapping[Graded, float | None],
) -> tuple[list[Figure], list[Finding], list[Skipped]]:
    if holdout is None:
        return [], [], [Skipped("RK403", "no grader is held out", "name one: --holdout graders.py:other")]
    if not by_prompt(graded):
        return [], [], [Skipped("RK403", "no completion is scored")]
    return disagreement(material, graded, holdout, values)
