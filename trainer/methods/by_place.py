"""Sampling whose outcome follows from the run's seed, the generation and the place in it, whoever draws it.

`torch.multinomial` takes from one stream for all rows of a process, so what a row gets depends on the rows beside it and on whatever else has
drawn a random number. Here each row of a generation has numbers of its own, one for a token:

    cumulated probabilities   0.20  0.55  0.90  1.00
    number                          0.31               -> the second token

Completions are then the same for one process and for several, and a resumed run does not depend on a saved random state. What is left to differ are
the last bits of the logits, since a batch of another shape is summed up in another order.

Not for vLLM and continuous batching, which sample in code of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessor

_BELOW_ONE = 1 - 1e-12  # a number times the sum of all probabilities stays under that sum


def numbers_of(seed: tuple[int, ...], places: Sequence[int], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Of the (rows, tokens) numbers of a whole generation, drawn by `seed`, those of the rows at `places`, in [0, 1): shape (places, tokens)."""
    drawn = np.random.default_rng(seed).random(shape)
    return np.asarray(drawn[list(places)] * _BELOW_ONE)


class NoProbabilities(RuntimeError):
    """The model's probabilities are not finite, so nothing can be drawn by them."""


class ByNumber(LogitsProcessor):  # type: ignore[misc]  # transformers has no types
    """Leaves of each row's scores only the token at that row's next number, after every other processor. `numbers`: (rows, tokens)."""

    def __init__(self, numbers: torch.Tensor) -> None:
        self._numbers = numbers
        self._token = 0
        self._totals = numbers.new_zeros(
            len(numbers)
        )  # looked at once, at the end: each look would wait for the GPU

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.Tensor:
        """Scores of shape (rows, vocabulary): 0 for the token that was drawn, -inf for the others."""
        token = min(self._token, self._numbers.shape[1] - 1)  # generation may look one token ahead
        self._token += 1
        cumulated = scores.softmax(dim=-1).cumsum(dim=-1, dtype=torch.float64)
        total = cumulated[:, -1:]
        self._totals += total[:, 0]
        drawn = torch.searchsorted(cumulated, self._numbers[:, token : token + 1] * total, right=True)
        drawn.clamp_(max=scores.shape[1] - 1)  # beyond the last one only where they are not finite
        return torch.full_like(scores, -torch.inf).scatter_(1, drawn, 0.0)

    def check(self) -> None:
        """NoProbabilities when some that were drawn by were not finite."""
        if not torch.isfinite(self._totals).all():
            raise NoProbabilities


@contextmanager
def sampling_by(model: Any, numbers: NDArray[np.float64]) -> Iterator[None]:
    """`model.generate` samples by these numbers for the moment; TRL passes no processor on that could do it."""
    generate = model.generate
    processor = ByNumber(torch.from_numpy(numbers).to(model.device))

    def draw(model: Any, input_ids: Any, logits_processor: Any, generation_config: Any, **rest: Any) -> Any:
        logits_processor.append(processor)  # after temperature, top_k, top_p and min_p
        only = copy(generation_config)
        only.do_sample = False  # one token is left: the largest is it, and no random number is drawn
        return model._sample(input_ids, logits_processor=logits_processor, generation_config=only, **rest)

    def generating(*args: Any, **settings: Any) -> Any:
        drawn = generate(*args, **settings, custom_generate=draw)
        processor.check()
        return drawn

    model.generate = generating
    try:
        yield
    finally:
        del model.generate
