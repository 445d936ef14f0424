"""RK402: among the completions of one prompt, length says what the score will be.

Lengths and scores are taken as differences from the mean of their prompt, so that long prompts with good answers do not count. It is a
correlation: right answers may be longer for good reasons. RK406 pads completions, which tells the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..figures import figure_text
from ..results import Figure, Finding, Skipped
from ..trials import Material
from .bootstrap import Floats, figure, ratio_figure
from .finding import too_few, warning
from .grading import Graded, by_prompt

_CHARACTERS = 100
_EXPLAINED, _AT_LEAST = (
    0.5,
    0.25,
)  # of the variance of ranks within prompts, and the lower bound of that share


def lengths(
    material: Material, graded: Sequence[Graded]
) -> tuple[list[Figure], list[Finding], list[Skipped]]:
    """The slope of score against length within prompts, and how much of the score length explains."""
    if material.grader.options.length_aware:
        return [], [], [Skipped("RK402", "declared length_aware")]
    groups = [group for group in by_prompt(graded).values() if _varies(group)]
    advice = "give several completions of each prompt"
    skipped = too_few("RK402", len(groups), "have completions of different lengths and scores", advice)
    if skipped is not None:
        return [], [], [skipped]
    sizes = [np.asarray([len(one.text) / _CHARACTERS for one in group]) for group in groups]
    values = [np.asarray([one.value for one in group], dtype=float) for group in groups]
    products = [float(_centred(x) @ _centred(y)) for x, y in zip(sizes, values, strict=True)]
    squares = [float(_centred(x) @ _centred(x)) for x in sizes]
    name = f"score for {_CHARACTERS} characters more, within prompts"
    slope = ratio_figure("RK402", name, products, squares, seed=material.seed)
    explained = _explained(sizes, values, material.seed)
    figures = [slope, explained]
    if slope.low is None or slope.high is None or explained.low is None:
        return figures, [], []
    sure = slope.low > 0 or slope.high < 0
    if not (sure and explained.value >= _EXPLAINED and explained.low >= _AT_LEAST):
        return figures, [], []
    worth = "longer" if slope.value > 0 else "shorter"
    longest, shortest = _apart(groups, 1 if slope.value > 0 else -1)
    facts = [
        *(f"{each.name}: {figure_text(each)}" for each in figures),
        f"{len(longest.text):,} characters scored {longest.value:g}, and {len(shortest.text):,} scored {shortest.value:g} on the same prompt",
    ]
    expected = f"a score that does not follow from being {worth} than the other completions of the prompt"
    return figures, [warning("RK402", material, expected, facts, longest, shortest)], []


def _varies(group: Sequence[Graded]) -> bool:
    return len({one.value for one in group}) > 1 and len({len(one.text) for one in group}) > 1


def _explained(sizes: Sequence[Floats], values: Sequence[Floats], seed: int) -> Figure:
    """The squared correlation of the ranks within prompts: 1 when the order of lengths is that of scores."""
    ranks = [(_centred(_ranks(x)), _centred(_ranks(y))) for x, y in zip(sizes, values, strict=True)]
    both = np.asarray([x @ y for x, y in ranks])
    x_alone, y_alone = (np.asarray([r[side] @ r[side] for r in ranks]) for side in (0, 1))

    def statistic(weights: Floats) -> Floats:
        return np.asarray((weights @ both) ** 2 / ((weights @ x_alone) * (weights @ y_alone)))

    return figure(
        "RK402", "share of the score that length explains, within prompts", statistic, len(ranks), seed=seed
    )


def _centred(values: Floats) -> Floats:
    return np.asarray(values - values.mean())


def _ranks(values: Floats) -> Floats:
    """Ranks from 0, equal values sharing the mean of theirs."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray(below + (equal - 1) / 2, dtype=float)


def _apart(groups: Sequence[Sequence[Graded]], sign: int) -> tuple[Graded, Graded]:
    """The best and the worst completion of the prompt where they differ most in score, as length has it."""

    def ends(group: Sequence[Graded]) -> tuple[Graded, Graded]:
        ordered = sorted(group, key=lambda one: (one.value or 0.0, sign * len(one.text)))
        return ordered[-1], ordered[0]

    def gap(pair: tuple[Graded, Graded]) -> tuple[float, int]:
        best, worst = pair
        return (best.value or 0.0) - (worst.value or 0.0), sign * (len(best.text) - len(worst.text))

    return max((ends(group) for group in groups), key=gap)
