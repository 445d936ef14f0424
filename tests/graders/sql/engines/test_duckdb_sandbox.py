"""The sandbox alone, as if the gate had let everything through: each attack fails, or leaves nothing behind."""

from pathlib import Path

import duckdb
import pytest
from sql_databases import run

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Failure, Table


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT * FROM parquet_metadata('{file}')",
        "FROM read_json('{file}')",
    ],
)
def test_no_file_is_readable(people: DuckDBDatabase, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a,b\n1,2\n")
    failure = run(people, sql.format(file=file, folder=tmp_path))
    assert isinstance(failure, Failure)
    assert "disabled" in failure.why or "Permission" in failure.why


@pytest.mark.parametrize(
    "sql",
    [
        "COPY people TO '{folder}/out.csv'",
        "COPY people FROM '{folder}/people.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "IMPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/out.duckdb' AS other",
        "ATTACH ':memory:' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "CREATE TABLE stolen AS SELECT 1",
        "CREATE TEMP TABLE people AS SELECT 99",
        "CREATE MACRO lower(x) AS 'hacked'",
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE SEQUENCE s",
        "INSERT INTO people VALUES (9, 'x', 'y', '2000-01-01', 1)",
        "UPDATE people SET name = 'x'",
        "DELETE FROM people",
        "WITH d AS (DELETE FROM people RETURNING *) SELECT * FROM d",
        "DROP TABLE people",
        "ALTER TABLE people DROP COLUMN name",
        "SET threads = 8",
        "SET memory_limit = '8GB'",
        "RESET max_execution_time",
        "SET log_query_path = '{folder}/log'",
        "PRAGMA enable_logging",
        "SET VARIABLE x = 1",
        "PREPARE p AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "CHECKPOINT",
        "COMMIT; DELETE FROM people",
        "DELETE FROM people; SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT * FROM query('DELETE FROM people')",
        "SELECT getenv('HOME')",
    ],
)  # fmt: skip
def test_nothing_is_written_attached_or_unlocked(people: DuckDBDatabase, tmp_path: Path, sql: str) -> None:
    before = sorted(tmp_path.iterdir())
    assert isinstance(run(people, sql.format(folder=tmp_path)), Failure)
    assert sorted(tmp_path.iterdir()) == before
    assert run(people, "SELECT count(*), min(lower(name)), current_setting('threads') FROM people") == Table(
        ("count_star()", 'min(lower("name"))', "current_setting('threads')"), [(4, "ann", 1)]
    )


def test_a_python_variable_of_the_caller_is_not_a_table(people: DuckDBDatabase) -> None:
    gold_df = {"secret": [1]}  # noqa: F841  # a replacement scan would find it by name
    failure = run(people, "SELECT * FROM gold_df")
    assert isinstance(failure, Failure)
    assert "does not exist" in failure.why


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("enable_external_access", False),
        ("python_enable_replacements", False),
        ("autoload_known_extensions", False),
        ("autoinstall_known_extensions", False),
        ("lock_configuration", True),
        ("max_execution_time", 2000),  # a plain SET would leave it 0 on cursors
        ("memory_limit", "244.1 MiB"),
        ("max_temp_directory_size", "0 bytes"),
        ("threads", 1),
    ],
)
def test_every_session_has_the_limits_and_cannot_lift_them(
    people: DuckDBDatabase, name: str, value: object
) -> None:
    cursor = people.connection.cursor()
    assert cursor.execute(f"SELECT current_setting('{name}')").fetchall() == [(value,)]
    for connection in (cursor, people.connection):
        with pytest.raises(duckdb.Error, match=r"locked|cannot"):
            connection.execute(f"RESET {name}")


def test_a_shadowing_temporary_table_does_not_outlive_its_query(people: DuckDBDatabase) -> None:
    cursor = people.connection.cursor()
    cursor.execute("CREATE TEMP TABLE people AS SELECT 99 AS id")
    assert cursor.execute("SELECT max(id) FROM people").fetchall() != []
    assert run(people, "SELECT max(id) FROM people") == Table(("max(id)",), [(4,)])


def test_the_read_only_transaction_refuses_a_delete_inside_a_select(people: DuckDBDatabase) -> None:
    # DuckDB files this under SELECT, so the check of statement types lets it through.
    failure = run(people, "WITH d AS (DELETE FROM people RETURNING *) SELECT * FROM d")
    assert isinstance(failure, Failure)
    assert "read-only" in failure.why
