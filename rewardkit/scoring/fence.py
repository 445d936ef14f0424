"""A fence around code that nobody has written: a changed version of a grader may delete another file, or call a service, than its author meant.

In a worker process, for good: what would change a file, start or signal a process, or reach the network raises PermissionError; only new
files in the temporary folder may be written and removed. A call that tried is unscored, with a reason that begins with `NOTICED`. It hears
Python's audit events, so what a library does in C, such as writing to a database that it has open, goes past it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..scores import Score
from .items import Values
from .watched import CHANGES_FILES, NOTICED, effect, in_open_folder, is_for_writing

CHECK = "RK140"
"""The check that changed versions of graders are tried for."""

_REACHES_OUT = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostby")
_SIGNALS = ("os.kill", "os.killpg")

_tried: list[str] = []
_made: set[Path] = set()


def put_up() -> None:
    """Put the fence up around this process; an audit hook cannot be taken away."""
    sys.dont_write_bytecode = True
    tempfile.gettempdir()  # it tries to write when it is called first
    sys.addaudithook(_hear)


def fenced(make: Callable[[Values], tuple[Score, ...]]) -> Callable[[Values], tuple[Score, ...]]:
    """A call behind the fence; its scores say so when it ran against it, whatever the grader made of the error."""

    def made(values: Values) -> tuple[Score, ...]:
        _tried.clear()
        scores = make(values)
        if _tried:
            return (Score.unscored("invalid", f"{NOTICED}{CHECK}: {_tried[0]}"),) * len(scores)
        return scores

    return made


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    said = _meaning(event, arguments)
    if said:
        _tried.append(said)
        raise PermissionError(f"{said}, which a changed version of a grader may not do")


def _meaning(event: str, arguments: tuple[Any, ...]) -> str:
    if event.startswith(_REACHES_OUT):
        return f"it uses the network ({event})"
    if event in _SIGNALS and arguments[0] not in (0, os.getpid()):
        return f"it signals another process ({event})"
    return effect(event, arguments) or _effect_on_others(event, arguments)


def _effect_on_others(event: str, arguments: tuple[Any, ...]) -> str:
    """What an event does to a file in the temporary folder that this process has not made itself."""
    if event not in ("open", *CHANGES_FILES) or in_open_folder(event, arguments):
        return ""
    if event == "open" and not is_for_writing(arguments):
        return ""
    names = arguments[:2] if event == "os.rename" else arguments[:1]
    for name in names:
        if not isinstance(name, str | bytes | os.PathLike):
            continue  # a descriptor that is open already
        path = Path(os.path.abspath(os.fsdecode(name)))  # noqa: PTH100  # resolve() would read the file system
        if path.is_relative_to("/dev") or (event == "open" and path.is_dir()):
            continue  # a file without a name is opened by its folder's
        if os.path.lexists(path) and _made.isdisjoint((path, *path.parents)):
            return f"it changes {str(path)!r:.80}"
        _made.add(path)
    return ""
