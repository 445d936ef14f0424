"""`order="exact"`: the gold's own order on the given rows, with and without generated instances."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit import Score
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql

Grade = Callable[..., Score]

PEOPLE = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, pay INTEGER NOT NULL);
    INSERT INTO people VALUES (1, 'Ann', 'Oslo', 10), (2, 'Bob', 'Rome', 20), (3, 'Cyd', 'Oslo', 20), (4, 'Dee', NULL, 5);
"""


@pytest.fixture
def grade(tmp_path: Path) -> Grade:
    file = tmp_path / "people.sql"
    file.write_text(PEOPLE, encoding="utf-8")

    def run(completion: str, reference: str, **columns: object) -> Score:
        columns = {"ordered": "true", "database": str(file), **columns}
        return call(text_to_sql, {"completion": completion, "reference": reference, **columns})

    return run


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
@pytest.mark.parametrize("instances", ["auto:5", "given"])
@pytest.mark.parametrize(
    ("gold", "other"),
    [
        ("SELECT name FROM people", "SELECT name FROM people ORDER BY name DESC"),
        ("SELECT name FROM people ORDER BY pay", "SELECT name FROM people ORDER BY pay, name DESC"),
        ("SELECT name FROM people LIMIT 3", "SELECT name FROM people ORDER BY name LIMIT 3 OFFSET 1"),
    ],
)
def test_another_order_is_wrong_on_the_given_rows(
    grade: Grade, engine: str, instances: str, gold: str, other: str
) -> None:
    columns = {"engine": engine, "instances": instances}
    assert (grade(other, gold, **columns).value or 0) < 1
    assert grade(gold, gold, **columns).value == 1
    assert grade(gold.replace("name", "name AS who"), gold, **columns).value == 1


def test_the_reason_shows_the_rows_and_the_order_costs_no_more_than_the_last_level(grade: Grade) -> None:
    score = grade("SELECT id, name FROM people ORDER BY id DESC", "SELECT id, name FROM people")
    assert score.value == pytest.approx(0.7)
    assert "wrong order at row 1: (1, 'Ann') should come before (4, 'Dee')" in str(
        score.component("exact").reason
    )


def test_made_up_rows_are_held_to_the_order_by_of_the_gold_alone(grade: Grade) -> None:
    # The given rows lie in the order of their ids; those of generated instances lie in any order.
    gold = "SELECT id, name FROM people"
    assert grade("SELECT id, name FROM people ORDER BY id", gold).value == 1
    assert (grade("SELECT id, name FROM people WHERE id < 9", gold).value or 0) < 1


def test_rows_that_differ_with_the_order_of_storage_still_do_not_judge(grade: Grade) -> None:
    gold = "SELECT pay, first(name) FROM people GROUP BY pay ORDER BY pay"
    assert "do not judge answers" in (grade(gold, gold).component("exact").reason or "")
