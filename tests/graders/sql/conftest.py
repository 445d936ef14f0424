"""Small databases for the tests of the SQL grader; each is opened outside the grader's cache."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sql_databases import PEOPLE, load

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase

Opener = Callable[..., DuckDBDatabase]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Open a dump given as text; closed at the end of the test."""
    databases: list[DuckDBDatabase] = []

    def open_text(dump: str = PEOPLE, **options: object) -> DuckDBDatabase:
        file = tmp_path / f"fixture{len(databases)}.sql"
        file.write_text(dump, encoding="utf-8")
        databases.append(load(file, **options))  # type: ignore[arg-type]
        return databases[-1]

    yield open_text
    for database in databases:
        database.close()


@pytest.fixture
def people(opened: Opener) -> DuckDBDatabase:
    """Four people and three visits."""
    return opened()


@pytest.fixture
def people_file(tmp_path: Path) -> str:
    """The same as a file, for the whole grader."""
    file = tmp_path / "people.sql"
    file.write_text(PEOPLE, encoding="utf-8")
    return str(file)
