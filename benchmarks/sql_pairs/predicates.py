"""What queries ask of one column: every comparison in which a single base column meets constants.

    WHERE LOWER(c.city) LIKE '%york%'   ->   Predicate(("customers", "city"), "LOWER(v) LIKE '%york%'", ("%york%",))

The condition is SQL over `v`, so that DuckDB tells which candidate values fulfil it. Comparisons of two columns give no predicate;
their intervals and numbers are kept as `deltas`: distances, in days, at which two dates are put.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from .clock import NOW
from .columns import Resolved, resolve
from .facts import Cell, ColumnName, Schema

_COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Like,
    exp.ILike,
    exp.In,
    exp.Between,
    exp.Is,
    exp.RegexpLike,
    exp.RegexpILike,
)
_OPAQUE = (exp.Query, exp.AggFunc, exp.Window)


@dataclass(frozen=True, slots=True)
class Predicate:
    column: ColumnName
    condition: str
    constants: tuple[Cell, ...]
    wanted: bool = True  # rows that fulfil it are what the query is about


def predicates(tree: exp.Expr, schema: Schema, connection: duckdb.DuckDBPyConnection) -> list[Predicate]:
    """The distinct predicates of a query."""
    resolved = resolve(tree, schema)
    found = [*_compared(tree, resolved, connection), *_switched(tree, resolved, connection)]
    return list(dict.fromkeys([*found, *_avoided(tree, resolved, connection)]))


def deltas(trees: Iterable[exp.Expr], connection: duckdb.DuckDBPyConnection) -> list[int]:
    """The distances in days of all intervals, and of the whole numbers under 1000, in the queries."""
    days: set[int] = set()
    for tree in trees:
        for interval in tree.find_all(exp.Interval):
            value = evaluate(
                f"CAST(TIMESTAMP '{NOW}' + {interval.sql('postgres')} AS DATE) - DATE '{NOW.date()}'",
                connection,
            )
            days |= {abs(value)} if isinstance(value, int) else set()
        for literal in tree.find_all(exp.Literal):
            days |= {int(literal.this)} if not literal.is_string and literal.this.isdigit() else set()
    return sorted(day for day in days if 0 < day < 1000)


def evaluate(sql: str, connection: duckdb.DuckDBPyConnection) -> Cell:
    """The value of a constant expression; None when it has none."""
    for form in (f"SELECT {sql}", f"SELECT CAST({sql} AS TIMESTAMP)"):
        try:
            row = connection.execute(form).fetchone()
        except duckdb.Error:
            continue
        return row[0] if row else None
    return None


def _compared(
    tree: exp.Expr, resolved: Resolved, connection: duckdb.DuckDBPyConnection
) -> Iterator[Predicate]:
    for node in tree.find_all(*_COMPARISONS):
        if node.find(*_OPAQUE):
            continue
        columns = list(node.find_all(exp.Column))
        bases = {resolved.get(id(column)) for column in columns}
        base = bases.pop() if len(bases) == 1 else None
        if base is None:
            continue
        constants = tuple(evaluate(part.sql("postgres"), connection) for part in _constants(node))
        yield Predicate(base, _over_v(node), tuple(c for c in constants if c is not None))


def _switched(
    tree: exp.Expr, resolved: Resolved, connection: duckdb.DuckDBPyConnection
) -> Iterator[Predicate]:
    """`CASE month WHEN 'May' THEN ...` asks whether month = 'May'."""
    for case in tree.find_all(exp.Case):
        base = resolved.get(id(case.this))
        for branch in case.args["ifs"] if base else ():
            text = branch.this.sql("postgres")
            value = evaluate(text, connection)
            if base and value is not None and not branch.this.find(exp.Column):
                yield Predicate(base, f"v = {text}", (value,))


def _avoided(
    tree: exp.Expr, resolved: Resolved, connection: duckdb.DuckDBPyConnection
) -> Iterator[Predicate]:
    """`NULLIF(amount, 0)` asks whether amount = 0, and hopes not."""
    for node in tree.find_all(exp.Nullif):
        base, text = resolved.get(id(node.this)), node.expression.sql("postgres")
        value = evaluate(text, connection)
        if base and value is not None:
            yield Predicate(base, f"v = {text}", (value,), wanted=False)


def _constants(node: exp.Expr) -> Iterator[exp.Expr]:
    """The largest parts of a comparison without a column."""
    for child in node.iter_expressions():
        if not child.find(exp.Column):
            if not isinstance(child, exp.DataType | exp.Var | exp.Null | exp.Boolean):
                yield child
        elif not isinstance(child, exp.Column):
            yield from _constants(child)


def _over_v(node: exp.Expr) -> str:
    copy = node.copy()
    for column in list(copy.find_all(exp.Column)):
        column.replace(exp.column("v"))
    return copy.sql("postgres")
