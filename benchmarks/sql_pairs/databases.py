"""Instances of one schema side by side in one DuckDB connection, each in its own attached in-memory catalog.

databases = Databases(schema)
databases.add(rows)                      # rows: table -> list of tuples; the number of the instance
databases.run(0, "SELECT count(*) FROM t").rows
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .clock import connect
from .facts import Cell, Schema, Table
from .watchdog import Watchdog

Row = tuple[Cell, ...]
Rows = Mapping[str, Sequence[Row]]
SECONDS = 1.0  # a query that runs longer is interrupted: a mutant that lost its join


@dataclass(frozen=True, slots=True)
class Result:
    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Row]


class Databases:
    """The instances; number 0 is the first one added."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.connection = connect()
        self.count = 0
        self._current = -1
        self._watchdog = Watchdog(self.connection, SECONDS)

    def add(self, rows: Rows, tables: Iterable[str] | None = None) -> int:
        """Attach an instance with these tables (all when None), those without rows empty; gives its number."""
        number, self.count = self.count, self.count + 1
        self.connection.execute(f"ATTACH ':memory:' AS i{number}")
        names = self.schema.tables if tables is None else set(tables) & set(self.schema.tables)
        for schema in {"main", "public"} | {self.schema.tables[name].schema for name in names}:
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS i{number}.{schema}")
        for name in names:
            self._fill(number, self.schema.tables[name], rows.get(name, ()))
        return number

    def drop(self, number: int) -> None:
        """Detach an instance; its number is not used again."""
        self.connection.execute("USE memory")
        self._current = -1
        self.connection.execute(f"DETACH i{number}")

    def run(self, number: int, sql: str) -> Result:
        """The result of a query on an instance; raises duckdb.Error, InterruptException after SECONDS."""
        if number != self._current:
            self.connection.execute(f"SET search_path = 'i{number}.main,i{number}.public,memory.main'")
            self._current = number
        with self._watchdog:
            return self._result(sql)

    def _result(self, sql: str) -> Result:
        cursor = self.connection.execute(sql)
        names = tuple(str(column[0]) for column in cursor.description)
        types = tuple(str(column[1]) for column in cursor.description)
        if any("TIME ZONE" in type_ for type_ in types):
            cursor = self.connection.execute(_without_zones(sql, types))
        return Result(names, types, cursor.fetchall())

    def _fill(self, number: int, table: Table, rows: Sequence[Row]) -> None:
        name = f'i{number}.{table.schema}."{table.name}"'
        self.connection.execute(f"CREATE TABLE {name} ({_columns(table)})")
        if rows:
            columns = ", ".join(f"unnest(${i + 1})" for i in range(len(table.columns)))
            self.connection.execute(
                f"INSERT INTO {name} SELECT {columns}", [list(c) for c in zip(*rows, strict=True)]
            )


def _columns(table: Table) -> str:
    lines = [f'"{c.name}" {c.type}{"" if c.nullable else " NOT NULL"}' for c in table.columns]
    keys = ["UNIQUE (" + ", ".join(f'"{name}"' for name in key) + ")" for key in table.keys]
    return ", ".join(lines + keys)


def _without_zones(sql: str, types: Sequence[str]) -> str:
    """The query with its moments as UTC timestamps: Python gets zoned ones only with the package pytz."""
    names = ", ".join(f"c{i}" for i in range(len(types)))
    casts = ", ".join(f"c{i}::TIMESTAMP" if "TIME ZONE" in t else f"c{i}" for i, t in enumerate(types))
    return f"SELECT {casts} FROM ({sql.strip().rstrip(';')}) AS q({names})"
