"""Constraints of tables that came without any: a CSV file, a Parquet file or a dict cannot declare what may be NULL or what is a key.

A column without a NULL is taken as NOT NULL, unless a gold query asks whether it is NULL (`instances/hints.py`); a column called `id`, or like its table with `_id`, whose values all differ, as the primary key.
Dumps and database files do declare such things, and are taken at their word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .schema import Schema, TableSchema

Count = Callable[[str], Sequence[int]]
"""The single row of a query that counts."""


def with_inferred(schema: Schema, count: Count) -> Schema:
    """The schema with what the rows suggest; a table without rows is left as it is."""
    return Schema({key: _inferred(table, count) for key, table in schema.tables.items()})


def _inferred(table: TableSchema, count: Count) -> TableSchema:
    columns = [_quoted(column.name) for column in table.columns]
    counts = count(
        f"SELECT count(*), {', '.join(f'count({name}), count(DISTINCT {name})' for name in columns)} FROM {_quoted(table.name)}"
    )
    rows, pairs = counts[0], list(zip(counts[1::2], counts[2::2], strict=True))
    if not rows or table.view:
        return table
    found = tuple(
        replace(column, nullable=False, guessed=True) if column.nullable and present == rows else column
        for column, (present, _) in zip(table.columns, pairs, strict=True)
    )
    keys = [
        (column.name,)
        for column, (_, distinct) in zip(table.columns, pairs, strict=True)
        if distinct == rows > 1 and column.name.lower() in _key_names(table.name.lower())
    ]
    return replace(table, columns=found, keys=table.keys or tuple(keys[:1]))


def _key_names(table: str) -> set[str]:
    return {
        "id",
        f"{table}_id",
        f"{table.removesuffix('s')}_id",
        f"{table}id",
        f"{table.removesuffix('s')}id",
    }


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
