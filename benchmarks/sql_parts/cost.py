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
    ours = raw = parse = 0.0
    for answer in answers:
        mine, bare, parsing = _one(answer, columns, repeats)
        ours, raw, parse = ours + mine, raw + bare, parse + parsing
    count = len(answers) / 1e6
    return {
        "answers": len(answers), "ours_us": ours / count, "raw_us": raw / count, "parse_us": parse / count, "ratio": ours / raw,
        "ratio_with_parse": ours / (raw + parse),
    }  # fmt: skip


def _one(answer: Answer, columns: dict[str, object], repeats: int) -> tuple[float, float, float]:
    """The least seconds of our grade, of the bare execution and of the parse."""
    settings = with_columns(Settings(), columns)
    task = task_of(answer.gold, open_database(answer.database, engine=settings.engine), settings)
    bare = RawSQLite(task) if settings.engine == "sqlite" else RawDuckDB(task)
    ours, raw, parse = [], [], []
    for _ in range(repeats):
        raw.append(_seconds(bare.run, _fresh(answer.sql)))
        ours.append(_seconds(_grade, answer, _fresh(answer.sql), columns))
        parse.append(_seconds(sqlglot.parse_one, answer.sql, dialect=settings.engine))
    bare.close()
    return min(ours), min(raw), min(parse)


def _grade(answer: Answer, sql: str, columns: dict[str, object]) -> None:
    call(text_to_sql, {"completion": sql, "reference": answer.gold, "database": answer.database, **columns})


def _fresh(sql: str) -> str:
    """The same query with other blanks inside, so that no memory knows it."""
    number = next(_blanks)
    first, _, rest = sql.partition(" ")
    second, _, rest = rest.partition(" ")
    return f"{first}{' ' * (number % 97 + 1)}{second}{' ' * (number // 97 % 97 + 1)}{rest}"


def _seconds(action: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    start = time.perf_counter()
    action(*arguments, **named)
    return time.perf_counter() - start
