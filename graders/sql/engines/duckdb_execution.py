"""Run one query that passed the gate, read-only, bounded in time and rows; the result is a table or a typed failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import duckdb

if TYPE_CHECKING:
    from .duckdb_databases import Database

MAX_ROWS = 10_000

FailureKind = Literal["error", "timeout", "memory", "too_many_rows"]


@dataclass(frozen=True, slots=True)
class Table:
    """A result: column names (may repeat) and rows in the order in which they came."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a query gave no table."""

    kind: FailureKind
    why: str


def run(database: Database, sql: str, *, max_rows: int = MAX_ROWS) -> Table | Failure:
    """The rows of `sql` on `database`, in a read-only transaction that is rolled back."""
    return _guarded(database, lambda cursor: _fetch(cursor, sql, max_rows))


def bind(database: Database, sql: str) -> Failure | None:
    """None when every table, column and type of `sql` exists; touches no rows."""
    done = _guarded(database, lambda cursor: _explain(cursor, sql))
    return done if isinstance(done, Failure) else None


def _guarded(
    database: Database, action: Callable[[duckdb.DuckDBPyConnection], Table | Failure]
) -> Table | Failure:
    """A fresh cursor each time: temporary tables and settings die with it, so no query sees what another one left."""
    cursor = database.cursor()
    try:
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        return action(cursor)
    except (duckdb.Error, ValueError, OverflowError) as error:  # the last two: dates that Python cannot hold
        return _failure(error)
    finally:
        cursor.close()  # rolls back


def _explain(cursor: duckdb.DuckDBPyConnection, sql: str) -> Table | Failure:
    refusal = _not_one_select(cursor, sql)
    if refusal:
        return refusal
    cursor.execute(f"EXPLAIN {sql}")
    return Table((), [])


def _fetch(cursor: duckdb.DuckDBPyConnection, sql: str, max_rows: int) -> Table | Failure:
    refusal = _not_one_select(cursor, sql)
    if refusal:
        return refusal
    cursor.execute(sql)
    description = cursor.description or []
    if any("WITH TIME ZONE" in str(column[1]) for column in description):
        cursor.execute(_without_time_zones(sql, [str(column[1]) for column in description]))
    rows = cursor.fetchmany(max_rows + 1)
    if len(rows) > max_rows:
        return Failure("too_many_rows", f"more than {max_rows:,} rows")
    return Table(tuple(str(column[0]) for column in description), rows)


def _not_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> Failure | None:
    """DuckDB's own parser has to agree with the gate's that this is one SELECT: two parsers, one loophole fewer."""
    statements = cursor.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if kinds == ["SELECT"]:
        return None
    return Failure("error", f"is not one SELECT but {', '.join(kinds) or 'nothing'}")


def _without_time_zones(sql: str, types: list[str]) -> str:
    """The same query with its times in UTC and without a zone; columns by position, since names may repeat."""
    columns = ", ".join(_zoneless(f"#{i}", kind) for i, kind in enumerate(types, start=1))
    return f"SELECT {columns} FROM (\n{sql}\n)"


def _zoneless(column: str, kind: str) -> str:
    if "WITH TIME ZONE" not in kind:
        return column
    return f"CAST({column} AS {'TIMESTAMP' if kind.startswith('TIMESTAMP') else 'TIME'})"


def _failure(error: Exception) -> Failure:
    message = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    if isinstance(error, duckdb.InterruptException):
        return Failure("timeout", "ran longer than the query's time limit")
    if isinstance(error, duckdb.OutOfMemoryException):
        return Failure("memory", "needs more memory than a query may use")
    return Failure("error", message)
