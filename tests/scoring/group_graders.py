"""Graders that see all completions of a prompt together, and some that go wrong when a completion says so."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy

from rewardkit import Score, Step, gated, partial_credit, penalised, reward, weighted


@reward(group=True)
def shortest(completions: list[str]) -> list[float]:
    """1 for the shortest of the group, down to 0 for the longest."""
    lengths = [len(text) for text in completions]
    spread = max(lengths) - min(lengths) or 1
    return [(max(lengths) - length) / spread for length in lengths]


@reward(group=True, isolation="inline")
def rare(completions: list[str]) -> list[float]:
    counts = Counter(completions)
    return [1 / counts[text] for text in completions]


@reward(group=True, timeout=0.5, may_abstain=True)
def odd(completions: list[str]) -> Any:
    """What the first completion names."""
    count = len(completions)
    match completions[0]:
        case "raise":
            raise ValueError("on purpose")
        case "hang":
            time.sleep(60)
        case "exit":
            os._exit(3)
        case "few":
            return [1.0] * (count - 1)
        case "dict":
            return dict.fromkeys(completions, 1.0)
        case "generator":
            return (1.0 for _ in completions)
        case "text":
            return "1" * count
        case "number":
            return 1.0
        case "nothing":
            return None
        case "abstains":
            return [None, *[1.0] * (count - 1)]
        case "nan":
            return [float("nan"), *[1.0] * (count - 1)]
        case "array":
            return numpy.linspace(0, 1, count)
        case "column":
            return numpy.ones((count, 1))
        case "tuple":
            return tuple([True] * count)
        case "scores":
            return [Score(0.5, reason=text) for text in completions]
    return [0.25] * count


@reward(group=True)
async def waits(completions: list[str], reference: str) -> list[float]:
    await asyncio.sleep(0.02)
    return [float(text == reference) for text in completions]


@reward(group=True)
def asks_for_all(
    completions: list[str], prompt: str, reference: str, sample: dict[str, Any], seed: int, level: int = 3
) -> list[Score]:
    seen = f"{prompt}|{reference}|{sample['id']}|{seed}|{level}"
    return [Score(1.0, reason=f"{seen}|{text}") for text in completions]


@reward
def single(completion: str, messages: list[dict[str, Any]], seed: int, reference: str) -> Score:
    last = messages[-1]
    return Score(
        float(completion == reference), reason=f"{completion}|{last['role']}:{last['content']}|{seed}"
    )


@reward
async def single_later(completion: str, reference: str) -> float:
    await asyncio.sleep(0)
    return float(completion == reference)


@partial_credit({"some": 0.2, "all": 1.0})
def ladder(completion: str, reference: str) -> Iterator[Step]:
    yield "some", bool(completion)
    yield "all", completion == reference


@reward
def long(completion: str) -> bool:
    return len(completion) > 5


@reward
def breaks_on_x(completion: str) -> float:
    if completion == "x":
        raise ValueError("no x, please")
    return 1.0


mixed = weighted((single, 0.7), (shortest, 0.3))
mixed_async = weighted((single_later, 0.5), (shortest, 0.5))
gate_first = gated(single, shortest)
gate_last = gated(shortest, ladder)
without_long = penalised(shortest, by=long, weight=0.5)
nested = weighted((mixed, 0.5), (ladder, 0.5))
breaks = weighted((breaks_on_x, 0.5), (shortest, 0.5))
