"""Which tables and columns of the schema a query uses, and how well that agrees with the gold query.

Only what reaches the output or a condition counts: columns of subqueries and CTEs that nobody asks for are left out, and `SELECT *` counts
as all the columns it stands for. So naming the whole schema costs precision instead of earning recall.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TypeVar

from sqlglot import exp

from .engines.schema import Schema
from .resolving import Resolver, Unresolved

_Name = TypeVar("_Name", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Use:
    """Lower-case names; columns are (table, column). `resolved` is False where columns could only be read off the text: ('', column)."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    resolved: bool = True


def schema_use(tree: exp.Expr, schema: Schema) -> Use:
    """What `tree` uses of the schema; read off the text where a name cannot be resolved."""
    resolver = Resolver(schema)
    try:
        resolver.query(tree, None, {}, None)
        resolver.finish()
    except (Unresolved, RecursionError):
        return text_use(tree)
    return Use(frozenset(resolver.tables), frozenset(resolver.columns))


def text_use(tree: exp.Expr) -> Use:
    """Every table and column that the text names, CTEs left out."""
    defined = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    tables = {table.name.lower() for table in tree.find_all(exp.Table)} - defined - {""}
    columns = {("", column.name.lower()) for column in tree.find_all(exp.Column)}
    return Use(frozenset(tables), frozenset(columns), resolved=False)


def agreement(gold: Use, answer: Use) -> float:
    """F1 of the tables x F1 of the columns, 0 to 1. Both must be resolved, or both read off the text."""
    return _f1(gold.tables, answer.tables) * _f1(gold.columns, answer.columns)


def tables_f1(gold: Set[str], answer: Set[str]) -> float:
    """F1 of the tables, 0 to 1."""
    return _f1(gold, answer)


def _f1(gold: Set[_Name], answer: Set[_Name]) -> float:
    if not gold and not answer:
        return 1.0
    return 2 * len(gold & answer) / (len(gold) + len(answer))
