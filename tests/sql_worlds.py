"""Random small databases for the properties of the SQL grader: two or three tables that point to each other, few values, many NULLs."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["int", "text", "date", "decimal"]
Cell = int | str | date | Decimal | None
Rows = dict[str, list[tuple[Cell, ...]]]

TYPES: dict[Kind, str] = {"int": "INTEGER", "text": "TEXT", "date": "DATE", "decimal": "DECIMAL(6, 2)"}
VALUES: dict[Kind, Sequence[Any]] = {
    "int": range(-2, 7),
    "text": ["ann", "bob", "Bob", "ann lee", "o'neil", ""],
    "date": [date(2024, 2, 27) + timedelta(days=days) for days in (0, 1, 2, 3, 40, 366)],
    "decimal": [Decimal(n) / 4 for n in range(0, 40, 3)],
}


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind
    nullable: bool = True
    points_to: str = ""  # a table, at its id


@dataclass(frozen=True)
class Table:
    """The first column, `id`, is its key."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class World:
    """A database: as the dump of a schema with keys, or as the tables of a sample, which declare nothing."""

    tables: tuple[Table, ...]
    rows: Rows = field(hash=False)

    def dump(self) -> str:
        """CREATE and INSERT statements."""
        return "\n".join(statement for table in self.tables for statement in self._statements(table))

    def as_tables(self) -> dict[str, Any]:
        """The tables as a sample holds them."""
        return {
            table.name: {
                "columns": [column.name for column in table.columns],
                "rows": [list(row) for row in self.rows[table.name]],
            }
            for table in self.tables
        }

    def _statements(self, table: Table) -> Iterator[str]:
        yield f"CREATE TABLE {table.name} ({', '.join(map(_declared, table.columns))});"
        if self.rows[table.name]:
            rows = ", ".join(f"({', '.join(map(literal, row))})" for row in self.rows[table.name])
            yield f"INSERT INTO {table.name} VALUES {rows};"

    def refilled(self, seed: int) -> World:
        """The same tables with other rows, which honour their keys; the first row of each holds no NULL, which would hide a type."""
        rng = random.Random(seed)
        rows: Rows = {}
        for table in self.tables:
            count = rng.choice((2, 4, 8, 14))
            rows[table.name] = [
                tuple(_cell(column, number, rows, rng, empty=i > 0) for column in table.columns)
                for i, number in enumerate(rng.sample(range(1, 30), count))
            ]
        return replace(self, rows=rows)


def _declared(column: Column) -> str:
    if column.name == "id":
        return "id INTEGER PRIMARY KEY"
    points = f" REFERENCES {column.points_to} (id)" if column.points_to else ""
    return f"{column.name} {TYPES[column.kind]}{'' if column.nullable else ' NOT NULL'}{points}"


def _cell(column: Column, number: int, rows: Rows, rng: random.Random, *, empty: bool) -> Cell:
    if column.name == "id":
        return number
    if empty and column.nullable and rng.random() < 0.25:
        return None
    return rng.choice(rows[column.points_to])[0] if column.points_to else rng.choice(VALUES[column.kind])


def literal(value: Cell) -> str:
    """A value as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE '{value}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def random_world(rng: random.Random) -> World:
    """Each table after the first points to the one before."""
    tables: list[Table] = []
    for name in ("people", "visits", "notes")[: rng.choice((2, 3))]:
        columns = [Column("id", "int", nullable=False)]
        if tables:
            columns.append(Column(f"{tables[-1].name}_id", "int", rng.random() < 0.5, tables[-1].name))
        kinds = rng.choices(list(TYPES), k=rng.choice((2, 3)))
        columns += [Column(f"{'abc'[i]}_{kind}", kind, rng.random() < 0.6) for i, kind in enumerate(kinds)]
        tables.append(Table(name, tuple(columns)))
    return World(tuple(tables), {}).refilled(rng.randrange(10**6))
