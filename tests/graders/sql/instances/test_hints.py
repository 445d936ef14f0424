"""What a gold query tells about data that would put it to the test."""

from datetime import date, datetime

import pytest
from made_instances import hints

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase


@pytest.mark.parametrize(
    ("condition", "column", "constants"),
    [
        ("city = 'Oslo'", "city", ["Oslo"]),
        ("'Oslo' <> city", "city", ["Oslo"]),
        ("city IN ('Oslo', 'Rome')", "city", ["Oslo", "Rome"]),
        ("lower(city) = 'oslo'", "city", ["oslo"]),
        ("id > 2", "id", [2]),
        ("id = -3", "id", [-3]),
        ("pay * 2 > 30.5", "pay", [2, 30.5]),
        ("pay BETWEEN 5 AND 2 * 10", "pay", [5, 20]),
        ("born >= CURRENT_DATE - INTERVAL '7 days'", "born", [datetime(2024, 8, 7)]),
        ("born = DATE '1990-01-02'", "born", [date(1990, 1, 2)]),
        ("born > now()", "born", [datetime(2024, 8, 14, 12)]),
        ("extract(year FROM born) = 1990", "born", [1990]),
    ],
)
def test_constants_are_noted_by_column(
    people: DuckDBDatabase, condition: str, column: str, constants: list[object]
) -> None:
    found = hints(people, f"SELECT name FROM people WHERE {condition}").constants["people", column]
    assert sorted(map(str, found)) == sorted(map(str, constants))


def test_constants_inside_a_case_are_noted(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT CASE WHEN pay > 10 THEN 'high' ELSE 'low' END FROM people")
    assert 10 in found.constants["people", "pay"]


def test_constants_of_a_subquery_are_noted_where_it_comes_from(people: DuckDBDatabase) -> None:
    sql = "WITH x AS (SELECT city AS town FROM people) SELECT * FROM x WHERE town = 'Oslo'"
    assert hints(people, sql).constants["people", "city"] == ["Oslo"]


def test_patterns_are_kept_apart_from_constants(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT id FROM people WHERE name LIKE 'A%' OR name ILIKE '%B_'")
    assert sorted(found.patterns["people", "name"]) == ["%B_", "A%"]
    assert not found.constants["people", "name"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM people p JOIN visits v ON p.id = v.person",
        "SELECT 1 FROM people p, visits v WHERE v.person = p.id",
        "SELECT 1 FROM people WHERE id IN (SELECT person FROM visits)",
        "SELECT 1 FROM people WHERE id NOT IN (SELECT person FROM visits)",
        "SELECT 1 FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE p.id = v.person)",
        "WITH x AS (SELECT person AS who FROM visits) SELECT 1 FROM people JOIN x ON people.id = x.who",
        "SELECT 1 FROM people p JOIN visits v ON CAST(v.person AS INT) = p.id",
        "SELECT 1 FROM people JOIN (SELECT person AS id FROM visits) USING (id)",
    ],
)
def test_joins_are_noted_however_they_are_written(people: DuckDBDatabase, sql: str) -> None:
    assert {frozenset(pair) for pair in hints(people, sql).joins} == {
        frozenset({("people", "id"), ("visits", "person")})
    }


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT city FROM people GROUP BY city HAVING count(*) > 3",
        "SELECT city FROM (SELECT city, count(*) AS n FROM people GROUP BY city) WHERE n > 3",
        "WITH x AS (SELECT city, count(id) AS n FROM people GROUP BY city) SELECT city FROM x WHERE n > 3",
        "SELECT name FROM people QUALIFY row_number() OVER (ORDER BY pay) <= 3",
    ],
)
def test_thresholds_of_counts_are_noted(people: DuckDBDatabase, sql: str) -> None:
    assert hints(people, sql).counts == [3]


def test_thresholds_of_sums_are_totals_of_their_column(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT city FROM people GROUP BY city HAVING sum(pay) > 30.5")
    assert found.totals["people", "pay"] == [30.5]
    assert found.counts == []


def test_the_columns_that_are_read_are_noted(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT name FROM people WHERE city = 'x' ORDER BY pay")
    assert found.used == {("people", "name"), ("people", "city"), ("people", "pay")}


def test_a_table_whose_rows_are_only_counted_is_noted(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT name FROM people WHERE (SELECT count(*) FROM visits) > 1")
    assert found.tables == {"people", "visits"}


@pytest.mark.parametrize(
    ("sql", "recent"),
    [
        ("SELECT 1 FROM people WHERE born < CURRENT_DATE", True),
        ("SELECT 1 FROM people WHERE born < now()", True),
        ("SELECT 1 FROM people WHERE born < today()", True),
        ("SELECT 1 FROM people WHERE born < DATE '2024-01-01'", False),
    ],
)
def test_whether_the_clock_is_read_is_noted(people: DuckDBDatabase, sql: str, recent: bool) -> None:
    assert hints(people, sql).recent is recent


def test_numbers_of_limits_and_positions_are_no_constants(people: DuckDBDatabase) -> None:
    found = hints(people, "SELECT city, count(*) FROM people GROUP BY 1 ORDER BY 2 LIMIT 3 OFFSET 1")
    assert not any(found.constants.values())


@pytest.mark.parametrize(
    ("sql", "absent"),
    [
        ("SELECT id FROM people WHERE city IS NULL", {("people", "city")}),
        ("SELECT id FROM people p WHERE NOT p.city IS NULL", {("people", "city")}),
        ("SELECT coalesce(city, name) FROM people", {("people", "city")}),
        ("WITH x AS (SELECT city AS town FROM people) SELECT 1 FROM x WHERE town IS NOT NULL", {("people", "city")}),
        ("SELECT id FROM people p LEFT JOIN visits v ON v.person = p.id WHERE v.person IS NULL", set()),
        ("SELECT id FROM people WHERE (city = 'Oslo') IS TRUE", set()),
    ],
)  # fmt: skip
def test_columns_asked_for_being_null_are_noted_unless_a_join_makes_them_so(
    people: DuckDBDatabase, sql: str, absent: set[tuple[str, str]]
) -> None:
    assert hints(people, sql).absent == absent
