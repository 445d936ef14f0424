"""reasoning-gym 0.1.25: the answer taken out of the completion, then scored by a data set, as its examples for trainers do.

pip install reasoning-gym==0.1.25
"""

from __future__ import annotations

import reasoning_gym
from reasoning_gym.utils import extract_answer

from rewardkit import reward

_chain_sum = reasoning_gym.create_dataset("chain_sum", size=1, seed=1)
_letter_counting = reasoning_gym.create_dataset("letter_counting", size=1, seed=1)


@reward(answer="number")
def chain_sum(completion: str, ground_truth: str) -> float:
    """`score_answer` of chain_sum: the same number, else the share that the right one has of the answer."""
    return _chain_sum.score_answer(extract_answer(completion), {"answer": ground_truth})


@reward(answer="number")
def letter_counting(completion: str, ground_truth: str) -> float:
    """The `score_answer` that data sets have unless they bring their own."""
    return _letter_counting.score_answer(extract_answer(completion), {"answer": ground_truth})
