"""What a call of a grader does besides returning a score, seen by Python's audit events and by comparing before and after.

    NOTICED RK015: it runs the completion as code

It is no sandbox: what it notices has already happened. A grader that declares `runs_completion` is not watched.
"""

from __future__ import annotations

import decimal
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from ..scores import Score
from .items import Values

STARTS_A_PROCESS = "it starts a process"
NOTICED = "noticed "
"""How the reason of a watched call begins that did what it should not."""

CANARY = "rk_canary_9173"
"""A name that no program has: code in which it occurs was made from the completion."""

_STARTS_A_PROCESS = (
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "subprocess.Popen",
    "pty.spawn",
)
_TELLS_THE_SYSTEM = frozenset({"lsb_release", "uname", "sw_vers", "sysctl", "ldd", "file"})
CHANGES_FILES = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.chmod",
    "shutil.rmtree",
)
_TAKES_A_FOLDER = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class _Ears:
    """Hears audit events while a call is being made. An audit hook cannot be taken away, so there is one for the process."""

    def __init__(self) -> None:
        self.open = False
        self.heard: list[str] = []
        tempfile.gettempdir()  # its first call holds a lock while it tries to write, which would be heard
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.open:
            return
        self.open = False  # what is done here is not the grader's doing
        try:
            said = _meaning(event, arguments)
        finally:
            self.open = True
        if said and said not in self.heard:
            self.heard.append(said)


def watched(make: Callable[[Values], tuple[Score, ...]]) -> Callable[[Values], tuple[Score, ...]]:
    """A call that tells what it did besides: its scores are unscored (invalid) then."""
    ears = _Ears()

    def made(values: Values) -> tuple[Score, ...]:
        before, arguments = dict(_state()), _pickled(values)
        ears.heard.clear()
        ears.open = True
        try:
            scores = make(values)
        finally:
            ears.open = False
        changed = [name for name, packed in _pickled(values).items() if packed != arguments[name]]
        if changed:
            return (
                Score.unscored("invalid", f"{NOTICED}RK010: it changes its argument '{changed[0]}'"),
            ) * len(scores)
        did = [*ears.heard, *(f"it changes {name}" for name, value in _state() if before[name] != value)]
        if did:
            return (Score.unscored("invalid", f"{NOTICED}RK015: {'; '.join(did)}"),) * len(scores)
        return scores

    return made


def _meaning(event: str, arguments: tuple[Any, ...]) -> str:
    """What an audit event says that the grader does, empty for what is harmless."""
    if event == "exec" and arguments and isinstance(arguments[0], CodeType):
        return "it runs the completion as code" if _is_from_completion(arguments[0]) else ""
    return effect(event, arguments)


def effect(event: str, arguments: tuple[Any, ...]) -> str:
    """What an audit event does to files outside the temporary folder or to other processes; empty when it does nothing of the kind."""
    if event == "open" and is_for_writing(arguments) and not is_temporary(arguments[0]):
        return f"it writes to {arguments[0]!r:.80}"
    if event in CHANGES_FILES and not in_open_folder(event, arguments) and not is_temporary(arguments[0]):
        return f"it changes files ({event})"
    if event.startswith(_STARTS_A_PROCESS) and not _asks_about_the_system(arguments):
        return f"{STARTS_A_PROCESS} ({event})"
    return ""


def _asks_about_the_system(arguments: tuple[Any, ...]) -> bool:
    """Whether the program that is started only tells which system this is, as clients of services do once."""
    program = arguments[0] if arguments else None
    if program is None and len(arguments) > 1 and isinstance(arguments[1], list | tuple) and arguments[1]:
        program = arguments[1][0]
    return isinstance(program, str | bytes) and Path(os.fsdecode(program)).name in _TELLS_THE_SYSTEM


def _is_from_completion(code: CodeType) -> bool:
    names = {*code.co_names, *code.co_varnames, *(text for text in code.co_consts if isinstance(text, str))}
    nested = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return any(CANARY in name for name in names) or any(_is_from_completion(inner) for inner in nested)


def is_for_writing(arguments: tuple[Any, ...]) -> bool:
    """Whether an "open" event opens a file by its name so that it can be changed."""
    path, mode, flags = (*arguments, None, None, None)[:3]
    writes = (
        any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool((flags or 0) & _WRITING)
    )
    return writes and isinstance(path, str | bytes | os.PathLike)


def in_open_folder(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether the name in the event is one in a folder that is open: `shutil.rmtree` works so, and has told of the folder before."""
    return event in _TAKES_A_FOLDER and arguments[-1] != -1


def is_temporary(path: object) -> bool:
    """Whether it lies in the temporary folder, or is a device."""
    if not isinstance(path, str | bytes | os.PathLike):
        return True  # a descriptor that is open already
    place = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100  # resolve() would read the file system
    return place.is_relative_to(tempfile.gettempdir()) or place.is_relative_to("/dev")


def _state() -> Iterator[tuple[str, object]]:
    """What belongs to the whole process, by name."""
    yield "os.environ", dict(os.environ)
    yield "the recursion limit", sys.getrecursionlimit()
    yield "the handler of SIGALRM", signal.getsignal(signal.SIGALRM)
    yield "the decimal context", repr(decimal.getcontext().prec)
    yield "the current folder", os.getcwd()  # noqa: PTH109


def _pickled(values: Mapping[str, Any]) -> dict[str, bytes]:
    return {name: pickle.dumps(value) for name, value in values.items()}
