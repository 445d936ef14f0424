"""trl 1.16.0: the rewards that need a trainer's token ids, given words instead. The others are tested as they stand: `trl.rewards:accuracy_reward`.

pip install trl==1.16.0 math-verify==0.9.0
"""

from __future__ import annotations

from trl.rewards import (
    get_cosine_scaled_reward,
    get_repetition_penalty_reward,
    get_soft_overlong_punishment,
)

from rewardkit import reward

_cosine = get_cosine_scaled_reward(max_len=200)
_repetition = get_repetition_penalty_reward(ngram_size=3)
_overlong = get_soft_overlong_punishment(max_completion_len=200, soft_punish_cache=50)


@reward(range=(-1, 1), pass_at=0.5, length_aware=True)
def cosine_scaled(completion: str, solution: str) -> float | None:
    """A right answer earns 0.5 to 1, the more the shorter; a wrong one -1 to -0.5, the more the longer."""
    return _cosine([[{"role": "assistant", "content": completion}]], [solution], [completion.split()])[0]


@reward(range=(-1, 0), pass_at=0, length_aware=True, reference_free=True)
def repetition_penalty(completion: str) -> float:
    """Down to -1, the more of its three-word runs come again."""
    return _repetition([completion.split()])[0]


@reward(range=(-1, 0), pass_at=0, length_aware=True, reference_free=True)
def soft_overlong(completion: str) -> float:
    """0 up to 150 words, -1 from 200."""
    return _overlong([completion.split()])[0]
