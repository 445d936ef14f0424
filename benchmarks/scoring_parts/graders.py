"""The work of the layers and executors as graders of ours."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit import Step, partial_credit, reward
from scoring_parts import work


@reward(isolation="inline")
def last_token(completion: str, reference: str) -> bool:
    """Is the last word the reference?"""
    return completion.rsplit(None, 1)[-1] == reference


@partial_credit({"text": 0.1, "short": 0.2, "sum": 0.3, "digit": 0.5, "right": 1.0}, isolation="inline")
def ladder(completion: str, reference: str) -> Iterator[Step]:
    """Five levels, each cheap; a right answer climbs all of them."""
    yield "text", bool(completion)
    yield "short", len(completion) < 1000
    yield "sum", completion.startswith("Sum")
    last = completion.rsplit(None, 1)[-1]
    yield "digit", last.isdigit()
    yield "right", last == reference


@reward
def tiny(completion: str, reference: str, amount: float) -> bool:
    """About 0.2 us, in a worker process."""
    return completion.rsplit(None, 1)[-1] == reference


@reward(range=(0, 1000))
def burning(completion: str, reference: str, amount: float) -> float:
    """Holds one core for `amount` rounds of a loop; the seconds that took."""
    return work.burning(completion, reference, amount)


@reward(range=(0, 1000))
def sleeping(completion: str, reference: str, amount: float) -> float:
    """Waits `amount` seconds."""
    return work.sleeping(completion, reference, amount)
