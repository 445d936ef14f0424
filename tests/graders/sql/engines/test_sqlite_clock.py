import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from rewardkit.graders.sql.engines.sqlite_clock import clock_functions
from rewardkit.graders.sql.engines.sqlite_loading import connect

MOMENT = datetime(2020, 5, 6, 7, 8, 9, 123_000)


@pytest.fixture
def clocked() -> Iterator[sqlite3.Connection]:
    with closing(connect(clock_functions(MOMENT))) as connection:
        yield connection


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("CURRENT_TIMESTAMP", "2020-05-06 07:08:09"),
        ("current_date", "2020-05-06"),
        ("CURRENT_TIME", "07:08:09"),
        ("date()", "2020-05-06"),
        ("date('now')", "2020-05-06"),
        ("date('NOW')", "2020-05-06"),
        ("date('n' || 'ow')", "2020-05-06"),
        ("date(x'6e6f77')", "2020-05-06"),
        ("time('now')", "07:08:09"),
        ("datetime('now', '-1 day', 'start of month')", "2020-05-01 00:00:00"),
        ("datetime('now', 'localtime')", "2020-05-06 07:08:09"),
        ("datetime('2020-01-01 10:00:00', 'UTC')", "2020-01-01 10:00:00"),
        ("strftime('%Y-%f')", "2020-09.123"),
        ("strftime('%s', 'now')", "1588748889"),
        ("strftime('now', '2021-01-01')", "now"),
        ("unixepoch()", 1588748889),
        ("julianday('now') - julianday('2020-05-06') BETWEEN 0.29 AND 0.3", 1),
    ],
)
def test_the_clock_stands_still_for_every_way_to_ask(
    clocked: sqlite3.Connection, sql: str, value: object
) -> None:
    assert clocked.execute(f"SELECT {sql}").fetchone() == (value,)


@pytest.mark.parametrize(
    "call",
    [
        "date('2024-02-30')", "date(NULL)", "date('nonsense')", "date(2460000.5)", "date(2460000)", "datetime(1700000000, 'unixepoch')",
        "date('2024-01-31', '+1 month')", "strftime('%d.%m.%Y %H:%M', '2024-01-02 03:04')", "strftime('%W', '2024-01-02', 'weekday 0')",
        "strftime(NULL, '2024-01-01')", "julianday('2024-01-01')", "time('12:00', '+90 minutes')", "strftime()", "date('2024-01-01', NULL)",
        "strftime(1, '2024-01-01')", "strftime(1.0, '2024-01-01')",
    ],
)  # fmt: skip
def test_other_calls_give_what_sqlite_gives(clocked: sqlite3.Connection, call: str) -> None:
    with closing(sqlite3.connect(":memory:")) as plain:
        expected = plain.execute(f"SELECT {call}").fetchone()
    assert [clocked.execute(f"SELECT {call}").fetchone() for _ in range(2)] == [expected] * 2


def test_views_defaults_and_generated_columns_see_the_same_moment(clocked: sqlite3.Connection) -> None:
    clocked.execute(
        "CREATE TABLE t (x, at TEXT DEFAULT CURRENT_TIMESTAMP, day DEFAULT (date('now')), y AS (strftime('%Y', x)))"
    )
    clocked.execute("CREATE VIEW v AS SELECT date('now', '-1 day') AS yesterday, * FROM t")
    clocked.execute("INSERT INTO t (x) VALUES ('1999-01-01')")
    assert clocked.execute("SELECT * FROM v").fetchall() == [
        ("2020-05-05", "1999-01-01", "2020-05-06 07:08:09", "2020-05-06", "1999")
    ]
