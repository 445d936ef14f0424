import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from stopwatch import within

from rewardkit import Unscored
from rewardkit.graders.sql.engines.engine import Database, Failure, Query, Refusal, Row, Table
from rewardkit.graders.sql.engines.sources import source_of
from rewardkit.graders.sql.engines.sqlite_databases import SqliteDatabase, open_sqlite

CLOCK = "2024-08-14 12:00:00"
PEOPLE = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, pay REAL);
    INSERT INTO people VALUES (1, 'Ann', 'Oslo', 10.5), (2, 'Bob', 'Rome', 20.0), (3, 'Cyd', NULL, 5.25);
    CREATE TABLE visits (person INTEGER REFERENCES people, day DATE, fee INT CHECK (fee >= 0), double AS (fee * 2), raw BLOB);
    INSERT INTO visits VALUES (1, '2024-01-02', 3, x'ff00'), (2, '2024-01-03', 4, NULL);
    CREATE VIEW cities AS SELECT DISTINCT city FROM people WHERE city IS NOT NULL;
"""


def make_file(folder: Path, script: str = PEOPLE, name: str = "people.sqlite") -> Path:
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(script)
    return folder / name


def load(file: Path, *, limit_ms: int = 2_000) -> SqliteDatabase:
    return open_sqlite(source_of(str(file)), clock=CLOCK, limit_ms=limit_ms)


@pytest.fixture
def sqlite_people(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with closing(load(make_file(tmp_path))) as database:
        yield database


def rows(database: Database, sql: str, instance: str = "") -> list[Row]:
    table = result(database, sql, instance)
    assert isinstance(table, Table), table
    return table.rows


def result(database: Database, sql: str, instance: str = "") -> Table | Failure:
    query = database.read(sql)
    assert isinstance(query, Query), query
    return database.run(query, instance)


def test_a_query_gives_names_and_rows_in_order(sqlite_people: SqliteDatabase) -> None:
    assert result(
        sqlite_people, "SELECT name, pay AS p, name FROM people ORDER BY pay -- least first"
    ) == Table(("name", "p", "name"), [("Cyd", 5.25, "Cyd"), ("Ann", 10.5, "Ann"), ("Bob", 20.0, "Bob")])


def test_blobs_are_bytes_and_nan_is_null(sqlite_people: SqliteDatabase) -> None:
    assert rows(sqlite_people, "SELECT raw, 9e999 - 9e999, 9e999 FROM visits LIMIT 1") == [
        (b"\xff\x00", None, float("inf"))
    ]


def test_the_rules_of_sqlite_hold_and_not_those_of_duckdb(sqlite_people: SqliteDatabase) -> None:
    assert rows(
        sqlite_people, "SELECT 7 / 2, '3' + 4, \"no such name\", name FROM people GROUP BY id LIMIT 1"
    ) == [(3, 7, "no such name", "Ann")]


def test_a_database_is_known_by_engine_clock_and_content(tmp_path: Path) -> None:
    file = make_file(tmp_path)
    source = source_of(str(file))
    first, later = open_sqlite(source, clock=CLOCK), open_sqlite(source, clock="2025-01-01")
    assert first.key == f"sqlite {CLOCK} {source.key}"
    assert first.key != later.key
    assert (first.engine, first.name) == ("sqlite", "people.sqlite")


@pytest.mark.parametrize(
    ("sql", "kind", "why"),
    [
        ("SELECT nme FROM people", "unbound", "no such column: nme"),
        ("SELECT * FROM persons", "unbound", "no such table: persons"),
        ("SELECT * FROM other.people", "unbound", "no such table: other.people"),
        ("SELECT median_of(pay) FROM people", "unbound", "no such function: median_of"),
        ("SELECT substr(name) FROM people", "unbound", "wrong number of arguments"),
        ("SELECT id FROM people, people p", "unbound", "ambiguous column name: id"),
        ("SELECT name FROM people WHERE count(*) > 1", "unbound", "misuse of aggregate"),
        ("SELECT 1 UNION SELECT 1, 2", "unbound", "same number of result columns"),
        ("SELECT sum(9223372036854775807) FROM people", "error", "integer overflow"),
        ("SELECT json_extract(name, '$.a') FROM people", "error", "malformed JSON"),
        ("SELECT name FROM people LIMIT 'x'", "error", "datatype mismatch"),
        ("SELECT zeroblob(2000000000)", "error", "string or blob too big"),
        ("SELECT a.id FROM people a, people b, people c, people d, people e, people f, people g, people h, people i",
         "too_many_rows", "more than 10,000 rows"),
        ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", "timeout", "longer than"),
    ],
)  # fmt: skip
def test_a_query_that_fails_says_in_which_way(tmp_path: Path, sql: str, kind: str, why: str) -> None:
    failure = result(load(make_file(tmp_path), limit_ms=200), sql)
    assert isinstance(failure, Failure)
    assert failure.kind == kind
    assert why in failure.why


def test_memory_is_bounded(sqlite_people: SqliteDatabase) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    for sql in (
        f"{numbers} SELECT hex(zeroblob(20000)) || i AS x FROM n ORDER BY x",  # inside SQLite
        f"{numbers} SELECT zeroblob(40000), i FROM n LIMIT 9000",  # in the result
    ):
        failure = result(sqlite_people, sql)
        assert isinstance(failure, Failure)
        assert failure.kind == "memory"
    assert rows(sqlite_people, "SELECT count(*) FROM people") == [(3,)]


def test_exactly_as_many_rows_as_allowed_are_a_table(sqlite_people: SqliteDatabase) -> None:
    query = sqlite_people.read("SELECT id FROM people")
    assert isinstance(query, Query)
    assert sqlite_people.run(query, max_rows=3) == Table(("id",), [(1,), (2,), (3,)])
    assert sqlite_people.run(query, max_rows=2) == Failure("too_many_rows", "more than 2 rows")


def test_many_rows_come_complete_and_in_order(sqlite_people: SqliteDatabase) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) SELECT i, 'text ' || i FROM n"
    assert rows(sqlite_people, numbers) == [(i, f"text {i}") for i in range(1, 10_000)]


def test_a_query_that_nobody_read_is_bounded_all_the_same(sqlite_people: SqliteDatabase) -> None:
    assert sqlite_people.run(Query("SELECT nme FROM people", "sqlite")) == Failure(
        "unbound", "no such column: nme"
    )
    failures = [
        sqlite_people.run(Query(sql, "sqlite"))
        for sql in ("DELETE FROM people", "SELECT random()", "SELECT 1; SELECT 2", "SELECT ?")
    ]
    assert all(isinstance(failure, Failure) for failure in failures)
    assert failures[0] == Failure("error", "DELETE is not allowed: only reading is")


def test_rows_of_a_table_are_what_an_instance_takes(sqlite_people: SqliteDatabase) -> None:
    assert sqlite_people.rows_of("people", 2) == [(1, "Ann", "Oslo", 10.5), (2, "Bob", "Rome", 20.0)]
    assert sqlite_people.rows_of("visits", 1) == [(1, "2024-01-02", 3, 6, "\\xff\x00")]
    assert sqlite_people.rows_of("cities", 5) == [("Oslo",), ("Rome",)]
    sqlite_people.add_instance(
        "same", {name: sqlite_people.rows_of(name, 9) for name in ("people", "visits")}
    )
    for sql in (
        "SELECT * FROM people",
        "SELECT person, day, fee, double FROM visits",
        "SELECT * FROM cities",
    ):
        assert rows(sqlite_people, sql, "same") == rows(sqlite_people, sql)


def test_an_instance_has_the_tables_and_views_with_its_own_rows(sqlite_people: SqliteDatabase) -> None:
    sqlite_people.add_instance("a", {"people": [(7, "Zoe", "Lima", None), (8, "Yan", None, 1)]})
    sqlite_people.add_instance("b", {})
    query = sqlite_people.read(
        "SELECT count(*), (SELECT count(*) FROM visits), (SELECT min(city) FROM cities) FROM people"
    )
    assert isinstance(query, Query)
    found = [sqlite_people.run(query, name) for name in ("", "a", "b")]
    assert [table.rows for table in found if isinstance(table, Table)] == [
        [(3, 2, "Oslo")],
        [(2, 0, "Lima")],
        [(0, 0, None)],
    ]


def test_an_instance_holds_dates_as_text_and_decimals_as_numbers(sqlite_people: SqliteDatabase) -> None:
    moments = [
        (1, date(2024, 1, 2), 3, None, None),
        (1, datetime(2024, 1, 2, 3, 4, 5), True, None, None),
        (1, None, Decimal("2.5"), None, None),
    ]
    sqlite_people.add_instance("a", {"visits": moments})  # type: ignore[dict-item]
    assert rows(sqlite_people, "SELECT day, fee, double FROM visits", "a") == [
        ("2024-01-02", 3, 6), ("2024-01-02 03:04:05", 1, 2), (None, 2.5, 5.0),
    ]  # fmt: skip


def test_an_instance_may_be_made_anew_and_dropped(sqlite_people: SqliteDatabase) -> None:
    sqlite_people.add_instance("a", {"people": [(1, "x", "y", 1)]})
    sqlite_people.add_instance("a", {"people": []})
    assert rows(sqlite_people, "SELECT count(*) FROM people", "a") == [(0,)]
    sqlite_people.drop_instance("a")
    sqlite_people.drop_instance("a")
    with pytest.raises(KeyError):
        rows(sqlite_people, "SELECT 1", "a")


@pytest.mark.parametrize(
    ("table", "row", "why"),
    [
        ("people", (1, "Ann"), "table 'people': a row of 2 values for 4 columns"),
        ("people", (), "a row of 0 values"),
        ("visits", (1, None, 3), "a row of 3 values for 5 columns"),
        ("visits", (1, None, -1, None, None), "CHECK constraint failed"),
        ("people", ("one", "Ann", None, None), "datatype mismatch"),
        ("people", (2**70, "Ann", None, None), "too large"),
        ("people", (1, "\ud800", None, None), "surrogates"),
        ("people", (1, ["Ann"], None, None), "type 'list' is not supported"),
    ],
)
def test_a_row_that_does_not_fit_makes_no_instance(
    sqlite_people: SqliteDatabase, table: str, row: tuple[object, ...], why: str
) -> None:
    sqlite_people.add_instance("a", {"people": [(9, "Old", None, None)]})
    with pytest.raises(ValueError, match=why):
        sqlite_people.add_instance("a", {table: [row]})  # type: ignore[list-item]
    assert rows(sqlite_people, "SELECT name FROM people", "a") == [("Old",)]


def test_a_closed_database_is_not_alive(tmp_path: Path) -> None:
    database = load(make_file(tmp_path))
    assert database.is_alive()
    database.close()
    database.close()
    assert not database.is_alive()


def test_text_that_is_not_utf8_stays_told_apart(tmp_path: Path) -> None:
    script = (
        "CREATE TABLE t (x TEXT); INSERT INTO t VALUES (CAST(x'e9' AS TEXT)), (CAST(x'e8' AS TEXT)), ('é');"
    )
    database = load(make_file(tmp_path, script))
    assert rows(database, "SELECT x FROM t") == [("\\xe9",), ("\\xe8",), ("é",)]
    failure = result(database, "SELECT replace(x, 'a', 'b') FROM t")
    assert failure == Failure("error", "a function got a text that is not UTF-8")


def test_a_cell_may_be_as_long_as_those_of_the_database(tmp_path: Path) -> None:
    script = "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1000000)), ('b');"
    database = load(make_file(tmp_path, script))
    assert [len(x) for (x,) in rows(database, "SELECT x FROM t ORDER BY x DESC")] == [1_000_000, 1]
    assert isinstance(result(database, "SELECT zeroblob(9000000)"), Failure)


def test_threads_take_turns(sqlite_people: SqliteDatabase) -> None:
    sqlite_people.add_instance("a", {"people": [(i, str(i), None, None) for i in range(50)]})
    counts: list[object] = []

    def work(instance: str) -> None:
        found = [rows(sqlite_people, "SELECT count(*) FROM people", instance) for _ in range(50)]
        counts.extend((instance, count) for [(count,)] in found)

    threads = [threading.Thread(target=work, args=(instance,)) for instance in ("", "a", "", "a")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 200
    assert set(counts) == {("", 3), ("a", 50)}


@pytest.mark.parametrize("clock", ["yesterday", "2020-01-01 00:00:00+02:00"])
def test_a_clock_that_is_no_utc_moment_is_a_bad_reference(tmp_path: Path, clock: str) -> None:
    with pytest.raises(Unscored, match="clock"):
        open_sqlite(source_of(str(make_file(tmp_path))), clock=clock)


@pytest.mark.timed
def test_reading_a_text_costs_little_and_needs_no_data(sqlite_people: SqliteDatabase) -> None:
    with within(0.2):  # 5 ms on a quiet machine
        for _ in range(500):
            assert not isinstance(
                sqlite_people.read("SELECT name FROM people WHERE pay > 5 ORDER BY name"), Refusal
            )
