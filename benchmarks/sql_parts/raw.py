"""The floor: the engines as they come, with the same rows and nothing round them."""

from __future__ import annotations

import sqlite3

import duckdb

from rewardkit.graders.sql.engines.engine import Query, Row, Table
from rewardkit.graders.sql.engines.schema import TableSchema
from rewardkit.graders.sql.references import Task


def rows_on(task: Task, table: TableSchema, instance: str) -> list[Row]:
    """The rows of a table on an instance."""
    name = f'"{table.schema}"."{table.name}"'
    result = task.database.run(
        Query(f"SELECT * FROM {name}", task.database.engine), instance, max_rows=1_000_000
    )
    assert isinstance(result, Table), result
    return result.rows


class RawDuckDB:
    """The instances of a task in a DuckDB of its own, each with a cursor that is kept."""

    def __init__(self, task: Task) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": "1"})
        self.cursors: list[duckdb.DuckDBPyConnection] = []
        for number, instance in enumerate(task.instances):
            self._fill(task, instance, f"i{number}")

    def _fill(self, task: Task, instance: str, catalog: str) -> None:
        self.connection.execute(f"ATTACH ':memory:' AS {catalog}")
        schemas = list(dict.fromkeys(table.schema for table in task.database.schema.tables.values()))
        for schema in schemas:
            self.connection.execute(f'CREATE SCHEMA IF NOT EXISTS {catalog}."{schema}"')
        for table in task.database.schema.tables.values():
            rows = rows_on(task, table, instance)
            columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
            name = f'{catalog}."{table.schema}"."{table.name}"'
            self.connection.execute(f"CREATE TABLE {name} ({columns})")
            if rows:
                marks = ", ".join(["?"] * len(table.columns))
                self.connection.executemany(
                    f"INSERT INTO {name} VALUES ({marks})", [list(row) for row in rows]
                )
        cursor = self.connection.cursor()
        path = ",".join(f"{catalog}.{schema}" for schema in dict.fromkeys(["main", *schemas]))
        cursor.execute(f"SET search_path = '{path}'")
        self.cursors.append(cursor)

    def run(self, sql: str) -> None:
        """Execute and fetch on every instance."""
        for cursor in self.cursors:
            cursor.execute(sql).fetchall()

    def close(self) -> None:
        """Release it."""
        self.connection.close()


class RawSQLite:
    """The instances of a task as plain in-memory SQLite databases."""

    def __init__(self, task: Task) -> None:
        self.connections: list[sqlite3.Connection] = []
        for instance in task.instances:
            connection = sqlite3.connect(":memory:")
            for table in task.database.schema.tables.values():
                columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
                connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
                rows = rows_on(task, table, instance)
                marks = ", ".join(["?"] * len(table.columns))
                connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
            self.connections.append(connection)

    def run(self, sql: str) -> None:
        """Execute and fetch on every instance."""
        for connection in self.connections:
            connection.execute(sql).fetchall()

    def close(self) -> None:
        """Release them."""
        for connection in self.connections:
            connection.close()
