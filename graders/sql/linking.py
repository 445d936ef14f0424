"""Which tables and columns of the schema a query uses, and how well that agrees with the gold query.

Only what reaches the output or a condition counts: unused columns of subqueries and unused CTEs are removed first, and `SELECT *` counts
as all the columns it stands for. So naming the whole schema costs precision instead of earning recall.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import TypeVar

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.eliminate_ctes import eliminate_ctes
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

from .engines.schema import Schema

# sqlglot's optimiser is not total: on odd queries it stops with these instead of an error of its own.
_Name = TypeVar("_Name", str, tuple[str, str])
_OPTIMISER_ERRORS = (SqlglotError, ValueError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class Use:
    """Lower-case names; columns are (table, column). `resolved` is False where columns could only be read off the text: ('', column)."""

    tables: frozenset[str]
    columns: frozenset[tuple[str, str]]
    resolved: bool = True


def mapping_of(schema: Schema, dialect: str) -> MappingSchema:
    """sqlglot's view of a database, all schemas merged: their tables are found by bare names. Build once, reuse."""
    mapping = MappingSchema(dialect=dialect, normalize=False)
    for table, columns in schema.columns().items():
        name = exp.Table(this=exp.to_identifier(table, quoted=True))
        mapping.add_table(name, columns or {"": "TEXT"}, match_depth=False)
    return mapping


def schema_use(tree: exp.Expr, mapping: MappingSchema, dialect: str) -> Use:
    """What `tree` uses of the schema; read off the text where sqlglot cannot resolve the query."""
    try:
        return _resolved_use(_prepared(tree), mapping, dialect)
    except _OPTIMISER_ERRORS:
        return text_use(tree)


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


def _prepared(tree: exp.Expr) -> exp.Expr:
    """A copy in lower case without schema names, as `mapping_of` has them."""
    copy = tree.copy()
    for table in copy.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
    for identifier in copy.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
    return copy


def _resolved_use(tree: exp.Expr, mapping: MappingSchema, dialect: str) -> Use:
    qualified = qualify(tree, schema=mapping, dialect=dialect, quote_identifiers=False)
    used = eliminate_ctes(pushdown_projections(qualified))
    tables: set[str] = set()
    columns: set[tuple[str, str]] = set()
    for scope in traverse_scope(used):
        sources = {name: source for name, source in scope.sources.items() if isinstance(source, exp.Table)}
        tables.update(source.name.lower() for source in sources.values() if source.name)
        columns.update(
            (sources[column.table].name.lower(), column.name.lower())
            for column in scope.columns
            if column.table in sources
        )
    return Use(frozenset(tables), frozenset(columns))


def _f1(gold: Set[_Name], answer: Set[_Name]) -> float:
    if not gold and not answer:
        return 1.0
    return 2 * len(gold & answer) / (len(gold) + len(answer))
