"""math-verify 0.9.0: parse both, then verify, as its README shows.

pip install math-verify==0.9.0
"""

from __future__ import annotations

from math_verify import parse, verify

from rewardkit import reward


@reward(timeout=30)
def parse_and_verify(completion: str, solution: str) -> bool:
    """`verify(parse(gold), parse(answer))`, everything as it is by default."""
    return verify(parse(solution), parse(completion))


@reward(answer="number", timeout=30)
def parse_and_verify_numbers(completion: str, ground_truth: str) -> bool:
    """The same for answers that are numbers."""
    return verify(parse(ground_truth), parse(completion))
