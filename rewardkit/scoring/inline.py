"""`inline` isolation: the grader runs in the caller's process. Cheap, for trusted code, chosen by the author.

It cannot stop code that hangs or crashes; what it does bound is an async grader's waiting, by its timeout. Async graders of a batch wait
together, at most `CONCURRENT` at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..calling import call, call_async
from ..grader import Grader
from ..results import fault
from ..scores import Score

CONCURRENT = 8


def score_inline(
    grader: Grader, batch: Sequence[dict[str, Any]], on_score: Callable[[int, Score], None] | None
) -> list[Score]:
    """One score per element, in order."""
    if grader.is_async:
        with ThreadPoolExecutor(1) as thread:  # a loop of its own: in a notebook another one is running here
            return thread.submit(asyncio.run, _together(grader, batch, on_score)).result()
    scores = []
    for index, values in enumerate(batch):
        score = call(grader, values)
        scores.append(score)
        if on_score is not None:
            on_score(index, score)
    return scores


async def _together(
    grader: Grader, batch: Sequence[dict[str, Any]], on_score: Callable[[int, Score], None] | None
) -> list[Score]:
    gate = asyncio.Semaphore(CONCURRENT)

    async def one(index: int, values: dict[str, Any]) -> Score:
        async with gate:
            try:
                score = await asyncio.wait_for(call_async(grader, values), grader.options.timeout)
            except TimeoutError:
                score = fault(grader, "timeout", f"no result within {grader.options.timeout:g} s")
        if on_score is not None:
            on_score(index, score)
        return score

    return await asyncio.gather(*(one(index, values) for index, values in enumerate(batch)))
