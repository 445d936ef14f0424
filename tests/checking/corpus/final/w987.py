"""Summaries with a limit of words: only whether they keep to it. Tasks without a limit are left to the other graders."""

from rewardkit import case, order, reward


@case("Sales rose and costs fell.", max_words=5, expect=1)
@case("Sales rose and costs fell in March", max_words=5, expect=0.6)
@case("", max_words=5, expect=0)
@case("Sales rose and costs fell in March as well as in April", max_words=5, expect=0)
@order("Sales rose and costs fell in March", "Sales rose and costs fell again", max_words=5)
@reward(answer="free", length_aware=True, reference_free=True, may_abstain=True)
def within_limit(completion: str, max_words: int | None) -> float | None:
    """1 within the limit; above it, down to 0 at twice the limit. An empty summary is none."""
    if max_words is None:
        return None
    words = len(completion.split())
    if not words:
        return 0.0
    return max(0.0, 1 - max(0, words - max_words) / max_words)
