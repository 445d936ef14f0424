"""Call a grader and turn whatever happens into Scores.

This is the only place where an author's code is called and where its errors are caught, in the caller's process and in a worker alike.
Nothing here raises for what the author's code does; `values` holds what the grader asks for, by name.

    call(grader, values) -> Score                      one completion
    call_all(grader, values) -> (Score, ...)           the same, or for a group grader one Score for each of `values["completions"]`
    caller(grader)                                     `call_all` for many calls of one grader

What it does not do: enforce deadlines or memory. That is the scorer's work (`scoring/`).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias, TypeVar, cast

from .arguments import own_copy
from .errors import Unscored
from .grader import Grader
from .ladders import Climb
from .outages import is_an_outage
from .phases import blaming
from .results import combined, explain, fault, result_of, results_of_group, said, stack
from .scores import Cause, Component, Score

Values: TypeAlias = Mapping[str, Any]
OnStep: TypeAlias = Callable[[float, tuple[Component, ...]], None]

EACH = "of each completion"
"""In the values of a group: the arguments that differ among its completions. No parameter can bear this name."""

_T = TypeVar("_T")


def call(grader: Grader, values: Values, *, on_step: OnStep | None = None) -> Score:
    """The score of one completion. `on_step(height, components)` hears of every level a ladder reached, as it reaches it."""
    if grader.is_plain:
        return caller(grader)(values)[0]
    coroutine = _score(grader, values, on_step)
    return _in_a_loop(coroutine) if grader.is_async else _finish(coroutine)


def call_all(grader: Grader, values: Values, *, on_step: OnStep | None = None) -> tuple[Score, ...]:
    """The scores of one call: one, or for a group grader one for each completion."""
    if not grader.in_groups:
        return (call(grader, values, on_step=on_step),)
    coroutine = _score_group(grader, values)
    return _in_a_loop(coroutine) if grader.is_async else _finish(coroutine)


async def call_all_async(grader: Grader, values: Values) -> tuple[Score, ...]:
    """`call_all` on a running event loop."""
    return await _score_group(grader, values) if grader.in_groups else (await _score(grader, values, None),)


def caller(grader: Grader) -> Callable[[Values], tuple[Score, ...]]:
    """`call_all` of this grader. For a plain one everything that every call has in common is done here, once."""
    if not grader.is_plain:
        return partial(call_all, grader)
    function, asked = cast(Callable[..., object], grader.function), len(grader.wants)
    right, wrong = (result_of(grader, True),), (result_of(grader, False),)

    def make(values: Values) -> tuple[Score, ...]:
        try:
            result = function(**(values if len(values) == asked else _arguments(grader, values)))
            if result is True:
                return right
            return wrong if result is False else (result_of(grader, result),)
        except BaseException as error:  # noqa: BLE001  # SystemExit too: a grader must not end the run
            return (_failed(grader, error),)

    return make


def _in_a_loop(coroutine: Coroutine[Any, Any, _T]) -> _T:
    with ThreadPoolExecutor(1) as thread:  # a loop of its own: in a notebook another one is running here
        return thread.submit(asyncio.run, coroutine).result()


def _finish(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine that awaits nothing: no event loop, about a microsecond."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return cast(_T, stop.value)
    coroutine.close()
    raise RuntimeError("a grader without async parts tried to wait")


async def _score(grader: Grader, values: Values, on_step: OnStep | None) -> Score:
    if grader.parts:
        return combined(grader, [await _part(part, values) for part, _ in grader.parts])
    climb = Climb(grader.levels, bottom=grader.options.range[0])
    try:
        if grader.kind == "partial_credit":
            await _climb(grader, _arguments(grader, values), climb, on_step)
            return Score(climb.height, climb.components(), reason=climb.why())
        return result_of(grader, await _result(grader, values))
    except BaseException as error:  # noqa: BLE001  # SystemExit too: a grader must not end the run
        return _failed(grader, error, climb)


async def _score_group(grader: Grader, values: Values) -> tuple[Score, ...]:
    """One score for each of `values["completions"]`; `values[EACH]` holds what differs among them."""
    count = len(values["completions"])
    if grader.parts:
        parts = [await _part_of_group(part, values) for part, _ in grader.parts]
        return tuple(combined(grader, [scores[place] for scores in parts]) for place in range(count))
    try:
        return results_of_group(grader, await _result(grader, values), count)
    except BaseException as error:  # noqa: BLE001
        return (_failed(grader, error),) * count


async def _part(part: Grader, values: Values) -> Score:
    with blaming(part.options.runs_completion):
        return await _score(part, _own(part, values), None)


async def _part_of_group(part: Grader, values: Values) -> Sequence[Score]:
    with blaming(part.options.runs_completion):
        if part.in_groups:
            return await _score_group(part, values)
        return [await _score(part, _own(part, {**values, **own}), None) for own in values[EACH]]


def _own(part: Grader, values: Values) -> Values:
    return own_copy({name: values[name] for name in part.wants if name in values})


def _failed(grader: Grader, error: BaseException, climb: Climb | None = None) -> Score:
    """The score of a call that raised; what is the caller's to handle is raised again."""
    components = climb.components() if climb else ()
    if isinstance(error, KeyboardInterrupt | GeneratorExit | Stopped):
        raise error
    if isinstance(error, Unscored):
        return Score.unscored(cast(Cause, error.cause), said(error), components)
    if isinstance(error, MemoryError):
        return fault(grader, "memory", "it ran out of memory", climb.height if climb else None, components)
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task() if grader.is_async else None
        if task is not None and task.cancelling():  # the scorer's own time-out
            raise error
        return Score.unscored("error", f"{grader} raised CancelledError", components)
    cause: Cause = "judge_unavailable" if is_an_outage(error) else "error"
    return Score.unscored(cause, explain(grader, error), components, stack(error))


class Stopped(BaseException):
    """Raised into an author's code by the scorer, which gives up waiting for it."""


def _arguments(grader: Grader, values: Values) -> dict[str, Any]:
    return {name: values[name] for name in (*grader.asks, *grader.optional) if name in values}


async def _result(grader: Grader, values: Values) -> object:
    result = cast(Callable[..., object], grader.function)(**_arguments(grader, values))
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
