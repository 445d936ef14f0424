"""Call a grader on one completion and turn whatever happens into a Score.

This is the only place where an author's code is called and where its errors are caught, in the caller's process and in a worker alike.
`call(grader, values)` never raises for what the author's code does; `values` holds what the grader asks for, by name.

What it does not do: enforce deadlines or memory. That is the scorer's work (`scoring/`).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, cast

from .errors import Unscored
from .grader import Grader
from .ladders import Climb
from .phases import blaming
from .results import combined, explain, fault, result_of
from .scores import Cause, Component, Score

Values: TypeAlias = Mapping[str, Any]
OnStep: TypeAlias = Callable[[float, tuple[Component, ...]], None]


def call(grader: Grader, values: Values, *, on_step: OnStep | None = None) -> Score:
    """The score of one completion. `on_step(height, components)` hears of every level a ladder reached, as it reaches it."""
    coroutine = _score(grader, values, on_step)
    if not grader.is_async:
        return _finish(coroutine)
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: in a notebook another one is running here
        return thread.submit(asyncio.run, coroutine).result()


async def call_async(grader: Grader, values: Values) -> Score:
    """The same on a running event loop."""
    return await _score(grader, values, None)


def _finish(coroutine: Coroutine[Any, Any, Score]) -> Score:
    """Run a coroutine that awaits nothing: no event loop, about a microsecond."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return cast(Score, stop.value)
    coroutine.close()
    raise RuntimeError("a grader without async parts tried to wait")


async def _score(grader: Grader, values: Values, on_step: OnStep | None) -> Score:
    if grader.parts:
        return combined(grader, [await _part(part, values) for part, _ in grader.parts])
    arguments = {name: values[name] for name in grader.asks if name in values}
    arguments.update({name: values[name] for name in grader.optional if name in values})
    climb = Climb(grader.levels, bottom=grader.options.range[0])
    try:
        if grader.kind == "partial_credit":
            await _climb(grader, arguments, climb, on_step)
            return Score(climb.height, climb.components(), reason=climb.why())
        return result_of(grader, await _result(grader, arguments))
    except Unscored as error:
        return Score.unscored(cast(Cause, error.cause), str(error), climb.components())
    except MemoryError:
        return fault(grader, "memory", "it ran out of memory", climb.height, climb.components())
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except asyncio.CancelledError:
        task = asyncio.current_task() if grader.is_async else None
        if task is not None and task.cancelling():  # the scorer's own time-out
            raise
        return Score.unscored("error", f"{grader} raised CancelledError", climb.components())
    except BaseException as error:  # noqa: BLE001  # SystemExit too: a grader must not end the run
        return Score.unscored("error", explain(grader, error), climb.components())


async def _part(part: Grader, values: Values) -> Score:
    with blaming(part.options.runs_completion):
        return await _score(part, values, None)


async def _result(grader: Grader, arguments: dict[str, Any]) -> object:
    assert grader.function is not None
    result = grader.function(**arguments)
    return await result if inspect.isawaitable(result) else result


async def _climb(grader: Grader, arguments: dict[str, Any], climb: Climb, on_step: OnStep | None) -> None:
    """Drive the author's generator; a wrong step is thrown into it, so that the error names the line of that `yield`."""
    assert grader.function is not None
    steps = grader.function(**arguments)
    if not (inspect.isgenerator(steps) or inspect.isasyncgen(steps)):
        raise TypeError(f"a ladder must yield its steps; it returned {type(steps).__name__}")
    while True:
        try:
            step = await anext(steps) if inspect.isasyncgen(steps) else next(cast(Iterator[object], steps))
        except (StopIteration, StopAsyncIteration):
            return
        try:
            climbing = climb.step(step)
        except ValueError as error:
            await _throw(steps, error)
            raise
        if on_step is not None:
            on_step(climb.height, climb.components())
        if not climbing:
            await _close(steps)
            return


async def _throw(steps: Any, error: ValueError) -> None:
    if inspect.isasyncgen(steps):
        await steps.athrow(error)
    else:
        steps.throw(error)


async def _close(steps: Any) -> None:
    if inspect.isasyncgen(steps):
        await steps.aclose()
    else:
        steps.close()
