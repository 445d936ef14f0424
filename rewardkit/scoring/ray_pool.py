"""A pool on a Ray cluster: the calls of a batch go out in chunks, as Ray tasks, and come back in any order.

    with Scorer(pool=RayPool(address="auto")) as scorer:
        scores = scorer.score(exact, items)          # equal to those of the local pool

A chunk is about a second of work, a few wait for every processor, and the rest stays here. A chunk whose worker or node ends is sent again
in halves, so that in the end the call at fault is alone: it is unscored (`died`) when it has cost `ATTEMPTS` workers. A chunk may therefore
run twice; of a call's results the first is taken. See docs/ray.md.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rewardkit import __version__

from ..errors import ConfigError, DataError, GraderError, GuardStop, MissingExtra
from ..grader import Grader
from ..loading import Ref
from ..results import fault
from ..scores import Score
from .items import OnScores, Values, members
from .ray_process import LOCAL, RayProcess
from .ray_task import Place
from .wire import MAX_FRAME, pack_job, unpack_scores

ATTEMPTS = 4
"""How many Ray workers may end on a call before it is given up; a preempted machine counts too."""

_CHUNK_SECONDS = 1.0
_FIRST_CHUNK_CALLS = 16  # when it is not known how long a call takes
_CHUNK_CALLS = 4096
_CHUNK_BYTES = 16 * 1024 * 1024
_IN_FLIGHT = 3  # chunks for every processor: one being scored, the others ready beside it
_START_SECONDS = 180.0
_LOST_IN_A_ROW = 24

_KEPT = "what is scored is kept, and the same command goes on from there"


class RayPool:
    """Scores on a Ray cluster.

    address: of the cluster ("host:6379", "auto" for the one that runs on this machine, "local" for one of our own). Default: RAY_ADDRESS
        from the environment; without it a Ray is started on this machine, and ended by `close`. A cluster that was there is left as it was.
    workers: processors to use (default: all that there are).
    working_dir: a folder to copy to every node (what .gitignore names stays behind). Without it, the files of a grader must be at the same
        place on every node, as on a shared file system, or installed as a package.
    patience: seconds without news from the cluster after which the run stops.
    """

    def __init__(
        self,
        workers: int | None = None,
        address: str | None = None,
        *,
        working_dir: str | Path | None = None,
        patience: float = 1800.0,
    ) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(f"workers={workers} must be 1 or more")
        if importlib.util.find_spec("ray") is None:
            raise MissingExtra("ray", "ray")
        self._workers = workers
        self._address = address or os.environ.get("RAY_ADDRESS") or LOCAL
        self._folder = Path(working_dir).resolve() if working_dir is not None else None
        if self._folder is not None and not self._folder.is_dir():
            raise ConfigError(f"working_dir={str(working_dir)!r} is no folder")
        self._patience = patience
        self._cwd = Path.cwd()
        self._process: RayProcess | None = None
        self._cpus = 0
        self._seconds: dict[Ref, float] = {}  # running estimate of seconds a call
        self._numbers = 0

    def run(
        self, grader: Grader, ref: Ref, calls: Sequence[Values], on_scores: OnScores | None = None
    ) -> list[tuple[Score, ...]]:
        """The scores of each call, in order; `on_scores(index, scores)` hears of each once, as it comes, in any order.

        GraderError when a node cannot load the grader or has another version of it, ConfigError when Ray cannot be used at all,
        GuardStop when the cluster goes away.
        """
        batch = _Batch(grader, calls, on_scores)
        try:
            self._serve(batch, ref, self._place(ref).to_wire())
        except (GraderError, DataError):
            raise  # Ray is in order; what is still out comes back to nobody
        except BaseException:
            self.close()
            raise
        return [scores for scores in batch.scores if scores is not None]

    def close(self) -> None:
        """Leave the cluster; end the Ray that was started here. The pool can be used again afterwards."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _serve(self, batch: _Batch, ref: Ref, place: tuple[Any, ...]) -> None:
        flight: dict[int, _Chunk] = {}
        while batch.open:
            process = self._process or self._connected()
            while len(flight) < self._limit() and (chunk := batch.next_chunk(self._share(batch, ref))):
                self._numbers += 1
                flight[self._numbers] = chunk
                process.send(("chunk", self._numbers, place, chunk.packed))
            for kind, *content in self._reports(process) if flight else ():
                self._hear(batch, flight, ref, kind, content)
            batch.tell()

    def _hear(
        self, batch: _Batch, flight: dict[int, _Chunk], ref: Ref, kind: str, content: list[Any]
    ) -> None:
        """Take in one report; see `ray_driver` and `ray_task` for what there is."""
        if kind == "cpus":
            self._cpus = content[0]
        elif kind == "failed":
            raise ConfigError(f"Ray cannot score: {content[0]}")
        elif kind == "gone":
            raise GuardStop(f"the Ray cluster went away ({content[0]}); {_KEPT}")
        elif (chunk := flight.pop(content[0], None)) is None:
            return  # of an earlier run that ended with an error
        elif kind == "done":
            self._learn(ref, content[1], len(content[2]))
            batch.done(chunk, content[2])
        elif kind == "lost":
            batch.lost(chunk, content[1])
        else:
            raise GraderError(content[1], where=str(batch.grader))

    def _connected(self) -> RayProcess:
        folder = str(self._folder) if self._folder is not None else None
        cpus = (self._workers or os.cpu_count() or 1) if self._address == LOCAL else None
        self._process = RayProcess(self._address, cpus, folder)
        try:
            reports = self._process.receive(_START_SECONDS)
        except (EOFError, BrokenPipeError):
            reports = [["failed", self._process.last_words()]]
        (kind, what), *_ = reports or [["failed", f"no answer within {_START_SECONDS:g} s"]]
        if kind == "failed":
            verb = "start" if self._address == LOCAL else f"connect to {self._address}"
            raise ConfigError(f"Ray cannot {verb}: {what}")
        self._cpus = what
        return self._process

    def _reports(self, process: RayProcess) -> list[list[Any]]:
        try:
            reports = process.receive(self._patience)
        except (EOFError, BrokenPipeError):
            raise GuardStop(f"the Ray cluster went away ({process.last_words()}); {_KEPT}") from None
        if not reports:
            raise GuardStop(
                f"no news from the Ray cluster for {self._patience:g} s; it has {self._cpus} processors, perhaps busy with something else; {_KEPT}"
            )
        return reports

    def _limit(self) -> int:
        """How many chunks may be out. On somebody else's cluster one that waits may start at once: no more than `workers` there."""
        if self._workers is not None and self._address != LOCAL:
            return self._workers
        return _IN_FLIGHT * max(1, self._cpus)

    def _share(self, batch: _Batch, ref: Ref) -> int:
        """Calls of the next chunk: about a second of work, but at the end of a batch something for everybody."""
        seconds = self._seconds.get(ref)
        wanted = _FIRST_CHUNK_CALLS if seconds is None else int(_CHUNK_SECONDS / seconds)
        fair = -(-len(batch.waiting) // (2 * (self._workers or max(1, self._cpus))))
        return max(1, min(wanted, fair, _CHUNK_CALLS))

    def _learn(self, ref: Ref, seconds: float, calls: int) -> None:
        if calls:
            each = max(1e-6, seconds / calls)
            self._seconds[ref] = 0.5 * self._seconds.get(ref, each) + 0.5 * each

    def _place(self, ref: Ref) -> Place:
        """What a node has to know; ConfigError when the folder that is sent does not hold the grader's file."""
        if ref.source.endswith((".py", ".toml")):
            if self._folder is not None and not Path(ref.source).is_relative_to(self._folder):
                raise ConfigError(
                    f"{ref.source} is not in working_dir {self._folder}, so that no node will have it"
                )
            ref = replace(ref, source=self._portable(ref.source))
        path = tuple(self._portable(entry) for entry in sys.path if _is_project_s(entry))
        return Place(__version__, ref, self._portable(self._cwd), path)

    def _portable(self, path: str | Path) -> str:
        """The path as a node finds it: inside the folder that is sent, relative to it."""
        place = Path(path).absolute()
        if self._folder is not None and place.resolve().is_relative_to(self._folder):
            return str(place.resolve().relative_to(self._folder))
        return str(place)


@dataclass(slots=True)
class _Chunk:
    """Calls that are sent together: their indices, their frames, and how many workers have ended on them alone."""

    indices: list[int]
    packed: bytes
    losses: int = 0


class _Batch:
    """One call of `run`: what waits, what has to go out again, what is done."""

    def __init__(self, grader: Grader, calls: Sequence[Values], on_scores: OnScores | None) -> None:
        self.grader = grader
        self.calls = calls
        self.scores: list[tuple[Score, ...] | None] = [None] * len(calls)
        self.open = len(calls)
        self.waiting: deque[int] = deque(range(len(calls)))
        self._again: deque[tuple[list[int], int]] = deque()  # indices of lost chunks, losses
        self._lost_in_a_row = 0
        self._on_scores = on_scores
        self._fresh: list[int] = []

    def next_chunk(self, most: int) -> _Chunk | None:
        """The next calls to send, at most that many unless they were together before; None when none is left."""
        if self._again:
            indices, losses = self._again.popleft()
            return _Chunk(indices, b"".join(map(self._packed, indices)), losses)
        indices, packed = [], bytearray()
        while self.waiting and len(indices) < most and len(packed) < _CHUNK_BYTES:
            frame = self._packed(index := self.waiting.popleft())
            if len(frame) > MAX_FRAME // 2:
                self._give_up(
                    index, f"its arguments take {len(frame) >> 20} MB; at most {MAX_FRAME >> 21} can be sent"
                )
                continue
            indices.append(index)
            packed += frame
        return _Chunk(indices, bytes(packed)) if indices else None

    def done(self, chunk: _Chunk, results: list[Any]) -> None:
        """Take in what a node has scored; what it had no time for goes back to the front."""
        self._lost_in_a_row = 0
        for position, packed in results:
            self._finish(chunk.indices[position], unpack_scores(packed))
        self.waiting.extendleft(index for index in reversed(chunk.indices) if self.scores[index] is None)

    def lost(self, chunk: _Chunk, why: str) -> None:
        """Send the calls of a lost chunk again, or give up the one that keeps ending workers."""
        self._lost_in_a_row += 1
        if self._lost_in_a_row > _LOST_IN_A_ROW:
            raise GuardStop(
                f"{self._lost_in_a_row} Ray workers in a row ended before they had scored anything; the last one: {why}; {_KEPT}"
            )
        half = len(chunk.indices) // 2
        if half:
            self._again.extend([(chunk.indices[:half], 0), (chunk.indices[half:], 0)])
        elif chunk.losses + 1 < ATTEMPTS:
            self._again.append((chunk.indices, chunk.losses + 1))
        else:
            self._give_up(
                chunk.indices[0], f"{ATTEMPTS} Ray workers ended while they scored it; the last one: {why}"
            )

    def tell(self) -> None:
        """Report what is newly known."""
        fresh, self._fresh = self._fresh, []
        if self._on_scores is not None:
            for index in fresh:
                self._on_scores(index, self.scores[index] or ())

    def _packed(self, index: int) -> bytes:
        return pack_job((self.calls[index],))

    def _give_up(self, index: int, why: str) -> None:
        score = fault(self.grader, "died", why, blames_answer=False)
        self._finish(index, (score,) * members(self.grader, self.calls[index]))

    def _finish(self, index: int, scores: tuple[Score, ...]) -> None:
        if self.scores[index] is None:
            self.scores[index] = scores
            self.open -= 1
            self._fresh.append(index)


def _is_project_s(entry: str) -> bool:
    """Whether an entry of `sys.path` is the caller's own, rather than a part of an installation of Python."""
    place = Path(entry).absolute()
    return place.is_dir() and not any(
        place.is_relative_to(Path(prefix)) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)
    )
