"""Intervals by resampling prompts: the completions of one prompt are not independent of each other, prompts are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...evaluating.statistics import FEWEST
from ..results import Figure

Floats: TypeAlias = NDArray[np.float64]
Statistic: TypeAlias = Callable[[Floats], Floats]
"""From weights (draws x prompts) to one value for each draw; the weights say how often a prompt was drawn."""

_DRAWS = 2000
_CHUNK = 200  # draws at a time, which bounds memory
_FEW = 200  # prompts whose draws take 3 MB


def figure(check: str, name: str, statistic: Statistic, prompts: int, *, seed: int = 0) -> Figure:
    """The statistic over all prompts with its 95 % percentile interval, none under 10 prompts. The same seed gives the same bounds."""
    value = float(statistic(np.ones((1, prompts)))[0])
    if prompts < FEWEST:
        return Figure(check, name, value, None, None, prompts)
    drawn = np.concatenate([statistic(weights) for weights in _weights(prompts, seed)])
    drawn = drawn[np.isfinite(drawn)]  # a draw in which nothing varies says nothing
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Figure(check, name, value, float(low), float(high), prompts)


def _weights(prompts: int, seed: int) -> Iterator[Floats]:
    """The weights of all draws, a chunk at a time."""
    if prompts <= _FEW:
        yield _kept_weights(prompts, seed)
        return
    random = np.random.default_rng(seed)
    for _ in range(_DRAWS // _CHUNK):
        yield _multinomial(random, prompts, _CHUNK)


@lru_cache(maxsize=8)
def _kept_weights(prompts: int, seed: int) -> Floats:
    """Those for few prompts, which one look asks for again and again, and a training at every checkpoint."""
    return _multinomial(np.random.default_rng(seed), prompts, _DRAWS)


def _multinomial(random: np.random.Generator, prompts: int, draws: int) -> Floats:
    return random.multinomial(prompts, np.full(prompts, 1 / prompts), size=draws).astype(float)


def mean_figure(check: str, name: str, values: Sequence[float], *, seed: int = 0) -> Figure:
    """The mean of one value for each prompt."""
    return ratio_figure(check, name, values, [1.0] * len(values), seed=seed)


def ratio_figure(
    check: str, name: str, above: Sequence[float], below: Sequence[float], *, seed: int = 0
) -> Figure:
    """The sum of one quantity of each prompt over the sum of another."""
    up, down = np.asarray(above, dtype=float), np.asarray(below, dtype=float)

    def statistic(weights: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((weights @ up) / (weights @ down))

    return figure(check, name, statistic, len(up), seed=seed)
