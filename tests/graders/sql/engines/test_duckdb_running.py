from collections.abc import Callable
from datetime import datetime

import pytest
from sql_databases import run
from stopwatch import within

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Failure, Table


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r AS (SELECT 1 x UNION ALL SELECT x FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM range(100000) a, range(100000) b WHERE hash(a.range) % 7 = hash(b.range) % 5",
        "SELECT sum(sqrt(a.range * b.range)) FROM range(1000000) a, range(1000000) b",
        "SELECT count(*) FROM (SELECT DISTINCT hash(a.range, b.range) FROM range(100000) a, range(100000) b)",
        "SELECT max(x) FROM (SELECT row_number() OVER (ORDER BY hash(a.range, b.range)) x FROM range(100000) a, range(100000) b)",
        "SELECT string_agg(a.range || '-' || b.range, ',') FROM range(100000) a, range(100000) b",
    ],
)
def test_a_runaway_query_ends_and_leaves_the_database_usable(
    opened: Callable[..., DuckDBDatabase], sql: str
) -> None:
    database = opened(limit_ms=300)
    with within(5):  # 0.3 s asked for
        failure = run(database, sql)
    assert isinstance(failure, Failure)
    assert failure.kind in ("timeout", "memory")
    assert run(database, "SELECT 1 AS x") == Table(("x",), [(1,)])


def test_a_result_beyond_the_cap_is_a_failure_and_is_not_fetched(people: DuckDBDatabase) -> None:
    with within(5):
        failure = run(people, "SELECT * FROM range(200000000)")
    assert failure == Failure("too_many_rows", "more than 10,000 rows")


def test_times_with_a_zone_come_as_utc_even_under_equal_column_names(people: DuckDBDatabase) -> None:
    # DuckDB's client needs another package for these values; names that repeat must not confuse the rewriting.
    sql = "SELECT TIMESTAMPTZ '2024-01-01 12:00:00+02' AS a, 1 AS a, TIMESTAMPTZ '2024-01-02 00:00:00+00' AS b ORDER BY 1 -- end"
    table = run(people, sql)
    assert isinstance(table, Table)
    assert table.rows == [(datetime(2024, 1, 1, 10), 1, datetime(2024, 1, 2))]
    assert table.names == ("a", "a", "b")


def test_a_date_that_python_cannot_hold_is_no_crash(people: DuckDBDatabase) -> None:
    assert isinstance(run(people, "SELECT DATE '9999-12-31' + INTERVAL '5000 years'"), Table | Failure)


def test_a_missing_column_table_or_function_is_told_from_a_failure_on_the_rows(
    people: DuckDBDatabase,
) -> None:
    unbound = [
        run(people, sql)
        for sql in ("SELECT nmae FROM people", "SELECT 1 FROM peple", "SELECT isnul(name) FROM people")
    ]
    assert [failure.kind for failure in unbound if isinstance(failure, Failure)] == ["unbound"] * 3
    failed = run(people, "SELECT name::INTEGER FROM people")
    assert isinstance(failed, Failure)
    assert failed.kind == "error"


def test_an_error_at_run_time_is_typed(people: DuckDBDatabase) -> None:
    failure = run(people, "SELECT name::INTEGER FROM people")
    assert isinstance(failure, Failure)
    assert failure.kind == "error"
    assert "Conversion" in failure.why
