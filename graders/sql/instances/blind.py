"""Answers that know the tables but not the question: an instance has to tell them from the gold, and partial credit starts above them."""

from __future__ import annotations

from collections.abc import Iterator

from ..engines.schema import Schema, TableSchema, quoted

MAX_TABLES = 6
MAX_COLUMNS = 6
CONSTANTS = ("SELECT 0", "SELECT 1", "SELECT NULL")


def blind_queries(schema: Schema, tables: frozenset[str]) -> list[str]:
    """Whole tables, their counts, single columns, and constants; `tables` are the lower-case names of those that the gold reads."""
    return [
        *CONSTANTS,
        *(sql for name in sorted(tables)[:MAX_TABLES] for sql in _of_table(schema.tables[name])),
    ]


def _of_table(table: TableSchema) -> Iterator[str]:
    name = f"{quoted(table.schema)}.{quoted(table.name)}"
    yield f"SELECT * FROM {name}"
    yield f"SELECT count(*) FROM {name}"
    for column in table.columns[:MAX_COLUMNS]:
        yield f"SELECT {quoted(column.name)} FROM {name}"
