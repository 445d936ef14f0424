"""RK405: prompts whose completions all got the same score. GRPO compares the completions of a prompt, so these teach nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ...evaluating.statistics import wilson
from ..figures import figure_text
from ..results import Figure, Finding, Skipped
from ..trials import Material
from .finding import too_few, warning
from .grading import Graded

_MOST = 0.5


def signal(material: Material, graded: Sequence[Graded]) -> tuple[list[Figure], list[Finding], list[Skipped]]:
    """The share of prompts without a difference, at the last stage of a run; which of them are solved and which earn nothing."""
    last = graded[-1].completion.stage if graded else ""
    drawn: dict[str, list[Graded]] = defaultdict(list)
    for one in graded:
        if one.completion.stage == last and one.value is not None:
            drawn[one.completion.group].append(one)
    groups = [group for group in drawn.values() if len(group) > 1]
    advice = "give several completions of each prompt"
    skipped = too_few("RK405", len(groups), "have two scored completions or more", advice)
    if skipped is not None:
        return [], [], [skipped]
    same = [group for group in groups if len({one.value for one in group}) == 1]
    share = wilson(len(same), len(groups))
    name = "prompts without a difference in score" + (f" ({last})" if last else "")
    figure = Figure("RK405", name, share.mean, share.low, share.high, len(groups))
    if share.low is None or share.low <= _MOST:
        return [figure], [], []
    facts = [f"{name}: {figure_text(figure)}", _how(material, same)]
    expected = f"different scores for the completions of a prompt, for more than {1 - _MOST:.0%} of prompts"
    return [figure], [warning("RK405", material, expected, facts, same[0][0], same[0][1])], []


def _how(material: Material, same: Sequence[Sequence[Graded]]) -> str:
    low, solved = material.span
    values = [group[0].value or 0.0 for group in same]
    full, nothing = sum(value >= solved for value in values), sum(value <= low for value in values)
    return (
        f"of these {len(same)} prompts {full} are always solved, {nothing} always score {low:g}, "
        f"{len(same) - full - nothing} lie between"
    )
