"""The facts of a SQLite database: tables, views, columns and keys, and the statements that make an empty one like it.

Virtual tables (full-text search, R-trees) and the tables that they keep are left out: no query may read them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from .schema import Column, ForeignKey, Schema, TableSchema, with_declared

_GENERATED = (2, 3)  # of PRAGMA table_xinfo's column `hidden`
_MASTER = """
    SELECT type, name, sql FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql IS NOT NULL ORDER BY rowid
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a database is made of.

    names: of its tables and views, as declared.
    tables, views: the CREATE statements, in the order in which they were made.
    stored: the positions of a table's columns that hold values of their own, by the schema's name; generated columns do not.
    hidden: lower-case names of virtual tables and of the tables that they keep.
    """

    schema: Schema
    names: tuple[str, ...]
    tables: tuple[str, ...]
    views: tuple[str, ...]
    stored: dict[str, tuple[int, ...]]
    hidden: frozenset[str]


def layout_of(connection: sqlite3.Connection) -> Layout:
    """What the connection's database is made of; ValueError when it has no tables."""
    made = [(str(kind), str(name), str(sql)) for kind, name, sql in connection.execute(_MASTER).fetchall()]
    hidden = _virtual(connection)
    made = [each for each in made if each[1].lower() not in hidden]
    tables: dict[str, TableSchema] = {}
    stored: dict[str, tuple[int, ...]] = {}
    for kind, name, sql in made:
        try:
            columns = _columns(connection, name)
        except sqlite3.OperationalError:  # a view of what is not there
            continue
        tables[name.lower()] = _table(connection, name, sql, columns, view=kind == "view")
        stored[name.lower()] = tuple(i for i, column in enumerate(columns) if column[-1] not in _GENERATED)
    if not tables:
        raise ValueError("holds no tables")
    return Layout(
        with_declared(tables, {}),
        tuple(table.name for table in tables.values()),
        tuple(sql for kind, name, sql in made if kind == "table"),
        tuple(sql for kind, name, sql in made if kind == "view" and name.lower() in tables),
        stored,
        hidden,
    )


def unsorted(create_table: str) -> str:
    """The statement for a table whose rows lie as they were put in: an INTEGER PRIMARY KEY would sort them, an INT PRIMARY KEY does not."""
    try:
        tokens = sqlglot.tokenize(create_table, dialect="sqlite")
    except SqlglotError:
        return create_table
    parts = list(create_table)
    for token in tokens:
        if token.token_type == TokenType.INT:
            parts[token.start : token.end + 1] = ["INT"] + [""] * (token.end - token.start)
        elif token.token_type == TokenType.AUTO_INCREMENT:
            parts[token.start : token.end + 1] = [""] * (token.end - token.start + 1)
    return "".join(parts)


def _virtual(connection: sqlite3.Connection) -> frozenset[str]:
    rows = connection.execute("PRAGMA table_list").fetchall()
    return frozenset(str(row[1]).lower() for row in rows if row[2] in ("virtual", "shadow"))


def _columns(connection: sqlite3.Connection, name: str) -> list[tuple[str, str, bool, int, int]]:
    """Name, declared type, NOT NULL, position in the primary key (from 1; 0: none), and how it is hidden."""
    rows = connection.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
    return [
        (str(column), str(kind), bool(not_null), int(key), int(hidden))
        for _, column, kind, not_null, _, key, hidden in rows
    ]


def _table(
    connection: sqlite3.Connection,
    name: str,
    sql: str,
    columns: list[tuple[str, str, bool, int, int]],
    *,
    view: bool,
) -> TableSchema:
    facts = tuple(Column(column, kind, not (not_null or key)) for column, kind, not_null, key, _ in columns)
    if view:
        return TableSchema(name, "main", facts, view=True)
    primary = tuple(column for _, column in sorted((key, column) for column, _, _, key, _ in columns if key))
    keys = [primary] if primary else []
    keys += [key for key in _unique(connection, name) if key not in keys]
    return TableSchema(name, "main", facts, tuple(keys), tuple(_foreign(connection, name)), _checks(sql))


def _unique(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, ...]]:
    """The columns of each unique index over whole columns and all rows, as declared first to last."""
    for _, index, unique, _, partial in reversed(
        connection.execute(f"PRAGMA index_list({quoted(table)})").fetchall()
    ):
        names = [name for _, _, name in connection.execute(f"PRAGMA index_info({quoted(str(index))})")]
        if unique and not partial and None not in names:
            yield tuple(map(str, names))


def _foreign(connection: sqlite3.Connection, table: str) -> Iterator[ForeignKey]:
    """As declared first to last; without target columns where the statement names none."""
    groups: dict[int, list[tuple[str, str, str | None]]] = {}
    for number, _, target, source, column, *_ in connection.execute(
        f"PRAGMA foreign_key_list({quoted(table)})"
    ):
        groups.setdefault(int(number), []).append((str(target), str(source), column))
    for number in sorted(groups, reverse=True):
        pairs = groups[number]
        references = tuple(column for _, _, column in pairs if column is not None)
        yield ForeignKey(tuple(source for _, source, _ in pairs), pairs[0][0].lower(), references)


def _checks(sql: str) -> tuple[str, ...]:
    """The conditions of CHECK constraints, where sqlglot can read the statement."""
    if "check" not in sql.lower():
        return ()
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except (SqlglotError, RecursionError):
        return ()
    return tuple(check.this.sql(dialect="sqlite") for check in tree.find_all(exp.CheckColumnConstraint))


def quoted(name: str) -> str:
    """The name as SQL text."""
    return '"' + name.replace('"', '""') + '"'
