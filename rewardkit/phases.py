"""Whose fault a time-out, a crash or a lack of memory is, while a grader is at work.

A grader that runs completions blames the answer for them, but not while it prepares its reference, and not while another part of a
combination is at work:

    @partial_credit(LEVELS, runs_completion=True, timeout=5)
    def query(completion, reference, database):
        with preparing():                          # has two minutes of its own; what fails here is never the answer's fault
            expected = rows_of(reference, database)
        yield "runs", ...                          # the completion's five seconds start here

In a worker process every change is reported to the scorer, which then knows whom to blame when it has to kill the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeAlias

from .errors import Unscored

Change: TypeAlias = Literal["blame answer", "blame grader", "prepare", "prepared"]

_blames_answer: ContextVar[bool] = ContextVar("blames_answer", default=False)
_listener: ContextVar[Callable[[Change], None] | None] = ContextVar("listener", default=None)


def blames_answer() -> bool:
    """Whether a fault now would be the answer's."""
    return _blames_answer.get()


@contextmanager
def blaming(answer: bool) -> Iterator[None]:
    """For the code inside, faults are the answer's, or not."""
    before = _blames_answer.get()
    _set(answer)
    try:
        yield
    finally:
        _set(before)


@contextmanager
def preparing() -> Iterator[None]:
    """Work on the reference: a fault in it leaves the completion unscored, and it has a clock of its own (120 s; not in async graders)."""
    before = _blames_answer.get()
    _blames_answer.set(False)
    _tell("prepare")
    try:
        yield
    except MemoryError:
        raise Unscored("it ran out of memory while it prepared the reference", cause="memory") from None
    finally:
        _blames_answer.set(before)
        _tell("prepared")


@contextmanager
def listening(listener: Callable[[Change], None]) -> Iterator[None]:
    """Report every change inside to `listener`; "prepared" goes back to what was blamed before "prepare"."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def listen(listener: Callable[[Change], None]) -> None:
    """As `listening`, for the rest of this context: that of a task, which nobody leaves."""
    _listener.set(listener)


def _set(answer: bool) -> None:
    if _blames_answer.get() is not answer:
        _blames_answer.set(answer)
        _tell("blame answer" if answer else "blame grader")


def _tell(change: Change) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(change)
