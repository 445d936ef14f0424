"""The levels that a SQL answer climbs, and what each step says."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit import Step, preparing

from .engines.opening import open_database
from .extraction import extract_sql
from .outcomes import Outcome, outcome_of
from .references import Task, task_of
from .settings import Settings

LEVELS = {"parses": 0.02, "binds": 0.05, "linked": 0.12, "rows": 0.70, "exact": 1.0}


def climb(completion: str, reference: object, database: object, settings: Settings) -> Iterator[Step]:
    """The steps of one answer under these settings."""
    task, outcome = _run(extract_sql(completion), reference, database, settings)
    if outcome.refused:
        yield "parses", False, outcome.refused
        return
    yield "parses", True
    if outcome.unbound:
        yield "binds", False, outcome.unbound
        return
    yield "binds", True, outcome.note
    yield "linked", outcome.linked
    if outcome.failed:
        yield "rows", False, outcome.failed
        return
    yield "rows", outcome.rows, outcome.wrong
    yield "exact", not outcome.wrong, outcome.wrong or task.proof


def _run(sql: str, reference: object, database: object, settings: Settings) -> tuple[Task, Outcome]:
    """What the answer earned; once more where the database no longer answers, which an earlier completion may have caused."""
    for last in (False, True):
        with preparing():  # before anything of the completion runs
            opened = open_database(database, engine=settings.engine, clock=settings.clock)
            task = task_of(reference, opened, settings)
        outcome = outcome_of(sql, task, settings)
        if last or opened.is_alive():
            break
    return task, outcome
