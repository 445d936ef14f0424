"""CHECK constraints: the values that they name, and which made-up rows they forbid.

    CHECK (stars BETWEEN 1 AND 5)       names 1 and 5, between which values are then made up
                                        forbids (7), and (NULL) not: a condition that is unknown is met

Which rows are forbidden the engine itself is asked, so its own functions may occur.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ..engines.engine import Database, EngineName, Failure, PortableRow, Query
from ..engines.schema import Column, TableSchema, quoted
from .kinds import Kind, Value, kind_of

_ROWS_AT_ONCE = 60  # a query on SQLite has a greatest length
_NUMBER = "rk_row"
_NUMERIC = ("integer", "float", "decimal")


def checked_values(table: TableSchema, column: Column) -> list[Value]:
    """The constants that CHECK conditions compare a column with, as its rows would hold them."""
    kind = kind_of(column.type, ())
    found: list[Value] = []
    for check in filter(None, map(_parsed, table.checks)):
        for predicate in check.find_all(exp.Predicate):
            if isinstance(predicate.this, exp.Column) and predicate.this.name.lower() == column.name.lower():
                found += [_value(node, kind) for node in predicate.find_all(exp.Literal)]
    return [value for value in found if value is not None]


def forbidden(database: Database, table: TableSchema, rows: Sequence[PortableRow]) -> set[int]:
    """The positions of the rows that violate a CHECK constraint of their table; none where the engine cannot tell."""
    if not table.checks:
        return set()
    found: set[int] = set()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        sql = _violations(table, rows[start : start + _ROWS_AT_ONCE], start, database.engine)
        result = database.run(Query(sql, database.engine))
        if not isinstance(result, Failure):
            found |= {int(row[0]) for row in result.rows}
    return found


def _violations(table: TableSchema, rows: Sequence[PortableRow], start: int, engine: EngineName) -> str:
    """A query for the numbers of the rows that violate a check; the rows, as far as the checks read them, are written into it."""
    read = [i for i, column in enumerate(table.columns) if _is_read(column, table.checks)]
    names = [quoted(table.columns[i].name) for i in read]
    types = [table.columns[i].type for i in read]
    values = ", ".join(
        f"({', '.join([str(number), *(_written(row[i], type_, engine) for i, type_ in zip(read, types, strict=True))])})"
        for number, row in enumerate(rows, start=start)
    )
    cells = (
        names
        if engine == "sqlite"
        else [f"CAST({n} AS {t}) AS {n}" for n, t in zip(names, types, strict=True)]
    )
    conditions = " OR ".join(f"NOT ({check})" for check in table.checks)
    return (
        f"WITH rk_values ({', '.join([_NUMBER, *names])}) AS (VALUES {values}), "
        f"{quoted(table.name)} AS (SELECT {', '.join([_NUMBER, *cells])} FROM rk_values) "
        f"SELECT {_NUMBER} FROM {quoted(table.name)} WHERE {conditions}"
    )


def _written(value: Value, type_: str, engine: EngineName) -> str:
    """A value as SQL: text for DuckDB, which casts it then; for SQLite as the column would hold it."""
    if value is None or (isinstance(value, float) and math.isnan(value) and engine == "sqlite"):
        return "NULL"
    if engine == "sqlite" and (not isinstance(value, str) or _is_number(value, type_)):
        return str(int(value)) if isinstance(value, bool) else str(value).replace("inf", "9e999")
    return "'" + str(value).replace("'", "''") + "'"


def _is_number(text: str, type_: str) -> bool:
    try:
        return kind_of(type_, ()) in _NUMERIC and math.isfinite(float(text))
    except ValueError:
        return False


def _is_read(column: Column, checks: Sequence[str]) -> bool:
    return any(column.name.lower() in check.lower() for check in checks)


def _parsed(check: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(check, dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None


def _value(literal: exp.Literal, kind: Kind) -> Value:
    """A constant as a column of this kind holds it; None where it holds no such constant."""
    if literal.is_string or kind not in _NUMERIC:
        return literal.name if literal.is_string and kind not in _NUMERIC else None
    try:
        if kind == "integer":
            return int(literal.name)
        return float(literal.name) if kind == "float" else literal.name
    except ValueError:
        return None
