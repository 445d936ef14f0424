"""What need not be graded again: identical calls of a batch, calls graded earlier in this process, and with `cache=True` in earlier ones.

    reuse = Reuse(ScoreCache())
    results = reuse.score(grader, calls, run)     # what run(calls) gives, but each different call is run once

`run` grades calls, and tells each result as it is known. Reuse never changes a result of a pure grader (one that depends on its arguments and
its fingerprint only); graders that are not pure say so with `cache=False`. Identical calls of a batch share one result whatever it is;
later ones are served with scores only, and what failed is graded again.

A look-up costs microseconds, so it is made only where grading was seen to cost more: below `WORTH_A_KEY` seconds a call nothing is looked up,
below `WORTH_THE_DISK` nothing on disk. Async graders ask a judge or a service, and are reused only where the author says `cache=True`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from ..grader import Grader
from ..named_files import NamedFiles
from .cache import ScoreCache
from .items import OnScores, Values
from .keys import key_of
from .score_file import Scores

WORTH_A_KEY = 20e-6  # seconds a call
WORTH_THE_DISK = 200e-6
_CLEARLY_WORTH = 1e-3

Run: TypeAlias = Callable[[Sequence[Values], OnScores | None], list[Scores]]
Clock: TypeAlias = Callable[[], float]

_KEPT_TOGETHER, _KEPT_EVERY = 64, 1.0
"""Results stored in one go, or those of so many seconds: what a killed process has to grade again."""
_RISE = 0.25  # of the way that the estimate goes up to a batch that cost more


class Reuse:
    """Serves repeated calls from a cache. `graded` and `reused` count calls since it was made.

    Several threads may use it; two that grade the same call at the same time both grade it.
    """

    def __init__(self, cache: ScoreCache | None = None, *, clock: Clock = time.perf_counter) -> None:
        """`clock` gives seconds; what a call costs is told by it."""
        self.cache = ScoreCache() if cache is None else cache
        self.graded = 0
        self.reused = 0
        self._costs: dict[str, _Cost] = {}
        self._clock = clock
        self._lock = threading.Lock()

    def score(
        self, grader: Grader, calls: Sequence[Values], run: Run, on_scores: OnScores | None = None
    ) -> list[Scores]:
        """One result per call, in order. `run(calls, on_scores)` must tell every result; it gets each different call once.

        `on_scores(index, scores)` hears of every call, graded or not, in any order. What `run` raises is passed on, and the results that
        it told before are kept.
        """
        cost = self._costs.get(grader.fingerprint)
        if _may_reuse(grader) and (cost is None or cost.seconds >= WORTH_A_KEY):
            return self._score_different(grader, calls, run, on_scores)
        return self._grade(grader, calls, run, on_scores)

    def _grade(
        self, grader: Grader, calls: Sequence[Values], run: Run, on_scores: OnScores | None
    ) -> list[Scores]:
        if not calls:
            return []
        started = self._clock()
        results = run(calls, on_scores)
        self._learn(grader.fingerprint, (self._clock() - started) / len(calls))
        self._count(graded=len(calls))
        return results

    def _score_different(
        self, grader: Grader, calls: Sequence[Values], run: Run, on_scores: OnScores | None
    ) -> list[Scores]:
        files = NamedFiles([grader])
        keys = [key_of(grader.fingerprint, call, files.of(_row(call))) for call in calls]
        known = self._known(grader, keys)
        places = _places(keys, known)
        keeper = _Keeper(self.cache, self._clock, to_disk=grader.options.cache is True)
        tell = on_scores or _ignore

        def hear(number: int, scores: Scores) -> None:
            keeper.add(keys[places[number][0]], scores)
            for index in places[number]:
                tell(index, scores)

        results = {index: known[key] for index, key in enumerate(keys) if key is not None and key in known}
        for index, scores in results.items():
            tell(index, scores)
        try:
            graded = self._grade(grader, [calls[indices[0]] for indices in places], run, hear)
        finally:
            keeper.flush()
        for indices, scores in zip(places, graded, strict=True):
            results.update(dict.fromkeys(indices, scores))
        self._count(reused=len(calls) - len(places))
        return [results[index] for index in range(len(calls))]

    def _known(self, grader: Grader, keys: Sequence[bytes | None]) -> dict[bytes, Scores]:
        """What the cache has. A grader not seen yet may cost any amount; one seen once is measured again, if that may have been a cold start."""
        cost = self._costs.get(grader.fingerprint, _Cost(_CLEARLY_WORTH, 0))
        if cost.batches == 1 and cost.seconds < _CLEARLY_WORTH:
            return {}
        on_disk = grader.options.cache is True and cost.seconds >= WORTH_THE_DISK
        return self.cache.get_many({key for key in keys if key is not None}, disk=on_disk)

    def _learn(self, fingerprint: str, seconds: float) -> None:
        """Down at once, for a first batch pays for the start of workers; up slowly, for a machine is busy at times."""
        with self._lock:
            before = self._costs.get(fingerprint, _Cost(seconds, 0))
            rise = max(0.0, seconds - before.seconds)
            self._costs[fingerprint] = _Cost(min(before.seconds, seconds) + _RISE * rise, before.batches + 1)

    def _count(self, *, graded: int = 0, reused: int = 0) -> None:
        with self._lock:
            self.graded += graded
            self.reused += reused


class _Cost(NamedTuple):
    """What a grader costs: the estimated seconds of a call, from so many batches."""

    seconds: float
    batches: int


class _Keeper:
    """Stores results as they come, some at a time, where grading them was worth it."""

    def __init__(self, cache: ScoreCache, clock: Clock, *, to_disk: bool) -> None:
        self._cache = cache
        self._clock = clock
        self._to_disk = to_disk
        self._pending: dict[bytes, Scores] = {}
        self._heard = 0
        self._started = self._stored = clock()

    def add(self, key: bytes | None, scores: Scores) -> None:
        self._heard += 1
        if key is not None:
            self._pending[key] = scores
            if len(self._pending) >= _KEPT_TOGETHER or self._clock() - self._stored > _KEPT_EVERY:
                self.flush()

    def flush(self) -> None:
        if not self._pending:
            return
        self._stored = self._clock()
        seconds = (self._stored - self._started) / self._heard
        if seconds >= WORTH_A_KEY:
            self._cache.put_many(self._pending, disk=self._to_disk and seconds >= WORTH_THE_DISK)
        self._pending = {}


def _may_reuse(grader: Grader) -> bool:
    wish = grader.options.cache
    return wish is True or (wish is None and not grader.is_async)


def _row(call: Values) -> Values:
    """The columns in a call: its arguments, and those of the whole sample where the grader takes it."""
    return {**call["sample"], **call} if isinstance(call.get("sample"), dict) else call


def _places(keys: Sequence[bytes | None], known: dict[bytes, Scores]) -> list[list[int]]:
    """For every call to grade, where in the batch it stands; a call without a key stands alone."""
    places: dict[bytes | int, list[int]] = {}
    for index, key in enumerate(keys):
        if key is None or key not in known:
            places.setdefault(index if key is None else key, []).append(index)
    return list(places.values())


def _ignore(index: int, scores: Scores) -> None:
    """Nobody listens."""
