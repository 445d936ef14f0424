"""What holds for every database and every query: the reference and what means the same earn full marks, what means something else does not.

Whether two queries mean the same is told by an oracle of its own: 30 databases made by plain `random`, and DuckDB.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from sql_questions import Question, random_question
from sql_styles import written
from sql_worlds import World, random_world

from rewardkit import Score
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql

INSTANCES = "auto:5"
RANDOM_WORLDS = 30
BOUNDED = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, where dumps lie and searches are kept."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(seed: int) -> tuple[World, Question]:
    """A database and a query on it; a seed gives more variety than strategies do in a dozen examples."""
    rng = random.Random(seed)
    world = random_world(rng)
    return world, random_question(rng, world)


def database_of(world: World, *, declared: bool) -> object:
    """The database as a dump with its keys, or as the tables of a sample."""
    if not declared:
        return world.as_tables()
    file = Path(f"world{abs(hash(world.dump()))}.sql")
    file.write_text(world.dump(), encoding="utf-8")
    return str(file.resolve())


def grade(completion: str, reference: str, database: object) -> Score:
    columns = {"reference": reference, "database": database, "instances": INSTANCES}
    return call(text_to_sql, {"completion": completion, **columns})


def is_gradable(gold: str, database: object) -> bool:
    """Whether the gold says something; it earns full marks then, else the reason says that it does not."""
    score = grade(gold, gold, database)
    if score.value is None:
        assert score.cause == "bad_reference", score
        assert "returns no rows" in score.reason, score.reason
        return False
    assert score.value == 1.0, score.reason
    return True


# The oracle


Rows = list[tuple[Any, ...]]


class Oracle:
    """Random databases with the tables of a world, one a schema."""

    def __init__(self, world: World) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": "1"})
        for seed in range(RANDOM_WORLDS):
            self.connection.execute(f"CREATE SCHEMA w{seed}; SET schema = 'w{seed}'")
            self.connection.execute(world.refilled(seed).dump())

    def differs(self, gold: Question, other: Question) -> int:
        """On how many of the databases the second query is wrong."""
        wholes, answers = self._rows(written(replace(gold, limit=None))), self._rows(written(other))
        return sum(not is_right(gold, *pair) for pair in zip(wholes, answers, strict=True))

    def _rows(self, sql: str) -> Iterator[Rows]:
        for seed in range(RANDOM_WORLDS):
            self.connection.execute(f"SET schema = 'w{seed}'")
            rows = self.connection.execute(sql).fetchall()
            yield [tuple(round(c, 6) if isinstance(c, float) else c for c in row) for row in rows]


def is_right(gold: Question, whole: Rows, answer: Rows) -> bool:
    """Whether an answer is right for a gold that gives `whole` without its LIMIT: any of the rows that tie at its end."""
    keys = [position for position, _ in gold.order]
    wanted = [tuple(row[k] for k in keys) for row in whole[: gold.limit]]
    if len(answer) != len(wanted) or [tuple(row[k] for k in keys) for row in answer] != wanted:
        return False
    left = Counter(answer) - Counter(whole)
    return not left if gold.limit is not None else Counter(answer) == Counter(whole)
