"""A small database for the tests of the SQL grader, and queries on it that no gate has seen."""

from pathlib import Path

from rewardkit.graders.sql.engines.duckdb_clock import DEFAULT_CLOCK
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase, open_duckdb
from rewardkit.graders.sql.engines.engine import Database, Failure, Query, Row, Table
from rewardkit.graders.sql.engines.sources import source_of

PEOPLE = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, pay DECIMAL(10, 2));
INSERT INTO people VALUES
    (1, 'Ann', 'Oslo', '1990-01-02', 10.50), (2, 'Bob', 'Rome', '1985-07-08', 20.00),
    (3, 'Cyd', 'Oslo', '2001-11-30', 20.00), (4, 'Dee', NULL, '1970-05-05', 5.25);
CREATE TABLE visits (person INTEGER, place TEXT, at TIMESTAMP);
INSERT INTO visits VALUES (1, 'zoo', '2024-01-01'), (1, 'zoo', '2024-01-02 10:00'), (2, 'bar', '2024-02-03');
CREATE TABLE nothing (x INTEGER);
"""


def load(file: Path, *, clock: str = DEFAULT_CLOCK, limit_ms: int = 2_000) -> DuckDBDatabase:
    """A database opened outside the grader's cache."""
    return open_duckdb(source_of(str(file)), clock=clock, limit_ms=limit_ms)


def run(database: Database, sql: str, instance: str = "") -> Table | Failure:
    """The result of `sql`, as if the gate had let it through."""
    return database.run(Query(sql, database.engine), instance)


def rows(database: Database, sql: str, instance: str = "") -> list[Row]:
    """The rows of `sql`, which has to run."""
    table = run(database, sql, instance)
    assert isinstance(table, Table), table
    return table.rows
