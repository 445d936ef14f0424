"""Which made-up rows a CHECK constraint forbids, and the values it names."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Database
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.engines.schema import Column, TableSchema
from rewardkit.graders.sql.instances.checks import checked_values, forbidden

Opened = Callable[..., DuckDBDatabase]

BOOKINGS = """
CREATE TABLE bookings (id INTEGER PRIMARY KEY, stars INTEGER CHECK (stars BETWEEN 1 AND 5), price DECIMAL(8, 2) CHECK (price > 9.5),
    starts DATE, ends DATE, note TEXT CHECK (note <> 'it''s'), CHECK (ends >= starts));
"""
ROWS = [
    (1, 3, "10.00", "2024-01-01", "2024-01-02", "fine"),
    (2, 9, "10.00", "2024-01-01", "2024-01-02", "too many stars"),
    (3, 3, "9.00", "2024-01-01", "2024-01-02", "too cheap"),
    (4, 3, "10.00", "2024-01-03", "2024-01-02", "ends too early"),
    (5, 3, "10.00", "2024-01-01", "2024-01-02", "it's"),
    (6, None, None, None, "2024-01-02", None),
]


def sqlite(folder: Path) -> Database:
    file = folder / "bookings.sqlite"
    with sqlite3.connect(file) as connection:
        connection.executescript(BOOKINGS)
    return open_database(str(file), engine="sqlite")


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_the_engine_says_which_rows_are_forbidden(opened: Opened, tmp_path: Path, engine: str) -> None:
    database: Database = opened(BOOKINGS) if engine == "duckdb" else sqlite(tmp_path)
    assert forbidden(database, database.schema.tables["bookings"], ROWS) == {1, 2, 3, 4}


def test_more_rows_than_one_query_holds_are_numbered_on(opened: Opened) -> None:
    database = opened(BOOKINGS)
    rows = [ROWS[0]] * 150 + [ROWS[1]]
    assert forbidden(database, database.schema.tables["bookings"], rows) == {150}


def test_a_table_without_checks_forbids_nothing(people: DuckDBDatabase) -> None:
    assert forbidden(people, people.schema.tables["nothing"], [(1,)]) == set()


def test_a_check_that_the_engine_cannot_run_forbids_nothing(people: DuckDBDatabase) -> None:
    table = TableSchema("t", "main", (Column("x", "INTEGER"),), checks=("no_such_function(x)",))
    assert forbidden(people, table, [(1,)]) == set()


@pytest.mark.parametrize(
    ("type_", "check", "values"),
    [
        ("INTEGER", "x BETWEEN 1 AND 5", [1, 5]),
        ("INTEGER", "x IN (1, 2) OR x > 10", [1, 2, 10]),
        ("DECIMAL(6,2)", "x >= 0.5", ["0.5"]),
        ("DOUBLE", "x < 1", [1.0]),
        ("VARCHAR", "x IN ('open', 'it''s')", ["open", "it's"]),
        ("DATE", "x > CAST('2000-01-01' AS DATE)", ["2000-01-01"]),
        ("VARCHAR", "length(x) > 2", []),
        ("INTEGER", "y = 3", []),
        ("INTEGER", "x IN (", []),
    ],
)
def test_constants_that_a_column_is_compared_with_are_values_of_it(
    type_: str, check: str, values: list[object]
) -> None:
    column = Column("X", type_)
    assert sorted(
        checked_values(TableSchema("t", "main", (column,), checks=(check,)), column), key=str
    ) == sorted(values, key=str)
