"""Run a .sql dump of SQLite's own dialect, such as `sqlite3 file .dump` writes, on a connection in memory."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .mysql_dumps import told_as_mysql

_BEFORE = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
_QUOTED_OR_END = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|;""", re.DOTALL)
_SERIAL = re.compile(r"\b(small|big)?serial\b", re.IGNORECASE)


def run_dump(connection: sqlite3.Connection, file: Path) -> None:
    """Make and fill what the dump says, in memory only; ValueError names the line of the first statement that fails."""
    text = file.read_text(encoding="utf-8-sig")
    with told_as_mysql(text):
        _run(connection, text)
    _refuse_serial(connection)


def _run(connection: sqlite3.Connection, text: str) -> None:
    connection.set_authorizer(_loading)
    line = 1
    for statement in _statements(text):
        try:
            connection.execute(statement)
        except sqlite3.Error as error:
            before = _BEFORE.match(statement)
            line += statement.count("\n", 0, before.end() if before else 0)
            raise ValueError(f"line {line}: {error}") from None
        line += statement.count("\n")
    if connection.in_transaction:
        connection.execute("COMMIT")
    connection.set_authorizer(None)


def _statements(text: str) -> Iterator[str]:
    """The statements, each with what lies before it, cut at the semicolons that end one: not in texts, comments, or bodies of triggers."""
    start = 0
    for sign in _QUOTED_OR_END.finditer(text):
        if sign.group() != ";":
            continue
        statement = text[start : sign.end()]
        if "trigger" not in statement.lower() or sqlite3.complete_statement(statement):
            yield statement
            start = sign.end()
    if text[start:].strip():
        yield text[start:]


def _loading(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    """A dump attaches no file and makes no virtual table, and its PRAGMAs (foreign_keys=OFF) do nothing."""
    if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_VTABLE):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_IGNORE if action == sqlite3.SQLITE_PRAGMA else sqlite3.SQLITE_OK


def _refuse_serial(connection: sqlite3.Connection) -> None:
    """SQLite takes any word for a type, and a SERIAL key would silently be NULL."""
    for name, sql in connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    ).fetchall():
        if sql and _SERIAL.search(sql):
            raise ValueError(
                f"table {name!r} has a SERIAL column, which does not count up in SQLite; "
                "write INTEGER PRIMARY KEY, or use engine='duckdb'"
            )
