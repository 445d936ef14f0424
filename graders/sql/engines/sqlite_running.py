"""Compile a query and run it on a guarded connection; the result is a table or a typed failure."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from rewardkit import Unscored

from .engine import MAX_CELLS, Failure, Query, Refusal, Row, Table
from .gate import unclosed
from .sqlite_authorizer import Authorizer
from .sqlite_limits import Bounds

_RESULT_BYTES = 64 * 2**20

# What SQLite's compiler says of a text that cannot run whatever the tables are.
_NO_SQL = re.compile(r"syntax error|unrecognized token|incomplete input")
_TOO_LARGE = re.compile(
    r"stack overflow|too many terms|too large|too many columns|too many arguments|too big|tables in a join|too many FROM"
)
_DAMAGED = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A connection with everything that keeps a query within its bounds."""

    connection: sqlite3.Connection
    authorizer: Authorizer
    bounds: Bounds


def compiled(guarded: Guarded, sql: str) -> Query | Refusal:
    """The query, with the failure that it will be where a name or a type is wrong; a Refusal where it is no query or not allowed."""
    error = _compile(guarded, sql)
    if error is None:
        return Query(sql, "sqlite")
    message, whole = _message(error), str(error)  # of which the query's own line breaks may be a part
    if guarded.authorizer.denied:
        return Refusal(guarded.authorizer.denied)
    if isinstance(error, MemoryError) or guarded.bounds.is_over():
        return Refusal("takes more time or memory to compile than a query may use")
    if message.startswith("no such"):
        return Query(sql, "sqlite", Failure("unbound", message))
    if "SQL variables" in message or "variable number" in message:
        return Refusal("has a placeholder for a parameter")
    if _NO_SQL.search(whole):
        return Refusal(f"does not parse: {unclosed(sql) or message}")
    if _TOO_LARGE.search(whole):
        return Refusal(f"is too large: {message}")
    return Query(sql, "sqlite", Failure("unbound", message))


def run(guarded: Guarded, query: Query, max_rows: int, name: str) -> Table | Failure:
    """The rows of the query. Unscored (bad_reference) where the database itself, called `name`, is damaged."""
    if isinstance(query.handle, Failure):
        return query.handle
    guarded.bounds.start()
    try:
        return _fetch(guarded, query.sql, max_rows)
    except (sqlite3.Error, MemoryError) as error:
        if _is_broken_text(error):
            return _with_broken_text(guarded, query.sql, max_rows, name)
        return _failure(guarded, query.sql, error, name)


def _compile(guarded: Guarded, sql: str) -> Exception | None:
    guarded.authorizer.denied = ""
    guarded.bounds.start()
    try:
        guarded.connection.execute(f"EXPLAIN {sql}").close()
    except (sqlite3.Error, MemoryError) as error:
        return error
    return None


def _fetch(guarded: Guarded, sql: str, max_rows: int) -> Table | Failure:
    cursor = guarded.connection.execute(sql)
    try:
        if cursor.description is None:
            return Failure("error", "gives no rows: only a query does")
        names = tuple([column[0] for column in cursor.description])
        most = min(max_rows, MAX_CELLS // len(names))
        # So many rows that even the longest values stay within the bound; most results end here.
        at_once = min(max(1, _RESULT_BYTES // guarded.bounds.longest // len(names)), most + 1)
        rows: list[Row] = cursor.fetchmany(at_once)
        part, size = rows, 0
        while len(part) == at_once and len(rows) <= most:
            size += sum(len(cell) for row in part for cell in row if isinstance(cell, str | bytes))
            if size > _RESULT_BYTES:
                raise MemoryError
            if guarded.bounds.is_over():
                return _timeout()
            part = cursor.fetchmany(at_once)
            rows += part
    finally:
        cursor.close()
    if len(rows) > most:
        wide = f" of {len(names)} columns" if most < max_rows else ""
        return Failure("too_many_rows", f"more than {most:,} rows{wide}")
    return Table(names, rows)


def _with_broken_text(guarded: Guarded, sql: str, max_rows: int, name: str) -> Table | Failure:
    """Once more, with the bytes that are no UTF-8 written as \\xe9, so that different ones stay different."""
    guarded.connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    try:
        return _fetch(guarded, sql, max_rows)
    except (sqlite3.Error, MemoryError) as error:
        return _failure(guarded, sql, error, name)
    finally:
        guarded.connection.text_factory = str


def _is_broken_text(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith("Could not decode to UTF-8")


def _failure(guarded: Guarded, sql: str, error: Exception, name: str) -> Failure:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT or guarded.bounds.is_over():
        return _timeout()
    if isinstance(error, MemoryError) or code == sqlite3.SQLITE_NOMEM:
        return Failure("memory", "needs more memory than a query may use")
    if code in _DAMAGED:
        raise Unscored(f"database {name} is damaged: {error}", cause="bad_reference")
    if _compile(guarded, sql) is not None:
        return Failure(
            "error" if guarded.authorizer.denied else "unbound", guarded.authorizer.denied or _message(error)
        )
    if "user-defined function" in str(error):
        return Failure("error", "a function got a text that is not UTF-8")
    return Failure("error", _message(error))


def _timeout() -> Failure:
    return Failure("timeout", "ran longer than the query's time limit")


def _message(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
