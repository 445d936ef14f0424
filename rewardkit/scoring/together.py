"""Async graders: many calls wait at the same time on one event loop.

A call's clock starts when it has got its place behind the gate, not while it queues. A call that is late is cancelled; one that does not
end when cancelled is given up, and its result is the time-out all the same.

Every step that a call makes on the loop is marked, those of the tasks that it starts too: whoever blocks the loop is thereby known. What
a call leaves to the loop as a bare callback (`call_soon`) is not.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Coroutine, Generator, Iterable
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from ..calling import call_all_async
from ..grader import Grader
from ..phases import Change, blames_answer, blaming, listen
from ..results import fault
from ..scores import Score
from .items import Values, members

Mark: TypeAlias = Callable[[int, bool], None]
"""Told (index, True) when a step of that call begins to run on the loop, and (index, False) when the step ends."""

_ENDING_SECONDS = 1.0  # how long a cancelled call may take to end

_mark: contextvars.ContextVar[Callable[[bool], None] | None] = contextvars.ContextVar("mark", default=None)

_T = TypeVar("_T")


class Together:
    """The calls of one batch. `on_change` hears when a call changes whose fault a fault would be. `stuck` holds those that did not end when they were cancelled; they must not be forgotten."""

    def __init__(
        self,
        grader: Grader,
        gate: asyncio.Semaphore,
        on_scores: Callable[[int, tuple[Score, ...]], None],
        mark: Mark,
        on_change: Callable[[int, Change], None] | None = None,
    ) -> None:
        self._grader = grader
        self._gate = gate
        self._on_scores = on_scores
        self._mark = mark
        self._on_change = on_change
        self.stuck: set[asyncio.Task[Any]] = set()

    async def run(self, calls: Iterable[tuple[int, Values]]) -> None:
        """Make all calls; `on_scores` hears of each as it is known. An error of `on_scores` ends the others."""
        asyncio.get_running_loop().set_task_factory(_marked_task)
        async with asyncio.TaskGroup() as group:
            for index, values in calls:
                group.create_task(self._one(index, values))

    async def _one(self, index: int, values: Values) -> None:
        async with self._gate:
            scores = await self._in_time(index, values)
        self._on_scores(index, scores)

    async def _in_time(self, index: int, values: Values) -> tuple[Score, ...]:
        context = contextvars.copy_context()
        context.run(_mark.set, partial(self._mark, index))
        if self._on_change is not None:
            context.run(listen, partial(self._on_change, index))
        task = context.run(asyncio.create_task, _blamed(self._grader, values), context=context)
        blames = False
        try:
            if await _ends(task, self._grader.options.timeout):
                return self._result(task, values)
            blames = context.run(blames_answer)
        finally:
            task.cancel()
        if not await _ends(task, _ENDING_SECONDS):
            self.stuck.add(task)
        reason = f"no result within {self._grader.options.timeout:g} s"
        late = fault(self._grader, "timeout", reason, blames_answer=blames)
        return (late,) * members(self._grader, values)

    def _result(self, task: asyncio.Task[tuple[Score, ...]], values: Values) -> tuple[Score, ...]:
        if not task.cancelled():
            return task.result()
        cancelled = Score.unscored("error", f"{self._grader} cancelled the task that it runs in")
        return (cancelled,) * members(self._grader, values)


async def _blamed(grader: Grader, values: Values) -> tuple[Score, ...]:
    with blaming(grader.options.runs_completion and not grader.parts):
        return await call_all_async(grader, values)


async def _ends(task: asyncio.Task[Any], seconds: float) -> bool:
    done, _ = await asyncio.wait({task}, timeout=seconds)
    return bool(done)


def _marked_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> asyncio.Task[Any]:
    """A task factory: the steps of a task are those of the call that creates it."""
    mark = _mark.get()
    if mark is None:
        return asyncio.Task(coroutine, loop=loop, **options)
    task = asyncio.Task(_marked(coroutine, mark), loop=loop, **options)
    task.add_done_callback(lambda _: coroutine.close())  # one that was cancelled before its first step
    return task


async def _marked(coroutine: Coroutine[Any, Any, _T], mark: Callable[[bool], None]) -> _T:
    return await _Marked(coroutine, mark)


class _Marked(Generic[_T]):
    """Awaits a coroutine and tells when each of its steps begins and ends."""

    def __init__(self, coroutine: Coroutine[Any, Any, _T], mark: Callable[[bool], None]) -> None:
        self._coroutine = coroutine
        self._mark = mark

    def __await__(self) -> Generator[Any, Any, _T]:
        error: BaseException | None = None
        while True:
            self._mark(True)
            try:
                awaited = self._coroutine.send(None) if error is None else self._coroutine.throw(error)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # what the coroutine returned
            finally:
                self._mark(False)
            try:
                yield awaited
                error = None
            except BaseException as thrown:  # noqa: BLE001  # handed on to the coroutine
                error = thrown
