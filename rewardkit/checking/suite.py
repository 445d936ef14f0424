"""Test several graders, as many at a time as there are cores: what takes long is mostly the start of their worker processes.

    reports = check_graders(graders, rows, level=DEFAULT)

Graders that run inline share this process and its one clock for signals, so they come last, one by one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeAlias

from ..grader import Grader
from ..scoring import Scorer
from .combinations import roles, with_parts
from .guessed_golds import accepted_golds
from .known_rows import KnownRow
from .levels import DEFAULT, Level
from .results import GraderReport, Skipped
from .running import check_grader
from .trials import Material, Role

OnProgress: TypeAlias = Callable[[int, int, int], None]
"""Called with the grader's place, how many completions of it are scored and of how many; from any thread."""


def check_graders(
    graders: Sequence[Grader],
    rows: Sequence[Sequence[KnownRow]],
    *,
    seed: int = 0,
    level: Level = DEFAULT,
    workers: int | None = None,
    guessed_gold: str | None = None,
    on_progress: OnProgress | None = None,
) -> list[GraderReport]:
    """The report of each grader on its rows, in their order.

    `guessed_gold` is the column that was taken for right answers without anybody saying so: only those count that the grader accepts.

    `workers` are the processes that score completions at a time, all graders together (default: one per core).
    Raises GraderError when one cannot be loaded; the others are given up then.
    """
    run = _Run(graders, rows, roles(graders), seed, level, guessed_gold, on_progress)
    cores = workers or os.cpu_count() or 1
    apart = [place for place, grader in enumerate(graders) if grader.options.isolation == "process"]
    at_a_time = max(1, min(len(apart), cores))
    reports: dict[int, GraderReport] = {}
    if at_a_time > 1:
        reports = run.in_threads(apart, at_a_time, cores // at_a_time)
    with Scorer(workers=cores) as scorer:
        for place in range(len(graders)):
            if place not in reports:
                reports[place] = run.check(place, scorer)
    return with_parts(graders, [reports[place] for place in range(len(graders))])


class _Stopped(Exception):
    """Another grader's test has ended this one."""


class _Run:
    def __init__(
        self,
        graders: Sequence[Grader],
        rows: Sequence[Sequence[KnownRow]],
        their_roles: Sequence[Role],
        seed: int,
        level: Level,
        guessed_gold: str | None,
        on_progress: OnProgress | None,
    ) -> None:
        self._graders, self._rows, self._roles = graders, rows, their_roles
        self._seed, self._level, self._on_progress = seed, level, on_progress
        self._guessed_gold = guessed_gold
        self._stopping = threading.Event()

    def check(self, place: int, scorer: Scorer) -> GraderReport:
        """The report of the grader at that place."""

        def told(done: int, of: int) -> None:
            if self._stopping.is_set():
                raise _Stopped
            if self._on_progress is not None:
                self._on_progress(place, done, of)

        grader, rows, role = self._graders[place], self._rows[place], self._roles[place]
        skipped: list[Skipped] = []
        if self._guessed_gold is not None:
            material = Material(grader, rows, self._seed, role, self._level)
            rows, skipped = accepted_golds(scorer, material, self._guessed_gold)
        report = check_grader(
            scorer, grader, rows, seed=self._seed, role=role, level=self._level, on_progress=told
        )
        return replace(report, skipped=(*skipped, *report.skipped))

    def in_threads(self, places: Sequence[int], at_a_time: int, workers: int) -> dict[int, GraderReport]:
        """The reports of the graders at these places, each thread with a scorer of its own."""
        own = threading.local()
        scorers: list[Scorer] = []

        def begin() -> None:
            own.scorer = Scorer(workers=workers)
            scorers.append(own.scorer)

        def check(place: int) -> GraderReport:
            return self.check(place, own.scorer)

        with ThreadPoolExecutor(at_a_time, thread_name_prefix="rewardkit-test", initializer=begin) as threads:
            try:
                tasks = {place: threads.submit(check, place) for place in places}
                ended, _ = wait(tasks.values(), return_when=FIRST_EXCEPTION)
                for error in filter(None, (task.exception() for task in ended)):
                    raise error
                return {place: task.result() for place, task in tasks.items()}
            finally:
                self._stopping.set()
                threads.shutdown(cancel_futures=True)
                for scorer in scorers:
                    scorer.close()
