"""Calls of a grader as it would be with another text of its file: in worker processes, behind a fence, one text after another.

Nothing of a changed grader runs in this process: it may loop for ever, end its process, or delete what it finds.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType

from ...grader import Grader, same_code
from ...loading import Ref
from ...scores import Score
from ...scoring import Scorer
from ...scoring.items import OnScores, Values
from ...scoring.pool import WorkerPool
from ..score_book import ScoreBook
from ..trials import Call, Material

_LEAST_START_SECONDS = 15.0
_LEAST_SECONDS = 2.0  # a busy machine stops a process for so long now and then
_SLOWER = 10
_TIMED = 20  # calls that are timed one by one
_SLOW_SECONDS = 5.0  # beyond three times what the unchanged grader would take for a batch
_STUCK = ("timeout", "died")


class Workshop:
    """Scores calls of `material`'s grader with any text in its file. `seconds` is what a call of the unchanged one takes.

    A worker process tries one text after another; where `alone` is set, each has a fresh one.
    """

    def __init__(self, material: Material, ref: Ref, *, workers: int) -> None:
        grader = material.grader
        options = replace(grader.options, isolation="process")
        self.seconds = 0.0
        self.alone = False
        self._material = replace(material, grader=same_code(grader, options=options, attribute=ref.attribute))
        self._pool = _TextPool(ref, workers)
        self._scorer = Scorer(pool=self._pool)

    @property
    def grader(self) -> Grader:
        """The unchanged grader."""
        return self._material.grader

    def original(self, text: str, calls: Sequence[Call]) -> dict[Call, Score]:
        """What the unchanged grader gives; from now on a changed one has not much more time than it took.

        GraderError when a worker cannot load it, or loads another one than was tested.
        """
        began = time.monotonic()
        self._pool.expected = self._pool.ref.fingerprint
        scores = self.scores(text, calls[:1])
        self._pool.expected = ""
        self._pool.workers.start_seconds = max(_LEAST_START_SECONDS, 3 * (time.monotonic() - began))
        longest = 0.0
        for call in calls[:_TIMED]:
            began = time.monotonic()
            scores |= self.scores(text, [call])
            longest = max(longest, time.monotonic() - began)
            self.seconds += (time.monotonic() - began) / min(_TIMED, len(calls))
        grader = self._material.grader
        timeout = min(grader.options.timeout, max(_LEAST_SECONDS, _SLOWER * longest))
        hurried = same_code(grader, options=replace(grader.options, timeout=timeout))
        self._material = replace(self._material, grader=hurried)
        return scores | self.scores(text, calls[_TIMED:])

    def scores(self, text: str, calls: Sequence[Call], *, seed: int = 0) -> dict[Call, Score]:
        """The scores of the calls; of those until one hung or ended its process, if one did, or all took much longer than they should.

        `seed` is added to that of the run.

        GraderError when the text cannot be loaded.
        """
        heard: dict[Call, Score] = {}
        patience = _SLOW_SECONDS + 3 * len(calls) * self.seconds if self.seconds else math.inf
        until = time.monotonic() + patience

        def hear(call: Call, score: Score) -> None:
            heard[call] = score
            if score.cause in _STUCK or time.monotonic() > until:
                raise _Stuck

        if self.alone:
            self._pool.close()
        self._pool.text = text
        material = replace(self._material, seed=self._material.seed + seed)
        with contextlib.suppress(_Stuck):
            ScoreBook(self._scorer, material, on_score=hear).score(calls)
        return heard

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scorer.close()


class _Stuck(Exception):
    """A call hung or ended its process; others would do so too, and each costs a deadline or a new process."""


class _TextPool:
    """Worker processes that load the grader's file with `text` in it. `expected` is the fingerprint that it must then have."""

    def __init__(self, ref: Ref, size: int) -> None:
        self.ref = ref
        self.workers = WorkerPool(size, "fenced")
        self.text = ""
        self.expected = ""

    def run(
        self, grader: Grader, ref: Ref, calls: Sequence[Values], on_scores: OnScores | None = None
    ) -> list[tuple[Score, ...]]:
        changed = replace(self.ref, text=self.text, fingerprint=self.expected)
        return self.workers.run(grader, changed, calls, on_scores)

    def close(self) -> None:
        self.workers.close()
