"""The facts of a database that the grader relies on: tables, columns, keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


def with_foreign_keys(
    tables: Mapping[str, TableSchema], foreign: Mapping[str, Sequence[ForeignKey]]
) -> Schema:
    """The schema with further foreign keys; one without target columns points to the primary key, one that leads nowhere is left out."""
    return Schema(
        {
            key: replace(table, foreign=tuple(_resolved((*table.foreign, *foreign.get(key, ())), tables)))
            for key, table in tables.items()
        }
    )


def _resolved(pointers: Sequence[ForeignKey], tables: Mapping[str, TableSchema]) -> Iterator[ForeignKey]:
    for pointer in pointers:
        target = tables.get(pointer.table)
        if target is None:
            continue
        references = pointer.references or (target.keys[0] if target.keys else ())
        if len(references) == len(pointer.columns):
            yield ForeignKey(pointer.columns, pointer.table, references)


def quoted(name: str) -> str:
    """A name as SQL text."""
    return '"' + name.replace('"', '""') + '"'
