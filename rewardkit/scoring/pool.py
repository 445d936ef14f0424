"""The pool of warm worker processes: sends chunks, enforces deadlines by killing, and re-issues what a killed worker had not begun.

Each item's clock starts when its worker starts on it. One guilty item costs itself only: its worker is killed with its process group, a
fresh one takes over the rest of the chunk. Chunks are sized to about 20 ms of work, so that messages cost little for cheap graders and
nothing waits behind a slow one.
"""

from __future__ import annotations

import selectors
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ..errors import GraderError
from ..grader import Grader
from ..loading import Ref
from ..results import fault
from ..scores import Cause, Component, Score, from_wire
from .workers import PREPARE_SECONDS, START_SECONDS, Progress, Worker, start_worker

Values: TypeAlias = dict[str, Any]
OnScore: TypeAlias = Callable[[int, Score], None]

_CHUNK_SECONDS = 0.02
_CHUNK_ITEMS = 256
_START_ATTEMPTS = 3


class WorkerPool:
    """Up to `size` worker processes, started when there is work for them and kept warm between batches."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._workers: list[Worker] = []
        self._numbers: dict[Ref, int] = {}
        self._seconds: dict[int, float] = {}  # grader number -> running estimate of seconds an item
        self._finalizer = weakref.finalize(self, _kill_all, self._workers)

    def run(
        self, grader: Grader, ref: Ref, batch: Sequence[Values], on_score: OnScore | None = None
    ) -> list[Score]:
        """Score a batch; exactly one score per element, in order. GraderError when workers cannot load the grader."""
        number = self._numbers.setdefault(ref, len(self._numbers))
        job = _Batch(grader, ref, number, batch, on_score)
        try:
            self._serve(job)
        except BaseException:
            self.close()  # workers may be in the middle of a chunk whose results nobody waits for any more
            raise
        return [score for score in job.scores if score is not None]

    def close(self) -> None:
        """Kill all workers. The pool can be used again afterwards."""
        _kill_all(self._workers)

    def _serve(self, job: _Batch) -> None:
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.reports, selectors.EVENT_READ, worker)
            while job.open:
                self._hand_out(job, selector)
                for key, event in selector.select(self._patience()):
                    worker = key.data
                    if worker not in self._workers:
                        continue  # killed earlier in this round
                    if event & selectors.EVENT_WRITE:
                        self._write(worker, job, selector)
                    elif event & selectors.EVENT_READ:
                        self._listen(worker, job, selector)
                self._enforce_deadlines(job, selector)
                job.tell()

    def _hand_out(self, job: _Batch, selector: selectors.BaseSelector) -> None:
        """Give every idle worker a chunk, and start workers while there is more work than workers."""
        for worker in [w for w in self._workers if not w.chunk]:
            if job.waiting:
                self._send(worker, job, selector)
        while job.waiting and len(self._workers) < self.size:
            worker = start_worker()
            self._workers.append(worker)
            selector.register(worker.reports, selectors.EVENT_READ, worker)
            self._send(worker, job, selector)

    def _send(self, worker: Worker, job: _Batch, selector: selectors.BaseSelector) -> None:
        if job.number not in worker.sent:
            worker.load(job.number, job.ref)
        share = -(-len(job.waiting) // (2 * self.size))
        size = max(1, min(_CHUNK_ITEMS, share, int(_CHUNK_SECONDS / self._seconds.get(job.number, 0.002))))
        worker.send(job.number, [(index, job.batch[index]) for index in job.take(size)])
        selector.register(worker.jobs, selectors.EVENT_WRITE, worker)

    def _write(self, worker: Worker, job: _Batch, selector: selectors.BaseSelector) -> None:
        try:
            worker.write()
        except BrokenPipeError:
            self._lost(worker, job, selector, "died", "")
            return
        if not worker.unsent:
            selector.unregister(worker.jobs)

    def _listen(self, worker: Worker, job: _Batch, selector: selectors.BaseSelector) -> None:
        try:
            for kind, *content in worker.read():
                self._hear(worker, job, kind, content)
        except EOFError:
            self._lost(worker, job, selector, "died", "")
        except (ValueError, TypeError, LookupError, RecursionError):
            self._lost(worker, job, selector, "died", "it wrote into the pipe of its worker process")

    def _hear(self, worker: Worker, job: _Batch, kind: str, content: list[Any]) -> None:
        """Take in one report. LookupError or ValueError for one that a worker in this state does not make: somebody else wrote it."""
        current, options = worker.current, job.grader.options
        if kind in ("start", "done") and content[0] not in worker.chunk:
            raise LookupError(content[0])
        if kind == "start":
            worker.current = Progress(content[0], options.runs_completion and not job.grader.parts)
            worker.deadline = time.monotonic() + options.timeout
            job.started(worker, time.monotonic())
        elif kind == "done":
            worker.chunk.remove(content[0])
            worker.current = None
            job.finish(content[0], from_wire(content[1]))
        elif kind == "idle":
            worker.deadline = None
            worker.forget_output()
            seconds = job.seconds_per_item(worker, time.monotonic())
            if seconds is not None:
                self._seconds[job.number] = 0.5 * self._seconds.get(job.number, seconds) + 0.5 * seconds
        elif kind == "loaded":
            worker.loaded.add(job.number)
        elif kind == "refused" and job.number not in worker.loaded:
            raise GraderError(f"a worker process cannot load it: {content[1]}", where=str(job.grader))
        elif current is None:
            raise LookupError(kind)
        elif kind == "step":
            current.height = float(content[1])
            current.components = tuple(Component(*part) for part in content[2])
        elif kind in ("blame answer", "blame grader"):
            current.blames_answer = kind == "blame answer"
        else:
            current.preparing = {"prepare": True, "prepared": False}[kind]
            worker.deadline = time.monotonic() + (PREPARE_SECONDS if current.preparing else options.timeout)

    def _enforce_deadlines(self, job: _Batch, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            if worker.deadline is not None and now >= worker.deadline:
                self._lost(worker, job, selector, "timeout", _too_late(worker, job.grader.options.timeout))

    def _lost(
        self, worker: Worker, job: _Batch, selector: selectors.BaseSelector, cause: Cause, reason: str
    ) -> None:
        """A worker died or had to be killed: fail the item it was on, put the rest of its chunk back."""
        self._workers.remove(worker)
        for descriptor in (worker.reports, worker.jobs):
            if descriptor in selector.get_map():
                selector.unregister(descriptor)
        if not reason:
            reason = worker.last_words()
        worker.kill()
        current = worker.current
        if current is None and worker.chunk and (cause == "timeout" or not job.may_start_again()):
            raise GraderError(
                f"its worker process did not get as far as the first completion: {reason}",
                where=str(job.grader),
            )
        if current is not None:
            worker.chunk.remove(current.index)
            blames_answer = current.blames_answer and not current.preparing
            score = fault(
                job.grader, cause, reason, current.height, current.components, blames_answer=blames_answer
            )
            job.finish(current.index, score)
        job.put_back(worker.chunk)

    def _patience(self) -> float | None:
        deadlines = [worker.deadline for worker in self._workers if worker.deadline is not None]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


class _Batch:
    """One call of `run`: what waits, what is done, and how long items take."""

    def __init__(
        self, grader: Grader, ref: Ref, number: int, batch: Sequence[Values], on_score: OnScore | None
    ) -> None:
        self.grader = grader
        self.ref = ref
        self.number = number
        self.batch = batch
        self.scores: list[Score | None] = [None] * len(batch)
        self.waiting: deque[int] = deque(range(len(batch)))
        self.open = len(batch)
        self._on_score = on_score
        self._fresh: list[tuple[int, Score]] = []
        self._failed_starts = 0
        self._began: dict[int, tuple[float, int]] = {}  # worker pid -> when its chunk began, items in it

    def take(self, size: int) -> list[int]:
        return [self.waiting.popleft() for _ in range(min(size, len(self.waiting)))]

    def put_back(self, indices: Sequence[int]) -> None:
        self.waiting.extendleft(reversed(indices))

    def finish(self, index: int, score: Score) -> None:
        if self.scores[index] is not None:
            raise ValueError(f"a second result for item {index}")
        self.scores[index] = score
        self.open -= 1
        self._fresh.append((index, score))

    def tell(self) -> None:
        """Report what is newly known; apart from `finish`, so that an error of the caller's callback is not taken for a worker's."""
        fresh, self._fresh = self._fresh, []
        if self._on_score is not None:
            for index, score in fresh:
                self._on_score(index, score)

    def started(self, worker: Worker, now: float) -> None:
        self._failed_starts = 0
        self._began.setdefault(worker.process.pid, (now, len(worker.chunk)))

    def may_start_again(self) -> bool:
        """Whether to try again after a worker that ended before it began: somebody may have killed it, but a grader may be at fault too."""
        self._failed_starts += 1
        return self._failed_starts < _START_ATTEMPTS

    def seconds_per_item(self, worker: Worker, now: float) -> float | None:
        """What an item of the chunk that the worker has finished took; None for a chunk of an earlier batch."""
        if worker.process.pid not in self._began:
            return None
        began, items = self._began.pop(worker.process.pid)
        return max(1e-6, (now - began) / items)


def _too_late(worker: Worker, timeout: float) -> str:
    if worker.current is None:
        return f"no start within {START_SECONDS:g} s"
    if worker.current.preparing:
        return f"the reference was not ready within {PREPARE_SECONDS:g} s"
    return f"no result within {timeout:g} s"


def _kill_all(workers: list[Worker]) -> None:
    while workers:
        workers.pop().kill()
