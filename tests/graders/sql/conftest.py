"""Small databases for the tests of the SQL grader; each is opened outside the grader's cache."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rewardkit.graders.sql.engines.duckdb_databases import Database, load_database

PEOPLE = """
CREATE TABLE people (id INTEGER, name TEXT, city TEXT, born DATE, pay DECIMAL(10, 2));
INSERT INTO people VALUES
    (1, 'Ann', 'Oslo', '1990-01-02', 10.50), (2, 'Bob', 'Rome', '1985-07-08', 20.00),
    (3, 'Cyd', 'Oslo', '2001-11-30', 20.00), (4, 'Dee', NULL, '1970-05-05', 5.25);
CREATE TABLE visits (person INTEGER, place TEXT, at TIMESTAMP);
INSERT INTO visits VALUES (1, 'zoo', '2024-01-01'), (1, 'zoo', '2024-01-02 10:00'), (2, 'bar', '2024-02-03');
CREATE TABLE nothing (x INTEGER);
"""

Opener = Callable[..., Database]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Open a dump given as text; closed at the end of the test."""
    databases: list[Database] = []

    def open_text(dump: str = PEOPLE, **options: object) -> Database:
        file = tmp_path / f"fixture{len(databases)}.sql"
        file.write_text(dump, encoding="utf-8")
        databases.append(load_database(file, **options))  # type: ignore[arg-type]
        return databases[-1]

    yield open_text
    for database in databases:
        database.connection.close()


@pytest.fixture
def people(opened: Opener) -> Database:
    """Four people and three visits."""
    return opened()


@pytest.fixture
def people_file(tmp_path: Path) -> str:
    """The same as a file, for the whole grader."""
    file = tmp_path / "people.sql"
    file.write_text(PEOPLE, encoding="utf-8")
    return str(file)
