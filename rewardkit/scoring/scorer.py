"""`score(grader, items) -> scores`: exactly one score per item, in order, whatever the graders and the completions do.

    with Scorer() as scorer:                       # workers stay warm between calls
        scores = scorer.score(exact, items)

Results do not depend on the batch size, the order of items or the number of workers.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from types import TracebackType
from typing import TYPE_CHECKING, TypeAlias

from ..errors import ConfigError, GraderError
from ..grader import Grader
from ..loading import Ref, ref_of
from ..scores import Score
from .event_loop import rest
from .inline import run_inline
from .items import Item, OnScores, Values, calls_of, groups_of
from .jobs import length
from .pool import Pool, WorkerPool
from .reuse import Reuse
from .stand_in_judge import StandInJudge
from .surroundings import Surroundings
from .times import CallTimes

if TYPE_CHECKING:
    from .cache import ScoreCache

MAX_WORKERS = 16
_WINDOW_TEXT = 64 << 20

OnScore: TypeAlias = Callable[[int, Score], None]


class Scorer:
    """Scores completions with any number of graders; holds the worker processes.

    `workers` is the number of processes (default: one per core, at most 16); none is started before the first grader needs one.
    `pool` takes their place, for example with processes on other machines. `cache` keeps scores between runs. `times` has what calls took, except
    those in a `pool` that was given.
    """

    def __init__(
        self,
        *,
        workers: int | None = None,
        pool: Pool | None = None,
        cache: ScoreCache | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(f"workers={workers} must be 1 or more")
        self.times = CallTimes()
        self._pool = pool or WorkerPool(workers or min(MAX_WORKERS, os.cpu_count() or 1), times=self.times)
        self._elsewhere: dict[Surroundings, WorkerPool] = {}
        self._judge: StandInJudge | None = None
        self._reuse = Reuse(cache)
        self._lock = threading.Lock()
        _scorers.add(self)

    @property
    def reused(self) -> int:
        """How many calls of graders were answered without calling them: the same arguments had been graded before."""
        return self._reuse.reused

    def score(
        self,
        grader: Grader,
        items: Sequence[Item],
        *,
        on_score: OnScore | None = None,
        fresh: bool = False,
        surroundings: Surroundings | None = None,
    ) -> list[Score]:
        """One score per item, in order. `on_score(index, score)` hears of each as it is known, in any order; it must not
        call the scorer itself. `fresh` calls the grader for every item, also for one that is identical to another; so do other `surroundings`
        than ours, for which the grader must not be inline.

        Raises GraderError only when the grader itself cannot be run at all; what happens on an item is in its score.
        """
        ref = ref_of(grader) if grader.options.isolation == "process" else None
        if ref is None and grader.options.runs_completion:
            raise GraderError(
                "it runs completions, so it must be in a file that a worker process can load; move it out of the notebook or function",
                where=str(grader),
            )
        if grader.in_groups:
            return self._score_groups(grader, ref, items, on_score, fresh, surroundings)
        on_scores = None if on_score is None else (lambda index, scores: on_score(index, scores[0]))
        calls = calls_of(grader, items)
        return [score for (score,) in self._run(grader, ref, calls, on_scores, fresh, surroundings)]

    def stream(
        self, grader: Grader, items: Iterable[Item], *, most: int = 1024
    ) -> Iterator[tuple[Item, Score]]:
        """Score items of any number as they are asked for, in order; at most `most`, and 64 MB of text, are in memory at a time."""
        if grader.in_groups:
            raise GraderError("it grades groups; pass whole groups to score()", where=str(grader))
        window: list[Item] = []
        text = 0
        for item in items:
            window.append(item)
            text += length(item.completion) + length(item.columns)
            if len(window) >= most or text >= _WINDOW_TEXT:
                yield from zip(window, self.score(grader, window), strict=True)
                window, text = [], 0
        yield from zip(window, self.score(grader, window), strict=True)

    def _score_groups(
        self,
        grader: Grader,
        ref: Ref | None,
        items: Sequence[Item],
        on_score: OnScore | None,
        fresh: bool,
        surroundings: Surroundings | None,
    ) -> list[Score]:
        groups = groups_of(grader, items)
        scored = dict(groups.broken)
        hear = on_score or _ignore
        for place, score in groups.broken.items():
            hear(place, score)

        def on_scores(index: int, scores: tuple[Score, ...]) -> None:
            for place, score in zip(groups.places[index], scores, strict=True):
                hear(place, score)

        results = self._run(grader, ref, groups.calls, on_scores if on_score else None, fresh, surroundings)
        for places, scores in zip(groups.places, results, strict=True):
            scored.update(zip(places, scores, strict=True))
        return [scored[place] for place in range(len(items))]

    def _run(
        self,
        grader: Grader,
        ref: Ref | None,
        calls: Sequence[Values],
        on_scores: OnScores | None,
        fresh: bool,
        surroundings: Surroundings | None,
    ) -> list[tuple[Score, ...]]:
        if ref is None:
            run = partial(self._run_inline, grader)
            return run(calls, on_scores) if fresh else self._reuse.score(grader, calls, run, on_scores)
        if surroundings is not None:
            with self._lock:
                return self._pool_in(surroundings).run(grader, ref, calls, on_scores)
        run = partial(self._pool.run, grader, ref)
        with self._lock:
            return run(calls, on_scores) if fresh else self._reuse.score(grader, calls, run, on_scores)

    def _run_inline(
        self, grader: Grader, calls: Sequence[Values], on_scores: OnScores | None
    ) -> list[tuple[Score, ...]]:
        begun = time.perf_counter()
        results = run_inline(grader, calls, on_scores)
        self.times.add(grader.name, (time.perf_counter() - begun) / max(1, len(calls)), len(calls))
        return results

    def _pool_in(self, surroundings: Surroundings) -> WorkerPool:
        if surroundings not in self._elsewhere:
            self._elsewhere[surroundings] = WorkerPool(1, surroundings, self.judge.environment)
        return self._elsewhere[surroundings]

    @property
    def judge(self) -> StandInJudge:
        """What graders in other surroundings ask in place of their judge; started when first needed."""
        if self._judge is None:
            self._judge = StandInJudge()
        return self._judge

    def start_afresh(self, *surroundings: Surroundings | None) -> None:
        """End the worker processes in these surroundings (None: ours), so that the next call there gets new ones."""
        with self._lock:
            for name in surroundings:
                pool = self._pool if name is None else self._elsewhere.get(name)
                if pool is not None:
                    pool.close()

    def close(self) -> None:
        """End the worker processes, the connections of graders that run inline, and the server of a stand-in judge."""
        self.start_afresh(None, *self._elsewhere)
        rest()
        if self._judge is not None:
            self._judge.close()
            self._judge = None
            self._elsewhere.clear()

    def unlock(self) -> None:
        """In a process that was forked while another thread was scoring: that thread is not here to give the lock back."""
        self._lock = threading.Lock()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def score(grader: Grader, items: Sequence[Item], *, workers: int | None = None) -> list[Score]:
    """Score items with workers that end with this call; see `Scorer` for many calls."""
    with Scorer(workers=workers) as scorer:
        return scorer.score(grader, items)


def score_here(grader: Grader, items: Sequence[Item]) -> list[Score]:
    """What `grader.score_group(...)` does: here and now, but in a worker when the grader runs completions."""
    if grader.options.runs_completion:
        return _shared().score(grader, items)
    if grader.in_groups:
        groups = groups_of(grader, items)
        return [score for scores in run_inline(grader, groups.calls) for score in scores]
    return [score for (score,) in run_inline(grader, calls_of(grader, items))]


def score_one(grader: Grader, item: Item) -> Score:
    """What `grader.score(...)` does."""
    return score_here(grader, [item])[0]


def _ignore(index: int, score: Score) -> None:
    """Nobody listens."""


@cache
def _shared() -> Scorer:
    scorer = Scorer(workers=1)
    atexit.register(scorer.close)
    return scorer


_scorers: weakref.WeakSet[Scorer] = weakref.WeakSet()


def _unlock_all() -> None:
    for scorer in list(_scorers):
        scorer.unlock()


os.register_at_fork(after_in_child=_unlock_all)
