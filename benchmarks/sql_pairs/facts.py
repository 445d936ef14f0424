"""What is known of a database: its columns, keys, references and shipped rows.

A reference is declared (`REFERENCES cars(id)`) or implied: questions' golds join the two columns, and the parent's shipped values are
unique. A key is declared (PRIMARY KEY, UNIQUE) or implied: the parent column of a reference, unique as shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["integer", "decimal", "float", "text", "date", "timestamp", "time", "boolean"]
Cell = Any  # a value of the user's data
ColumnName = tuple[str, str]  # table, column


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    kind: Kind
    nullable: bool
    size: int | None = None  # characters of a VARCHAR, decimals of a DECIMAL
    choices: tuple[Cell, ...] = ()  # the values that a comment of the dump enumerates
    shipped: tuple[Cell, ...] = ()  # distinct shipped values but NULL, as first seen


@dataclass(frozen=True, slots=True)
class Reference:
    child: ColumnName
    parent: ColumnName
    declared: bool


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    schema: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    implied_keys: tuple[tuple[str, ...], ...] = ()
    orders: tuple[
        tuple[int, int], ...
    ] = ()  # positions of dates, the first never after the second as shipped

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def values(self, name: str) -> list[Cell]:
        """The shipped values of a column, one for each row."""
        index = [column.name for column in self.columns].index(name)
        return [row[index] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Schema:
    database: str
    tables: dict[str, Table]
    references: tuple[Reference, ...]
    kin: tuple[frozenset[ColumnName], ...] = ()  # columns that golds compare for equality

    def column(self, name: ColumnName) -> Column:
        """The column of that table and name; KeyError when there is none."""
        column = self.tables[name[0]].column(name[1])
        if column is None:
            raise KeyError(name)
        return column

    def parents(self, table: str) -> list[Reference]:
        """The references that leave a table."""
        return [reference for reference in self.references if reference.child[0] == table]
