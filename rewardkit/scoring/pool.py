"""The pool of warm worker processes: sends chunks, enforces deadlines by killing, and re-issues what a killed worker had not begun.

Each call's clock starts when its worker starts on it. One guilty call costs itself only: its worker is killed with its process group, a
fresh one takes over the rest of the chunk. When nobody can say which call brought a worker down, the calls it held are tried again one
at a time. Chunks are sized to about 20 ms of work, so that messages cost little for cheap graders and nothing waits behind a slow one.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..errors import GraderError
from ..grader import Grader
from ..loading import Ref
from ..results import fault
from ..scores import Cause, Component, Score
from .items import OnScores, Values, members
from .jobs import Job
from .output import empty_when_huge, tail_of
from .record import BLAMES_ANSWER, PREPARING, STRANGERS, State
from .surroundings import Surroundings
from .times import CallTimes
from .wire import unpack_scores
from .workers import Worker, start_worker, without_our_frames

START_SECONDS = 120.0
"""How long a worker may take to start and to import the grader's module (torch among its imports takes many seconds)."""

PREPARE_SECONDS = 120.0
"""How long a grader may take to prepare the reference of one item, in `preparing()`."""

_SILENCE_SECONDS = (
    10.0  # beyond the time-out: a worker that is on no call and says nothing is stopped or stuck
)
_LOOK_SECONDS = 1.0  # the longest the scorer sleeps while workers are at work
_CHUNK_SECONDS = 0.02
_LEAST_SECONDS = 0.002  # of work in a chunk: waking another worker for less costs more than it saves
_CHUNK_CALLS = 512
_WORN_CALLS = 100_000  # after so many calls a worker is replaced: caches that a grader's libraries keep do not grow for ever
_WORN_MB = 1024  # or when it has grown by so much
_FORGED = "it wrote into the pipe of its worker process"


class Pool(Protocol):
    """Where calls of a grader that is named by a Ref are made."""

    def run(
        self, grader: Grader, ref: Ref, calls: Sequence[Values], on_scores: OnScores | None = None
    ) -> list[tuple[Score, ...]]:
        """The scores of each call, in order: one, or one for each completion of a group grader."""

    def close(self) -> None:
        """End its processes."""


class WorkerPool:
    """Up to `size` worker processes on this machine, started when there is work for them and kept warm between batches.

    In other `surroundings` than ours, where these are given, and with the variables of `environment`. `start_seconds` is how long one may take
    to start and to load a grader. `times` hears what each call took.
    """

    def __init__(
        self,
        size: int,
        surroundings: Surroundings | None = None,
        environment: Mapping[str, str] | None = None,
        times: CallTimes | None = None,
    ) -> None:
        self.size = size
        self.times = times or CallTimes()
        self.start_seconds = START_SECONDS
        self._surroundings = surroundings
        self._environment = environment
        self._workers: list[Worker] = []
        self._numbers: dict[Ref, int] = {}
        self._seconds: dict[int, float] = {}  # grader number -> running estimate of seconds a call
        self._finalizer = weakref.finalize(self, _kill_all, self._workers)
        _pools.add(self)

    def run(
        self, grader: Grader, ref: Ref, calls: Sequence[Values], on_scores: OnScores | None = None
    ) -> list[tuple[Score, ...]]:
        """See `Pool.run`. GraderError when workers cannot load the grader."""
        number = self._numbers.setdefault(ref, len(self._numbers))
        job = Job(grader, ref, number, calls, on_scores, self.start_seconds)
        try:
            self._serve(job)
        except BaseException:
            self.close()  # workers may be in the middle of a chunk whose results nobody waits for any more
            raise
        return [scores for scores in job.results if scores is not None]

    def close(self) -> None:
        """Kill all workers. The pool can be used again afterwards."""
        _kill_all(self._workers)

    def leave_to_parent(self) -> None:
        """In a process that was forked from this pool's: the workers are the parent's, and two would hear each other's scores."""
        while self._workers:
            self._workers.pop().close()

    def _serve(self, job: Job) -> None:
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                selector.register(worker.reports, selectors.EVENT_READ, worker)
            while job.open:
                self._hand_out(job, selector)
                for key, event in selector.select(self._patience(job)):
                    worker = key.data
                    if worker not in self._workers:
                        continue  # killed earlier in this round
                    if event & selectors.EVENT_WRITE:
                        self._write(worker, job, selector)
                    elif event & selectors.EVENT_READ:
                        self._listen(worker, job, selector)
                self._enforce_deadlines(job, selector)
                job.tell()

    def _hand_out(self, job: Job, selector: selectors.BaseSelector) -> None:
        """Give every worker that is ready a chunk, and make more workers ready while there is work for them."""
        useful = self._useful(job)
        at_work = sum(bool(worker.chunk) for worker in self._workers)
        for worker in [w for w in self._workers if not w.chunk and job.number in w.loaded]:
            if not job.waiting or at_work >= useful:
                break
            if job.waiting[0] in job.suspects and worker.answered:
                self._retire(
                    worker, selector
                )  # what a call before it has left behind must not count against it
                continue
            self._send(worker, job, selector)
            at_work += 1
        coming = sum(_loads(worker, job) for worker in self._workers)
        lacking = min(useful - at_work, len(job.waiting)) - coming
        for worker in [w for w in self._workers if not w.chunk and job.number not in w.sent][
            : max(0, lacking)
        ]:
            self._load(worker, job, selector)
            lacking -= 1
        for _ in range(min(lacking, self.size - len(self._workers))):
            worker = start_worker(self._surroundings, self._environment)
            self._workers.append(worker)
            selector.register(worker.reports, selectors.EVENT_READ, worker)
            self._load(worker, job, selector)

    def _load(self, worker: Worker, job: Job, selector: selectors.BaseSelector) -> None:
        worker.load(job.number, job.ref)
        self._will_write(worker, selector)

    def _send(self, worker: Worker, job: Job, selector: selectors.BaseSelector) -> None:
        places = max(1, job.grader.options.concurrency // min(self._useful(job), len(job.calls)))
        chunk = job.take(self._chunk_size(job))
        worker.send(job.number, chunk, places)
        worker.worn |= not job.suspects.isdisjoint(chunk)
        self._will_write(worker, selector)

    def _will_write(self, worker: Worker, selector: selectors.BaseSelector) -> None:
        if worker.jobs not in selector.get_map():
            selector.register(worker.jobs, selectors.EVENT_WRITE, worker)

    def _useful(self, job: Job) -> int:
        """How many workers may be at work: for an async grader no more than calls may wait at the same time; one for rubrics.

        A judge's limits on requests and tokens hold in one process.
        """
        if job.grader.asks_a_judge:
            return 1
        return min(self.size, job.grader.options.concurrency) if job.grader.is_async else self.size

    def _chunk_size(self, job: Job) -> int:
        if job.grader.is_async:
            # Between two chunks nobody is asked for as long as the slowest judge takes.
            most = 4 * _CHUNK_CALLS if job.grader.asks_a_judge else _CHUNK_CALLS
            return min(most, -(-len(job.waiting) // self._useful(job)))
        each = self._seconds.get(job.number, 0.002)
        share = max(-(-len(job.waiting) // (2 * self.size)), int(_LEAST_SECONDS / each))
        return max(1, min(_CHUNK_CALLS, share, int(_CHUNK_SECONDS / each)))

    def _write(self, worker: Worker, job: Job, selector: selectors.BaseSelector) -> None:
        try:
            worker.write()
        except BrokenPipeError:
            self._lost(worker, job, selector, "died")
            return
        if not worker.unsent:
            selector.unregister(worker.jobs)

    def _listen(self, worker: Worker, job: Job, selector: selectors.BaseSelector) -> None:
        try:
            for kind, *content in worker.read():
                self._hear(worker, job, kind, content)
        except EOFError:
            self._lost(worker, job, selector, "died")
        except (ValueError, TypeError, LookupError, RecursionError):
            self._lost(worker, job, selector, "died", _FORGED)
        if worker.worn and not worker.chunk and worker in self._workers:
            self._retire(worker, selector)

    def _hear(self, worker: Worker, job: Job, kind: str, content: list[Any]) -> None:
        """Take in one report. LookupError or ValueError for one that a worker in this state does not make: somebody else wrote it."""
        if kind == "done":
            for index, packed, microseconds in content[0]:
                del worker.chunk[index]
                worker.answered += 1
                worker.reached.pop(index, None)
                self.times.add(job.grader.name, 1e-6 * microseconds)
                job.finish(index, unpack_scores(packed))
        elif kind == "idle":
            self._note_idle(worker, job, *content)
        elif kind == "step":
            index, height, parts = content
            if index not in worker.chunk:
                raise LookupError(index)
            worker.reached[index] = (float(height), tuple(Component(*part) for part in parts))
        elif kind == "loaded" and content[0] in worker.sent:
            worker.loaded.add(content[0])
            job.failed_starts = 0
        elif kind == "refused" and content[0] in worker.sent and content[0] not in worker.loaded:
            worker.sent.discard(content[0])
            if content[0] == job.number:
                raise GraderError(f"a worker process cannot load it: {content[1]}", where=str(job.grader))
        else:
            raise LookupError(kind)

    def _note_idle(self, worker: Worker, job: Job, chunk: int, seconds: float, mb: int, worn: bool) -> None:
        """A worker has answered a chunk; `worn` when calls that it gave up are still running in it."""
        worker.first_mb = mb if worker.first_mb is None else worker.first_mb
        worker.worn |= worn or worker.calls >= _WORN_CALLS or mb - worker.first_mb >= _WORN_MB
        if chunk != worker.chunks:
            return  # it has been sent the next one meanwhile, perhaps of another grader
        if worker.chunk:
            raise LookupError(chunk)
        each = max(1e-7, float(seconds) / worker.chunk_size)
        self._seconds[worker.number] = 0.5 * self._seconds.get(worker.number, each) + 0.5 * each

    def _enforce_deadlines(self, job: Job, selector: selectors.BaseSelector) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            if not (worker.chunk or _loads(worker, job)):
                continue
            state = worker.record.read()
            if now >= _deadline(worker, job, state):
                self._lost(worker, job, selector, "timeout", _too_late(worker, job, state), state)
            elif worker.process.poll() is not None:  # a child that it left behind may keep its pipe open
                self._lost(worker, job, selector, "died")
            else:
                empty_when_huge(worker.output)

    def _lost(
        self,
        worker: Worker,
        job: Job,
        selector: selectors.BaseSelector,
        cause: Cause,
        reason: str = "",
        late: State | None = None,
    ) -> None:
        """A worker died or has to be killed: fail the call it was on, put the rest of its chunk back."""
        self._forget(worker, selector)
        output = worker.where(late.printed) if late is not None and late.call in worker.chunk else ""
        last_words = reason or worker.last_words()
        ended = worker.process.poll()  # None: it lives, but its pipe is closed or somebody wrote into it
        worker.kill()
        forged = not self._drain(worker, job)
        reason = reason or (_FORGED if forged else last_words)
        state = worker.record.read()
        if late is None:
            guilty = _guilty_of_death(worker, job, state, ended)
        else:
            guilty = _guilty_of_delay(worker, job, state, late)
        if guilty is not None:
            output = output or without_our_frames(tail_of(worker.output, state.printed))
            self._fail(job, worker, guilty, state, cause, reason, output)
        elif _loads(worker, job) and (late or not job.may_start_again()):
            said = tail_of(worker.output, 0)
            worker.close()
            raise GraderError(
                f"its worker process did not get as far as the first completion: {reason}"
                + (f"; it had printed: {said[-2000:]}" if said else ""),
                where=str(job.grader),
            )
        job.put_back(worker.chunk)
        worker.close()

    def _drain(self, worker: Worker, job: Job) -> bool:
        """Take in what a killed worker had still reported; False where somebody else wrote some of it."""
        try:
            while True:
                heard = worker.heard
                for kind, *content in worker.read():
                    self._hear(worker, job, kind, content)
                if worker.heard == heard:
                    return True
        except EOFError:
            return True
        except (ValueError, TypeError, LookupError, RecursionError):
            return False

    def _fail(
        self, job: Job, worker: Worker, index: int, state: State, cause: Cause, reason: str, output: str
    ) -> None:
        if index == state.call:
            blames_answer = bool(state.flags & BLAMES_ANSWER) and not state.flags & PREPARING
        else:  # found by trying it alone
            blames_answer = job.grader.options.runs_completion and not job.grader.parts
        del worker.chunk[index]
        height, components = worker.reached.get(index, (None, ()))
        score = fault(
            job.grader, cause, reason, height, components, blames_answer=blames_answer, output=output
        )
        job.finish(index, (score,) * members(job.grader, job.calls[index]))

    def _retire(self, worker: Worker, selector: selectors.BaseSelector) -> None:
        self._forget(worker, selector)
        worker.kill()
        worker.close()

    def _forget(self, worker: Worker, selector: selectors.BaseSelector) -> None:
        self._workers.remove(worker)
        for descriptor in (worker.reports, worker.jobs):
            if descriptor in selector.get_map():
                selector.unregister(descriptor)

    def _patience(self, job: Job) -> float:
        now = time.monotonic()
        deadlines = [_deadline(w, job, w.record.read()) for w in self._workers if w.chunk or _loads(w, job)]
        return max(0.0, min([now + _LOOK_SECONDS, *deadlines]) - now)


def _guilty_of_delay(worker: Worker, job: Job, state: State, late: State) -> int | None:
    """The call that a worker was killed for: it was on it when it was found late, and on the same when it ended."""
    if late.call not in worker.chunk:
        silent = late.call < 0 or state.call == late.call
        return job.suspect(worker.chunk) if silent and worker.chunk else None
    if state.call != late.call:
        return None  # it was done at the last moment
    if late.flags & STRANGERS and not _by_itself(worker, late.call):
        job.suspects.update(
            _begun(worker, late.call)
        )  # a thread that an earlier call left behind may hold it up
        return None
    return late.call


def _guilty_of_death(worker: Worker, job: Job, state: State, ended: int | None) -> int | None:
    """The call that brought a worker down; None when that has to be found out by trying the suspects by themselves.

    `ended` is how the process ended, None when it lives (its pipe is closed, or somebody wrote into it).
    """
    if state.call not in worker.chunk:
        return job.suspect(worker.chunk) if worker.chunk else None
    by_itself = job.grader.is_async or _by_itself(worker, state.call)
    if by_itself and ended not in (None, -signal.SIGKILL):
        return state.call
    if by_itself and (ended is not None or not job.grader.is_async):
        return job.suspect({state.call: None})  # the kernel may have chosen it by chance
    # A call before it may have left a timer or a thread behind that did this.
    begun = worker.chunk if job.grader.is_async else _begun(worker, state.call)
    job.suspects.update(begun)
    return None


def _by_itself(worker: Worker, call: int) -> bool:
    """Whether its process has made no other call."""
    return not worker.answered and call == next(iter(worker.chunk))


def _begun(worker: Worker, call: int) -> list[int]:
    """The calls up to this one whose results have not arrived."""
    chunk = list(worker.chunk)
    return chunk[: chunk.index(call) + 1]


def _loads(worker: Worker, job: Job) -> bool:
    """Whether it is starting, or loading the grader of this job."""
    return job.number in worker.sent and job.number not in worker.loaded


def _deadline(worker: Worker, job: Job, state: State) -> float:
    """When a worker is late, on the monotonic clock."""
    if not worker.chunk:
        return worker.heard + job.start_seconds
    timeout = job.grader.options.timeout
    if state.call in worker.chunk:
        return worker.since(state) + (PREPARE_SECONDS if state.flags & PREPARING else timeout)
    return worker.heard + timeout + _SILENCE_SECONDS


def _too_late(worker: Worker, job: Job, state: State) -> str:
    if not worker.chunk:
        return f"no answer within {job.start_seconds:g} s"
    if state.call not in worker.chunk:
        return "its worker process stopped answering"
    if state.flags & PREPARING:
        return f"the reference was not prepared within {PREPARE_SECONDS:g} s"
    return f"no result within {job.grader.options.timeout:g} s"


def _kill_all(workers: list[Worker]) -> None:
    while workers:
        worker = workers.pop()
        worker.kill()
        worker.close()


_pools: weakref.WeakSet[WorkerPool] = weakref.WeakSet()


def _leave_all_to_parent() -> None:
    for pool in list(_pools):
        pool.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all_to_parent)
