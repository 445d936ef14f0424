"""Which columns are compared with each other, which subqueries may find one row only, and what instances make of it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from made_instances import hints, plan
from sql_databases import rows

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.instances.generating import generate
from rewardkit.graders.sql.instances.regimes import REGIMES

JOIN = "SELECT 1 FROM people p JOIN visits v ON v.person = p.id WHERE"
BORN, AT, ID, PERSON = ("people", "born"), ("visits", "at"), ("people", "id"), ("visits", "person")


@pytest.mark.parametrize(
    ("condition", "pair", "offset"),
    [
        ("v.at BETWEEN p.born AND p.born + INTERVAL '10 days'", (BORN, AT), 10),
        ("v.at < p.born", (BORN, AT), 0),
        ("v.at - INTERVAL 2 WEEK > p.born", (BORN, AT), 14),
        ("v.at >= p.born + INTERVAL '1 year'", (BORN, AT), 365),
        ("date_diff('day', p.born, v.at) <= 30", (BORN, AT), 30),
        ("v.person > p.id + 3", (ID, PERSON), 3),
        ("v.person <> p.id", (ID, PERSON), 1),
    ],
)
def test_columns_that_are_compared_are_noted_with_how_far_apart_they_may_be(
    people: DuckDBDatabase, condition: str, pair: object, offset: float
) -> None:
    found = [
        offsets for *places, offsets in hints(people, f"{JOIN} {condition}").gaps if tuple(places) == pair
    ]
    assert found
    assert any(offset in offsets for offsets in found)


@pytest.mark.parametrize(
    "condition", ["v.person = p.id", "p.pay > 3", "p.id > (SELECT max(person) FROM visits)"]
)
def test_a_join_and_a_constant_are_no_gap(people: DuckDBDatabase, condition: str) -> None:
    assert hints(people, f"{JOIN} {condition}").gaps == []


@pytest.mark.parametrize(
    ("sql", "singles"),
    [
        ("SELECT name FROM people WHERE id = (SELECT person FROM visits WHERE place = 'zoo')", {("visits", "place")}),
        ("SELECT (SELECT pay FROM people WHERE name LIKE 'A%') / 2", {("people", "name")}),
        ("SELECT name FROM people WHERE id = (SELECT max(person) FROM visits WHERE place = 'zoo')", set()),
        ("SELECT name FROM people WHERE id IN (SELECT person FROM visits WHERE place = 'zoo')", set()),
        ("SELECT name FROM people WHERE id = (SELECT person FROM visits WHERE place = 'zoo' LIMIT 1)", set()),
        ("SELECT * FROM (SELECT person FROM visits WHERE place = 'zoo') v", set()),
    ],
)  # fmt: skip
def test_a_subquery_that_stands_for_a_value_may_find_one_row(
    people: DuckDBDatabase, sql: str, singles: set[tuple[str, str]]
) -> None:
    assert hints(people, sql).singles == singles


def share_of_instances(
    database: DuckDBDatabase, gold: str, of: str, good: Callable[[list[tuple[object, ...]]], bool]
) -> float:
    """In how many of the instances made for a gold another query's rows are as they should be."""
    found, regimes = plan(database, gold), [REGIMES[0], REGIMES[5], REGIMES[6]] * 5
    times = 0
    for number, regime in enumerate(regimes):
        database.add_instance("made", generate(found, regime, str(number)))
        times += good(rows(database, of, "made"))
    return times / len(regimes)


def test_rows_lie_as_far_apart_as_the_gold_asks_for(people: DuckDBDatabase) -> None:
    gold = "SELECT 1 FROM people p, visits v WHERE v.person = p.id AND v.at <= p.born + INTERVAL '10 days'"
    exact = "SELECT 1 FROM people p, visits v WHERE v.person = p.id AND v.at = p.born + INTERVAL '10 days'"
    assert share_of_instances(people, gold, exact, bool) > 0.7


def test_columns_of_one_row_lie_as_far_apart_as_the_gold_asks_for(
    opened: Callable[..., DuckDBDatabase],
) -> None:
    trips = opened(
        "CREATE TABLE trips (id INT PRIMARY KEY, start TIMESTAMP, stop TIMESTAMP, low INT, high INT);"
    )
    gold = "SELECT id FROM trips WHERE stop > start + INTERVAL '2 hours' AND high >= low"
    for exact in ("stop = start + INTERVAL '2 hours'", "high = low"):
        assert share_of_instances(trips, gold, f"SELECT 1 FROM trips WHERE {exact}", bool) > 0.7


def test_one_row_only_meets_a_condition_that_more_would_break(people: DuckDBDatabase) -> None:
    gold = "SELECT name FROM people WHERE id = (SELECT person FROM visits WHERE place ILIKE '%zoo%')"
    matching = "SELECT count(*) FROM visits WHERE place ILIKE '%zoo%'"
    assert share_of_instances(people, gold, matching, lambda found: found == [(1,)]) > 0.5


def test_times_of_the_day_are_made_just_beside_those_that_the_gold_asks_for(
    opened: Callable[..., DuckDBDatabase],
) -> None:
    lessons = opened(
        "CREATE TABLE lessons (id INT PRIMARY KEY, ends TIME); INSERT INTO lessons VALUES (1, '09:30:00');"
    )
    gold = "SELECT id FROM lessons WHERE ends < '13:00:00'"
    for moment in ("13:00:00", "12:59:59"):
        assert share_of_instances(lessons, gold, f"SELECT 1 FROM lessons WHERE ends = '{moment}'", bool) > 0.3


def test_moments_keep_their_fractions_of_a_second(people: DuckDBDatabase) -> None:
    gold = "SELECT 1 FROM visits v WHERE v.at <= CURRENT_DATE - INTERVAL '1 millisecond'"
    assert datetime(2024, 8, 13, 23, 59, 59, 999_000) in hints(people, gold).constants[AT]
    exact = "SELECT 1 FROM visits v WHERE v.at = TIMESTAMP '2024-08-13 23:59:59.999'"
    assert share_of_instances(people, gold, exact, bool) > 0.7
