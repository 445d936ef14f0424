"""A comparison in words: differences with their intervals, and the sentences that stand beside them, for terminal, page and notebook."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit.runs.wording import percent, probability

from .compared import Against, Compared
from .figures import Figures


def headline(compared: Compared, pair: Against) -> str:
    """The verdict in one sentence."""
    first = pair.primary
    word = {
        "better": "is better than",
        "worse": "is worse than",
        "no detectable difference": "shows no detectable difference from",
    }[first.verdict]
    if first.bounds == (None, None):
        word = "has too few prompts to be told from"
    share = "share solved" if first.metric == "solved" else "mean score"
    return f"{pair.other.label} {word} {compared.base.label}: {difference(first)} of the {share}."


def verdict(each: Figures) -> str:
    """The verdict, or that there are too few prompts for one."""
    return each.verdict if each.bounds != (None, None) else "too few prompts"


def difference(each: Figures) -> str:
    """`+19.0 points (+9.7 to +28.3)`, or `+0.132 (+0.046 to +0.218)` of a score; without an interval where there is none."""
    low, high = each.bounds
    found = size(each, each.comparison.difference)
    if low is None or high is None:
        return found
    return f"{found} ({size(each, low, unit='')} to {size(each, high, unit='')})"


def size(each: Figures, value: float, *, unit: str = " points") -> str:
    """A difference in the unit of the metric."""
    return f"{100 * value:+.1f}{unit}" if each.metric == "solved" else f"{value:+.3f}"


def level(each: Figures, mean: float) -> str:
    """The mean of one side."""
    return percent(mean) if each.metric == "solved" else f"{mean:.3f}"


def p_value(each: Figures) -> str:
    """The p that the verdict goes by, and whether it was corrected."""
    shown = probability(each.adjusted)
    return f"{shown} Holm" if each.adjusted != each.p or not each.primary else shown


def paired(compared: Compared, pair: Against) -> str:
    """How many prompts were compared, and which were not."""
    left = [
        f"{count:,} {words}"
        for count, words in (
            (pair.only_base, "only in the base"),
            (pair.only_other, "only in the other"),
            (pair.changed, "with another prompt or reference"),
        )
        if count
    ]
    first = pair.primary
    together = f" in {first.clusters:,} clusters" if first.clusters is not None else ""
    without = f"; left out: {', '.join(left)}" if left else ""
    return f"{first.prompts:,} prompts{together} that both have, {compared.decoding} answers{without}"


def beside(pair: Against, margin: float | None = None) -> Iterator[str]:
    """What is said below the figures: what these prompts can show, tests, pairing, seeds, lengths, notes."""
    first = pair.primary
    if first.comparison.detectable:  # 0 where no prompt differs: that spread shows nothing
        least = size(first, first.comparison.detectable).lstrip("+")
        yield f"With these prompts a true difference of {least} would be found 4 times in 5."
    if (exact := first.mcnemar) is not None:
        yield (
            f"Solved by one alone: {exact.only_a:,} by the base, {exact.only_b:,} by the other "
            f"(exact McNemar p {probability(exact.p)})."
        )
    if first.comparison.saved is not None and first.comparison.correlation is not None:
        saved = first.comparison.saved
        gain = f"took away {saved:.0%} of the variance" if saved >= 0.005 else "saved no variance"
        yield f"Pairing {gain} (correlation {first.comparison.correlation:.2f})."
    if first.seeds is not None:
        yield f"By training seed: {', '.join(size(first, mean) for mean in first.seeds.means)}."
    if margin is not None and first.equivalence is not None:
        word = (
            "as good as each other" if first.equivalence < 0.05 else "not shown to be as good as each other"
        )
        yield f"To within {margin:g}: {word} (two one-sided tests, p {probability(first.equivalence)})."
    before, after = pair.characters
    yield (
        f"Length {before:,.0f} to {after:,.0f} characters on average; "
        f"unscored {pair.unscored[0]:,} to {pair.unscored[1]:,}."
    )
    yield from pair.notes
