"""The facts of a database that the grader relies on: tables, columns, keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name as declared, its type in the engine's words, and whether it may be NULL.

    guessed: that it may not was only concluded from its values.
    """

    name: str
    type: str
    nullable: bool = True
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of the table that holds it point to `references`, the columns of `table` (a key of `Schema.tables`)."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table or a view.

    schema: the schema it lies in ("main" for SQLite).
    keys: sets of columns that are unique together, the primary key first; its columns are not nullable.
    checks: the conditions of CHECK constraints, as SQL of the engine.
    view: a view has no rows of its own.
    """

    name: str
    schema: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...] = ()
    foreign: tuple[ForeignKey, ...] = ()
    checks: tuple[str, ...] = ()
    view: bool = False


@dataclass(frozen=True)
class Schema:
    """Tables by lower-case name. A name that two schemas use is held once, for the first schema on the search path."""

    tables: Mapping[str, TableSchema] = field(default_factory=dict)

    def columns(self) -> dict[str, dict[str, str]]:
        """Types by column by table, all names in lower case."""
        return {
            name: {column.name.lower(): column.type for column in table.columns}
            for name, table in self.tables.items()
        }


def with_declared(tables: Mapping[str, TableSchema], declared: Mapping[str, TableSchema]) -> Schema:
    """The schema with what is `declared` of its tables elsewhere: keys, foreign keys, checks, and columns that are never NULL.

    A foreign key without target columns points to the primary key; a key over columns that are not there is left out.
    """
    merged = {
        name: _merged(table, declared[name]) if name in declared else table for name, table in tables.items()
    }
    return Schema(
        {name: replace(table, foreign=tuple(_resolved(table, merged))) for name, table in merged.items()}
    )


def _merged(table: TableSchema, declared: TableSchema) -> TableSchema:
    """A table with more constraints, in its own spelling of the names; the declared primary key comes first."""
    names = {column.name.lower(): column.name for column in table.columns}
    required = {column.name.lower() for column in declared.columns if not column.nullable}
    keys = [tuple(names.get(column.lower(), "") for column in key) for key in (*declared.keys, *table.keys)]
    return replace(
        table,
        columns=tuple(
            replace(column, nullable=column.nullable and column.name.lower() not in required)
            for column in table.columns
        ),
        keys=tuple(dict.fromkeys(key for key in keys if "" not in key)),
        foreign=tuple(dict.fromkeys((*table.foreign, *declared.foreign))),
        checks=tuple(dict.fromkeys((*table.checks, *declared.checks))),
    )


def _resolved(table: TableSchema, tables: Mapping[str, TableSchema]) -> Iterator[ForeignKey]:
    for pointer in table.foreign:
        target = tables.get(pointer.table)
        if target is None:
            continue
        references = pointer.references or (target.keys[0] if target.keys else ())
        if (
            len(references) == len(pointer.columns)
            and _has_all(table, pointer.columns)
            and _has_all(target, references)
        ):
            yield ForeignKey(pointer.columns, pointer.table, references)


def _has_all(table: TableSchema, columns: Iterable[str]) -> bool:
    return {column.lower() for column in columns} <= {column.name.lower() for column in table.columns}


def quoted(name: str) -> str:
    """A name as SQL text."""
    return '"' + name.replace('"', '""') + '"'
