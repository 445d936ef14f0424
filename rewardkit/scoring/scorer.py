"""`score(grader, items) -> scores`: exactly one score per item, in order, whatever the graders and the completions do.

    with Scorer() as scorer:                       # workers stay warm between calls
        scores = scorer.score(exact, items)

Results do not depend on the batch size, the order of items or the number of workers.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from types import TracebackType

from ..errors import ConfigError, GraderError
from ..grader import Grader
from ..loading import ref_of
from ..scores import Score
from .inline import score_inline
from .items import Item, values_for
from .pool import WorkerPool

MAX_WORKERS = 16


class Scorer:
    """Scores completions with any number of graders; holds the worker processes.

    `workers` is the number of processes (default: one per core, at most 16); none is started before the first grader needs one.
    """

    def __init__(self, *, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ConfigError(f"workers={workers} must be 1 or more")
        self._pool = WorkerPool(workers or min(MAX_WORKERS, os.cpu_count() or 1))
        self._lock = threading.Lock()

    def score(
        self, grader: Grader, items: Sequence[Item], *, on_score: Callable[[int, Score], None] | None = None
    ) -> list[Score]:
        """One score per item, in order. `on_score(index, score)` hears of each as it is known, in any order; it must not
        call the scorer itself.

        Raises GraderError only when the grader itself cannot be run at all; what happens on an item is in its score.
        """
        batch = [values_for(grader, item) for item in items]
        ref = ref_of(grader) if grader.options.isolation == "process" else None
        if ref is not None:
            with self._lock:
                return self._pool.run(grader, ref, batch, on_score)
        if grader.options.runs_completion:
            raise GraderError(
                "it runs completions, so it must be in a file that a worker process can load; move it out of the notebook or function",
                where=str(grader),
            )
        return score_inline(grader, batch, on_score)

    def close(self) -> None:
        """End the worker processes."""
        with self._lock:
            self._pool.close()

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


def score_one(grader: Grader, item: Item) -> Score:
    """What `grader.score(...)` does: here and now, but in a worker when the grader runs completions."""
    if grader.options.runs_completion:
        return _shared().score(grader, [item])[0]
    return score_inline(grader, [values_for(grader, item)], None)[0]


@cache
def _shared() -> Scorer:
    scorer = Scorer(workers=1)
    atexit.register(scorer.close)
    return scorer
