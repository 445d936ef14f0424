"""Queries that return something else than a right one on the rows there are: sqlglot's tree with one edit, kept when the results differ."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, TypeAlias

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .mutant import OTHER_ORDER, Mutant

Run: TypeAlias = Callable[[str], list[tuple[Any, ...]]]

_MOST_ROWS = 2000
_STEPS = 2_000_000  # of SQLite's machine, about a second
_OTHER: tuple[tuple[type[exp.Expression], type[exp.Expression]], ...] = (
    (exp.GT, exp.GTE),
    (exp.GTE, exp.GT),
    (exp.LT, exp.LTE),
    (exp.LTE, exp.LT),
    (exp.EQ, exp.NEQ),
    (exp.Sum, exp.Avg),
    (exp.Avg, exp.Sum),
    (exp.Min, exp.Max),
    (exp.Max, exp.Min),
)
_FAILS = (sqlite3.Error, sqlite3.Warning, duckdb.Error, ValueError)


def query_mutants(gold: str, scripts: Sequence[str]) -> Iterator[Mutant]:
    """Wrong queries; `scripts` make the tables. None when no script makes tables on which the right query runs."""
    for script in scripts:
        for engine, dialect in ((_sqlite, "sqlite"), (_duckdb, "duckdb")):
            try:
                with closing(engine(script)) as database:
                    run = _runner(database)
                    run(gold)
                    yield from _different(gold, dialect, run)
                    return
            except _FAILS:
                continue


def tables_of(query: str) -> list[str]:
    """The tables that a query reads; none when it cannot be parsed."""
    try:
        tree = sqlglot.parse_one(query)
    except SqlglotError:
        return []
    return list(dict.fromkeys(table.name for table in tree.find_all(exp.Table)))


def _different(gold: str, dialect: str, run: Run) -> Iterator[Mutant]:
    try:
        tree = sqlglot.parse_one(gold, dialect=dialect)
    except SqlglotError:
        return
    ordered = isinstance(tree, exp.Query) and tree.args.get("order") is not None
    expected = run(gold)
    seen = set()
    for mutant, doubtful in _edits(tree, dialect):
        if mutant.value in seen:
            continue
        seen.add(mutant.value)
        try:
            found = run(mutant.value)
        except _FAILS:
            continue
        same = found == expected if ordered else _bag(found) == _bag(expected)
        if not same:
            yield Mutant(mutant.operator, mutant.value, mutant.sort, provable=not doubtful)


def _edits(tree: Any, dialect: str) -> Iterator[tuple[Mutant, bool]]:
    """Each edit, and whether a fair grader might take its result for the right one."""
    gold = tree.sql(dialect=dialect)
    yield (
        Mutant(
            "every row twice", f"SELECT * FROM ({gold}) AS a UNION ALL SELECT * FROM ({gold}) AS b", "more"
        ),
        False,
    )
    yield Mutant("one row only", f"SELECT * FROM ({gold}) AS a LIMIT 1", "less"), False
    yield Mutant("without repeated rows", f"SELECT DISTINCT * FROM ({gold}) AS a"), False
    yield Mutant("a column too many", f"SELECT *, 17 FROM ({gold}) AS a", "more"), True
    for operator, changed, doubtful in _tree_edits(tree):
        yield Mutant(operator, changed.sql(dialect=dialect)), doubtful


def _tree_edits(tree: Any) -> Iterator[tuple[str, exp.Expression, bool]]:
    if _first(tree, exp.Where) is not None:
        changed = tree.copy()
        _first(changed, exp.Where).pop()
        yield "without its condition", changed, False
    if isinstance(tree, exp.Select) and len(tree.expressions) > 1:
        changed = tree.copy()
        changed.set("expressions", [*changed.expressions[1:], changed.expressions[0]])
        yield "columns in another order", changed, True
    for kind, other in _OTHER:
        changed = tree.copy()
        node = _first(changed, kind)
        if node is not None:
            node.replace(other(**node.args))
            yield f"{other.__name__} for {kind.__name__}", changed, False
    if tree.args.get("order") is not None:
        changed = tree.copy()
        first = changed.args["order"].expressions[0]
        first.set("desc", not first.args.get("desc"))
        yield OTHER_ORDER, changed, False
    changed = tree.copy()
    number = next((node for node in changed.find_all(exp.Literal) if not node.is_string), None)
    if number is not None and number.find_ancestor(exp.Limit) is None:
        number.replace(exp.Literal.number(f"{float(number.this) + 1:g}"))
        yield "a number in it one more", changed, False


def _first(tree: Any, kind: type[exp.Expression]) -> Any:
    return tree.find(kind)


def _sqlite(script: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    steps = iter(range(_STEPS // 10_000))
    connection.set_progress_handler(lambda: next(steps, None) is None, 10_000)
    connection.executescript(script)
    return connection


def _duckdb(script: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:", config={"threads": 1, "enable_external_access": False, "memory_limit": "256MB"}
    )
    connection.execute(script)
    return connection


def _runner(database: Any) -> Run:
    def run(query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in database.execute(query).fetchmany(_MOST_ROWS)]

    return run


def _bag(rows: Sequence[tuple[Any, ...]]) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(repr(float(cell)) if isinstance(cell, int | float) else str(cell) for cell in row)
        for row in rows
    )
