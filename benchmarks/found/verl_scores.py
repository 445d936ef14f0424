"""verl 0.9.1: functions of it that need other arguments or a declared range. The others are tested as they stand: `verl.utils.reward_score.gsm8k:compute_score`.

pip install --no-deps verl==0.9.1, and what its modules import: torch, ray, tensordict, codetiming, hydra-core, math-verify, mathruler, pylatexenc
"""

from __future__ import annotations

from functools import partial
from typing import Any

from verl.utils.reward_score import gsm8k, prime_math, rlla

from rewardkit import reward

gsm8k_flexible = partial(gsm8k.compute_score, method="flexible")


@reward(timeout=60)
def prime_math_score(completion: str, ground_truth: str) -> bool:
    """It gives sympy 10 seconds, which is what a grader has here unless it declares more."""
    return bool(prime_math.compute_score(completion, ground_truth)[0])


@reward(answer="free", range=(-3, 4))
def rlla_score(completion: str, ground_truth: str, extra_info: dict[str, Any]) -> float:
    """-3 to 3 for the tool call and 0 or 1 for the form, so that 4 is full marks."""
    return float(rlla.compute_score("rlla", completion, ground_truth, extra_info)["score"])
