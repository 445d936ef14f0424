"""Call a grader on one completion and turn whatever happens into a Score.

This is the only place where an author's code is called and where its errors are caught, in the caller's process and in a worker alike.
`call(grader, values)` never raises for what the author's code does; `values` holds what the grader asks for, by name.

What it does not do: enforce deadlines or memory. That is the scorer's work (`scoring/`).
"""

from __future__ import annotations

import asyncio
import inspect
import math
import numbers
import traceback
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeAlias, cast

from .errors import Unscored
from .grader import Grader
from .ladders import Climb
from .paths import display_path
from .scores import Cause, Component, Score

Values: TypeAlias = Mapping[str, Any]
OnStep: TypeAlias = Callable[[float, tuple[Component, ...]], None]


def call(grader: Grader, values: Values, *, on_step: OnStep | None = None) -> Score:
    """The score of one completion. `on_step(height, components)` hears of every level a ladder reached, as it reaches it."""
    coroutine = _score(grader, values, on_step)
    if not grader.is_async:
        return _finish(coroutine)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:  # a notebook's own loop is running: use a loop in a thread of its own
        return pool.submit(asyncio.run, coroutine).result()


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
        return await _combined(grader, values, on_step)
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
    except (KeyboardInterrupt, GeneratorExit, asyncio.CancelledError):
        raise
    except BaseException as error:  # noqa: BLE001  # SystemExit too: a grader must not end the run
        return Score.unscored("error", _explain(grader, error), climb.components())


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


def result_of(grader: Grader, result: object) -> Score:
    """What an author returned, as a Score: a bool, a number in the range, a Score, or None where abstaining is declared."""
    if isinstance(result, Score):
        return result if result.value is None else _in_range(grader, result)
    if result is None:
        if grader.options.may_abstain:
            return Score.unscored("not_applicable", "the grader abstained")
        return Score.unscored(
            "invalid", f"{grader} returned None; declare may_abstain=True if it may, or return a number"
        )
    if isinstance(result, bool):
        return Score(float(result))
    if isinstance(result, numbers.Real) or type(result).__module__ == "numpy":
        try:
            value = float(cast(Any, result))
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        if math.isfinite(value):
            return _in_range(grader, Score(value))
    return Score.unscored(
        "invalid", f"{grader} returned {result!r:.60}; allowed: True, False, a finite number or a Score"
    )


def fault(
    grader: Grader,
    cause: Cause,
    reason: str,
    height: float | None = None,
    components: tuple[Component, ...] = (),
) -> Score:
    """A deadline, crash or memory limit was hit.

    Unscored, except for a grader that runs completions: there it is the answer's fault, and the completion keeps the level it reached.
    """
    if not grader.options.runs_completion:
        return Score.unscored(cause, reason, components)
    low = grader.options.range[0]
    if not components and grader.kind == "partial_credit":
        components = Climb(grader.levels, bottom=low).components()
    return Score(low if height is None else height, components, cause, reason)


def _in_range(grader: Grader, score: Score) -> Score:
    low, high = grader.options.range
    if score.value is not None and low <= score.value <= high:
        return score
    return Score.unscored(
        "invalid",
        f"{grader} returned {score.value:g}, outside its range {low:g} to {high:g}",
        score.components,
    )


async def _combined(grader: Grader, values: Values, on_step: OnStep | None) -> Score:
    scores = [(part, weight, await _score(part, values, None)) for part, weight in grader.parts]
    components = tuple(
        Component(part.name, score.value, weight=weight, reason=score.reason or (score.cause or ""))
        for part, weight, score in scores
    )
    if grader.kind == "weighted":
        applicable = [(w, s) for _, w, s in scores if s.cause != "not_applicable" or s.scored]
        if not applicable:
            return Score.unscored("not_applicable", "no part applies", components)
        unscored = _first_unscored([s for _, s in applicable])
        if unscored is not None:
            return replace(unscored, components=components)
        total = sum(w for w, _ in applicable)
        return _with_fault(
            sum(w / total * float(s) for w, s in applicable), components, [s for _, s in applicable]
        )
    (first, _, a), (_, weight, b) = scores
    if grader.kind == "gated" and a.value is not None and a.value < first.options.solved_at:
        return _with_fault(grader.options.range[0], components, [a])
    unscored = _first_unscored([a, b])
    if unscored is not None:
        return replace(unscored, components=components)
    low = grader.options.range[0]
    value = float(b) if grader.kind == "gated" else max(low, float(a) + weight * float(b))
    return _with_fault(value, components, [a, b])


def _first_unscored(scores: list[Score]) -> Score | None:
    return next((s for s in scores if s.value is None), None)


def _with_fault(value: float, components: tuple[Component, ...], scores: list[Score]) -> Score:
    """A combination of scored parts keeps the first part's cause, if a completion broke one of them."""
    faulty = next((s for s in scores if s.cause), None)
    return Score(value, components, faulty.cause if faulty else None, faulty.reason if faulty else "")


def _explain(grader: Grader, error: BaseException) -> str:
    """`ValueError: ... (graders/qa.py:14)`: the deepest line of the author's own file."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(grader.file)] or frames[-1:]
    where = f"{display_path(own[-1].filename)}:{own[-1].lineno}" if own else grader.where
    return f"{type(error).__name__}: {error} ({where})"
