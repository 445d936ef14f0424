"""What a grade costs beside the bare execution of the same queries on the same instances, in the same run.

The floor is what nobody can go below: the query's text handed to the engine on each instance, and all rows fetched, on a connection with the
engine's defaults. For SQLite the parse by sqlglot is shown apart. Every answer is a text that the grader has not seen (blanks are added),
so nothing comes from its memory; the golds are prepared beforehand. Figures are the sum over all answers of each one's least time in `repeats` turns,
the two sides in turn.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot

from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.references import task_of
from rewardkit.graders.sql.settings import Settings, with_columns

from .raw import RawDuckDB, RawSQLite

_blanks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A query to grade against a gold query."""

    sql: str
    gold: str
    database: str


def cost(answers: Sequence[Answer], columns: dict[str, object], repeats: int = 7) -> dict[str, float]:
    """Microseconds for each answer: ours, the bare execution, the parse; and ours as a multiple of the two."""
    settings = with_columns(Settings(), columns)
    ours = raw = parse = 0.0
    for answer in answers:
        database = open_database(answer.database, engine=settings.engine)
        task = task_of(answer.gold, database, settings)
        bare = RawSQLite(task) if settings.engine == "sqlite" else RawDuckDB(task)
        mine: list[float] = []
        theirs: list[float] = []
        for _ in range(repeats):
            theirs.append(_seconds(lambda: bare.run(_fresh(answer.sql))))
            mine.append(_seconds(lambda: _grade(answer, columns)))
        ours += min(mine)
        raw += min(theirs)
        parse += min(_seconds(lambda: sqlglot.parse_one(answer.sql, dialect=settings.engine)) for _ in range(repeats))
        bare.close()
    count = len(answers) / 1e6
    return {
        "answers": len(answers), "ours_us": ours / count, "raw_us": raw / count, "parse_us": parse / count, "ratio": ours / raw,
        "ratio_with_parse": ours / (raw + parse),
    }  # fmt: skip


def _grade(answer: Answer, columns: dict[str, object]) -> None:
    call(
        text_to_sql,
        {"completion": _fresh(answer.sql), "reference": answer.gold, "database": answer.database, **columns},
    )


def _fresh(sql: str) -> str:
    """The same query with other blanks at its end but one, so that no memory knows it."""
    first, _, rest = sql.partition(" ")
    return first + " " * (next(_blanks) % 60 + 1) + rest + " " * (next(_blanks) % 50)


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start

