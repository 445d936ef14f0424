"""RK403: where the reward says that a completion is better, a grader that was never used as reward says that it is not.

For each prompt whose completions got different rewards: what the best of them has more than the worst, by the reward and by the hold-out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ...grader import Grader
from ..excerpts import shorten
from ..figures import figure_text
from ..results import Figure, Finding, Skipped
from ..trials import Material
from .bootstrap import mean_figure
from .finding import too_few, warning
from .grading import Graded, by_prompt

_FLAT = 0.5  # of the reward's gain: a hold-out that surely gains less than that does not follow
_LISTED = 5


@dataclass(frozen=True, slots=True)
class _Pair:
    """The best and the worst completion of a prompt by the reward, and what the first has more, by both."""

    best: Graded
    worst: Graded
    reward: float
    holdout: float

    @property
    def apart(self) -> float:
        return self.reward - self.holdout


def disagreement(
    material: Material, graded: Sequence[Graded], holdout: Grader, values: Mapping[Graded, float | None]
) -> tuple[list[Figure], list[Finding], list[Skipped]]:
    """Whether the hold-out follows the reward within prompts. `values` are its scores of the completions."""
    judged = [value for value in values.values() if value is not None]
    if not judged:
        return [], [], [Skipped("RK403", f"the hold-out '{holdout.name}' scored no completion")]
    pairs = _pairs(
        graded, values, _span(material.grader, [one.value for one in graded]), _span(holdout, judged)
    )
    advice = "give several completions of each prompt"
    skipped = too_few("RK403", len(pairs), "have completions with different rewards", advice)
    if skipped is not None:
        return [], [], [skipped]
    gain = mean_figure(
        "RK403", "best over worst completion, by the reward", [p.reward for p in pairs], seed=material.seed
    )
    follows = mean_figure(
        "RK403",
        f"best over worst completion, by '{holdout.name}'",
        [p.holdout for p in pairs],
        seed=material.seed,
    )
    figures = [gain, follows]
    if follows.low is None or follows.high is None or gain.low is None or follows.low > 0:
        return figures, [], []
    word = "worse" if follows.high < 0 else "no better"
    if follows.high >= _FLAT * gain.low:
        why = f"whether '{holdout.name}' follows cannot be told from {len(pairs)} prompts ({figure_text(follows)})"
        return figures, [], [Skipped("RK403", why, "give more prompts")]
    pairs.sort(key=lambda pair: -pair.apart)
    same = len(set(judged)) == 1
    facts = [
        *(f"{each.name}: {figure_text(each)}, as a share of the range" for each in figures),
        *([f"'{holdout.name}' gave all {len(judged):,} completions {judged[0]:g}"] if same else []),
        *(_told(pair, values) for pair in pairs[:_LISTED]),
    ]
    expected = f"that '{holdout.name}' finds better what the reward finds better; it finds it {word}"
    return figures, [warning("RK403", material, expected, facts, pairs[0].best, pairs[0].worst)], []


def _pairs(
    graded: Sequence[Graded],
    values: Mapping[Graded, float | None],
    reward_span: float,
    holdout_span: float,
) -> list[_Pair]:
    pairs = []
    for group in by_prompt([one for one in graded if values[one] is not None]).values():
        rewards = [one.value or 0.0 for one in group]
        high, low = max(rewards), min(rewards)
        if high == low:
            continue
        best, worst = ([one for one in group if one.value == end] for end in (high, low))
        gain = fmean(_of(values, one) for one in best) - fmean(_of(values, one) for one in worst)
        shown = min(best, key=lambda one: _of(values, one)), max(worst, key=lambda one: _of(values, one))
        pairs.append(_Pair(*shown, (high - low) / reward_span, gain / holdout_span))
    return pairs


def _of(values: Mapping[Graded, float | None], one: Graded) -> float:
    value = values[one]
    return 0.0 if value is None else value


def _span(grader: Grader, values: Sequence[float | None]) -> float:
    """The width of the declared range; of a foreign function, which declares none, that of the scores seen."""
    low, high = grader.options.range
    if high - low < 1e6:
        return high - low
    seen = [value for value in values if value is not None]
    return max(seen) - min(seen) or 1.0


def _told(pair: _Pair, values: Mapping[Graded, float | None]) -> str:
    best, worst = pair.best, pair.worst
    return (
        f"row {best.row.id}: reward {worst.value:g} to {best.value:g}, hold-out {_of(values, worst):g} to {_of(values, best):g}: "
        f"{shorten(worst.text, 60)} to {shorten(best.text, 60)}"
    )
