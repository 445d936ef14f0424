"""What a node of a Ray cluster does with a chunk: load the grader, refuse another version of it, and score the calls.

The calls are made by a scoring worker of this Ray worker (`WorkerPool(1)`, warm between chunks), so that a hang, a crash or a C loop is
ended there, and described, exactly as on one machine. Nothing here is pickled but the arguments of the calls: a grader comes as a name and
a fingerprint, and the scores leave as JSON.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from rewardkit import __version__

from ..errors import GraderError, RewardkitError
from ..grader import Grader
from ..loading import Ref, load_grader
from ..scores import Score
from .pool import WorkerPool
from .wire import Frames, pack_report, pack_scores, unpack_job

BUDGET_SECONDS = 10.0
"""A chunk that takes longer hands in what it has; the rest of its calls go to whichever node is free."""

ADVICE = (
    "Every node needs the same code, Python and package versions; a project that the nodes do not share can be sent to them: "
    "RayPool(working_dir=...)"
)

Wire: TypeAlias = tuple[Any, ...]

_HOME = Path.cwd()  # where Ray started this process: with a `working_dir`, the node's copy of it


@dataclass(frozen=True, slots=True)
class Place:
    """A grader and its surroundings as a node is told of them; relative paths are relative to the folder that was sent.

    `folder` is the current folder of the caller, `path` the part of its `sys.path` that is no installation of Python.
    """

    version: str
    ref: Ref
    folder: str
    path: tuple[str, ...]

    def to_wire(self) -> Wire:
        """The place as plain tuples: a node may have another version of this class."""
        ref = (self.ref.source, self.ref.attribute, self.ref.fingerprint)
        return (self.version, ref, self.folder, self.path)


def score_chunk(number: int, place: Wire, calls: bytes) -> bytes:
    """Score calls, each a frame of its own. Returns a report for the caller: what was done in how many seconds, or why it was refused.

    ["done", number, seconds, [[position, scores], ...]]    positions in the chunk; perhaps not all of them
    ["refused", number, why]
    """
    try:
        grader, ref = _load(*place)
        batch = [unpack_job(frame)[0] for frame in Frames().feed(calls)]
        began = time.monotonic()
        done = _score(grader, ref, batch, until=began + BUDGET_SECONDS)
        return pack_report(["done", number, time.monotonic() - began, done])
    except RewardkitError as error:
        return pack_report(["refused", number, f"on the node {socket.gethostname()}: {error}"])


def _score(grader: Grader, ref: Ref, batch: list[dict[str, Any]], *, until: float) -> list[Any]:
    done: list[Any] = []

    def take(position: int, scores: tuple[Score, ...]) -> None:
        done.append([position, pack_scores(scores)])
        if time.monotonic() > until and len(done) < len(batch):
            raise _BudgetSpent

    with suppress(_BudgetSpent):
        _pool().run(grader, ref, batch, take)
    return done


class _BudgetSpent(Exception):
    """Ends a chunk early."""


@cache
def _pool() -> WorkerPool:
    return WorkerPool(1)


@cache
def _load(version: str, wire: tuple[str, str, str], folder: str, path: tuple[str, ...]) -> tuple[Grader, Ref]:
    """The grader on this node, and its Ref here; GraderError when it is missing, or not the caller's."""
    if version != __version__:
        raise GraderError(f"it has rewardkit {__version__}, the caller {version}. {ADVICE}")
    _settle(folder, path)
    source, attribute, wanted = wire
    ref = Ref(_here(source) if source.endswith((".py", ".toml")) else source, attribute, wanted)
    try:
        grader = load_grader(Ref(ref.source, attribute, ""))
    except GraderError as error:
        raise GraderError(f"{error}. {ADVICE}") from None
    if grader.fingerprint != wanted:
        raise GraderError(
            f"it has another version of the grader (fingerprint {grader.fingerprint}, the caller's is {wanted}). {ADVICE}"
        )
    return grader, ref


def _settle(folder: str, path: tuple[str, ...]) -> None:
    """Make this process look like the caller's: its current folder where the node has it, and its `sys.path`."""
    here = _here(folder)
    if Path(here).is_dir():
        os.chdir(here)
    leading = [_here(entry) for entry in path]
    rest = [entry for entry in sys.path if entry not in leading]
    # Ray puts copies of packages that it uses first (psutil among them): a grader must get those that are installed.
    sys.path[:] = [*leading, *sorted(rest, key=_is_ray_s)]
    _pool().close()  # a scoring worker takes over the surroundings as they are when it starts


def _is_ray_s(entry: str) -> bool:
    import ray

    return Path(entry).is_relative_to(Path(ray.__file__).parent)


def _here(path: str) -> str:
    return str(_HOME / path)
