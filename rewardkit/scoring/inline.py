"""`inline` isolation: the grader runs in the caller's process. Cheap, for trusted code, chosen by the author.

A watch ends what Python can end and names what it cannot (see `watch`). Async graders run on one event loop, in a thread of its own, at
most `concurrency` calls of a grader at a time; the caller's thread hears their scores and sees when one of them blocks the loop.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future

from ..arguments import own_copy
from ..calling import Stopped, caller
from ..errors import GraderError
from ..grader import Grader
from ..results import fault
from ..scores import Score
from .event_loop import Loop, Pulse, event_loop, give_up, loop_for_a_batch
from .items import OnScores, Values, members
from .together import Together
from .watch import IDLE, Watch

_LOOK_SECONDS = 0.25  # between two looks at the loop while nothing is heard from it


def run_inline(
    grader: Grader, calls: Sequence[Values], on_scores: OnScores | None = None
) -> list[tuple[Score, ...]]:
    """The scores of each call, in order. GraderError when an async grader blocks the event loop."""
    if grader.is_async:
        return _together(grader, calls, on_scores)
    results, make = [], caller(grader)
    with Watch(grader.options.timeout) as watch:
        for index, values in enumerate(calls):
            try:
                watch.at = index
                scores = make(own_copy(values))
            except Stopped:
                if not watch.armed:  # it is for a grader that calls this one
                    raise
                watch.at = IDLE  # before anything else: until then it may be stopped again
                scores = _late(grader, values, watch.where)
            watch.at = IDLE
            results.append(scores)
            if on_scores is not None:
                on_scores(index, scores)
    return results


def _late(grader: Grader, values: Values, where: str) -> tuple[Score, ...]:
    reason = f"no result within {grader.options.timeout:g} s"
    return (fault(grader, "timeout", reason, output=where),) * members(grader, values)


def _together(grader: Grader, calls: Sequence[Values], on_scores: OnScores | None) -> list[tuple[Score, ...]]:
    results: dict[int, tuple[Score, ...]] = {}

    def heard(index: int, scores: tuple[Score, ...]) -> None:
        results[index] = scores
        if on_scores is not None:
            on_scores(index, scores)

    while len(results) < len(calls):  # once, unless a grader of another thread blocks the loop
        left = [(index, values) for index, values in enumerate(calls) if index not in results]
        with loop_for_a_batch() as loop:
            _run_on_loop(loop, grader, left, heard)
    return [results[index] for index in range(len(calls))]


def _run_on_loop(
    loop: Loop, grader: Grader, calls: Sequence[tuple[int, Values]], on_scores: OnScores
) -> None:
    """Make the calls, or some of them when the loop is given up meanwhile."""
    # Not a SimpleQueue, whose get(timeout) waits for ever when a signal arrives as its time ends (CPython 3.11).
    told: queue.Queue[tuple[int, tuple[Score, ...]] | None] = queue.Queue()
    pulse = Pulse(loop, grader)
    batch = Together(grader, loop.gate(grader), lambda index, scores: told.put((index, scores)), pulse.mark)
    with Watch(grader.options.timeout):  # for the end that it puts to a C loop
        copies = [(index, own_copy(values)) for index, values in calls]
        future = asyncio.run_coroutine_threadsafe(batch.run(copies), loop.loop)
        future.add_done_callback(lambda _: told.put(None))
        try:
            while loop is event_loop():
                try:
                    heard = told.get(timeout=_LOOK_SECONDS)
                except queue.Empty:
                    pulse.look()
                    if pulse.blocked:
                        give_up(loop, loop.at or grader)
                    continue
                if heard is None:
                    _finish(future, grader)
                    return
                on_scores(*heard)
        finally:
            future.cancel()
            loop.stuck |= batch.stuck


def _finish(future: Future[None], grader: Grader) -> None:
    """Take what a batch ended with. GraderError when a call has cancelled the tasks of the others, and the batch with them."""
    try:
        future.result()
    except CancelledError:
        why = "it cancelled tasks that are not its own; end only what the grader has started, or declare isolation='process'"
        raise GraderError(why, where=str(grader)) from None
