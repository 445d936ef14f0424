"""What holds for every database and every query: the reference and what means the same earn full marks, what means something else does not.

Whether two queries mean the same is told by an oracle of its own: 30 databases made by plain `random`, and DuckDB.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sql_questions import Question, mistakes, random_question
from sql_styles import STYLES, written
from sql_worlds import World, random_world

from rewardkit import Item, Score, Scorer
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql

RANDOM_WORLDS = 30
LONG = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a smaller seed is no simpler query
    suppress_health_check=list(HealthCheck),
)
BOUNDED = settings(LONG, max_examples=2)
SEEDS = st.integers(0, 10**9)  # strategies would give less variety in a dozen examples


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, where dumps lie and searches are kept."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def asked(seed: int) -> tuple[World, Question]:
    rng = random.Random(seed)
    world = random_world(rng)
    return world, random_question(rng, world)


def database_of(world: World, seed: int, *, declared: bool) -> object:
    """The database as a dump with its keys, or as the tables of a sample."""
    if not declared:
        return world.as_tables()
    file = Path(f"world{seed}.sql")
    file.write_text(world.dump(), encoding="utf-8")
    return str(file.resolve())


def grade(completion: str, reference: str, database: object) -> Score:
    score = call(text_to_sql, {"completion": completion, "reference": reference, "database": database})
    assert score.value is None or 0.0 <= score.value <= 1.0  # which NaN is not
    return score


def is_gradable(gold: str, database: object) -> bool:
    """Whether the gold says something; then it earns full marks, else the reason says that it does not."""
    score = grade(gold, gold, database)
    if score.value is None:
        assert score.cause == "bad_reference", score
        assert "returns no rows" in score.reason
        return False
    assert score.value == 1.0, score.reason
    return True


def assert_what_means_the_same_earns_full_marks(seed: int, declared: bool) -> None:
    world, question = asked(seed)
    database, gold = database_of(world, seed, declared=declared), written(question)
    if is_gradable(gold, database):
        for name, style in STYLES.items():
            score = grade(written(question, style), gold, database)
            assert score.value == 1.0, (name, gold, written(question, style), score.reason)


def assert_what_means_something_else_does_not(seed: int) -> None:
    world, question = asked(seed)
    database, gold = database_of(world, seed, declared=True), written(question)
    if not is_gradable(gold, database):
        return
    oracle = Oracle(world)
    for name, other in mistakes(question):
        wrong = written(other)
        if oracle.differs(question, other) > RANDOM_WORLDS // 3:
            assert grade(wrong, gold, database).value != 1.0, (name, gold, wrong)


@pytest.mark.parametrize("declared", [True, False])
@BOUNDED
@given(seed=SEEDS)
def test_the_reference_and_what_means_the_same_earn_full_marks(seed: int, declared: bool) -> None:
    assert_what_means_the_same_earns_full_marks(seed, declared)


@BOUNDED
@given(seed=SEEDS)
def test_what_means_something_else_does_not(seed: int) -> None:
    assert_what_means_something_else_does_not(seed)


@pytest.mark.soak
@pytest.mark.parametrize("declared", [True, False])
@LONG
@given(seed=SEEDS)
def test_every_wording_of_many_references_earns_full_marks(seed: int, declared: bool) -> None:
    assert_what_means_the_same_earns_full_marks(seed, declared)


@pytest.mark.soak
@LONG
@given(seed=SEEDS)
def test_no_mistake_about_many_references_earns_full_marks(seed: int) -> None:
    assert_what_means_something_else_does_not(seed)


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
        return sum(not _is_right(gold, *pair) for pair in zip(wholes, answers, strict=True))

    def _rows(self, sql: str) -> Iterator[Rows]:
        for seed in range(RANDOM_WORLDS):
            self.connection.execute(f"SET schema = 'w{seed}'")
            rows = self.connection.execute(sql).fetchall()
            yield [tuple(round(c, 6) if isinstance(c, float) else c for c in row) for row in rows]


def _is_right(gold: Question, whole: Rows, answer: Rows) -> bool:
    """Whether an answer is right for a gold that gives `whole` without its LIMIT: any of the rows that tie at its end."""
    keys = [position for position, _ in gold.order]
    wanted = [tuple(row[key] for key in keys) for row in whole[: gold.limit]]
    if [tuple(row[key] for key in keys) for row in answer] != wanted:
        return False
    return (
        not Counter(answer) - Counter(whole) if gold.limit is not None else Counter(answer) == Counter(whole)
    )


def answers(folder: Path) -> list[dict[str, str]]:
    """Completions of several kinds for a question, as columns."""
    found: list[dict[str, str]] = []
    for seed in (5,):
        world, question = asked(seed)
        file = folder / f"world{seed}.sql"
        file.write_text(world.dump(), encoding="utf-8")
        texts = [written(question), written(question, STYLES["everything at once"])]
        texts += [written(other) for _, other in mistakes(question)][:6]
        texts += [
            "",
            "I do not know.",
            "SELECT 1",
            f"SELECT * FROM {question.table.name}",
            "SELECT nope FROM people",
        ]
        found += [{"completion": text, "reference": texts[0], "database": str(file)} for text in texts]
    return found


def scores_of(columns: list[dict[str, str]]) -> list[float | None]:
    return [call(text_to_sql, each).value for each in columns]


def test_scores_do_not_depend_on_order_or_workers(folder: Path) -> None:
    columns = answers(folder)
    expected = scores_of(columns)
    assert len({value for value in expected if value is not None}) >= 6
    assert scores_of(columns[::-1]) == expected[::-1]
    items = [
        Item(each["completion"], {"reference": each["reference"], "database": each["database"]})
        for each in columns
    ]
    for workers, order in ((1, items), (2, items[::-1])):
        with Scorer(workers=workers) as scorer:
            scores = [score.value for score in scorer.score(text_to_sql, order)]
        assert (scores if order is items else scores[::-1]) == expected


PROCESS = """
import json, sys
sys.path[:0] = {path!r}
from test_sql_properties import scores_of
print(json.dumps(scores_of(json.loads(sys.stdin.read()))))
"""


def test_scores_do_not_depend_on_the_process(folder: Path) -> None:
    columns = answers(folder)
    for hash_seed, order in (("1", 1), ("2", -1)):
        elsewhere = folder / hash_seed  # without the searches that are kept here
        elsewhere.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", PROCESS.format(path=[str(Path(__file__).parent), *sys.path])],
            input=json.dumps(columns[::order]),
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            cwd=elsewhere,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout)[::order] == scores_of(columns)
