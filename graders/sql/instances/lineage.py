"""Where the columns of a query come from: through aliases, subqueries and CTEs down to columns of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from ..engines.schema import Schema

Place = tuple[str, str]
"""A column of a table, both in lower case."""

_OPTIMISER_ERRORS = (SqlglotError, ValueError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Scoped:
    """A query whose columns name their tables, in scopes; None of `scopes` where sqlglot cannot resolve it."""

    tree: exp.Expr
    scopes: tuple[Scope, ...]
    schema: Schema

    def places(self, column: exp.Column, scope: Scope | None, depth: int = 0) -> set[Place]:
        """The columns of tables from which `column` is made; by its bare name where scopes do not tell."""
        source = scope.sources.get(column.table) if scope is not None else None
        if isinstance(source, exp.Table) and source.name.lower() in self.schema.tables:
            return {(source.name.lower(), column.name.lower())}
        if isinstance(source, Scope) and depth < 20:
            return {
                place
                for inner, member in _projected(source, column.name)
                for place in self.places(member, inner, depth + 1)
            }
        return self._by_name(column.name.lower())

    def _by_name(self, name: str) -> set[Place]:
        used = {table.name.lower() for table in self.tree.find_all(exp.Table)}
        return {
            (table, name)
            for table in used & self.schema.tables.keys()
            if any(column.name.lower() == name for column in self.schema.tables[table].columns)
        }

    def scope_of(self, node: exp.Expr) -> Scope | None:
        """The innermost scope that holds `node`."""
        selects = {id(scope.expression): scope for scope in self.scopes}
        current: exp.Expr | None = node
        while current is not None:
            if id(current) in selects:
                return selects[id(current)]
            current = current.parent
        return None


def tables_read(tree: exp.Expr, schema: Schema) -> set[str]:
    """The tables whose rows a query may read, by lower-case name: those that it names, or all of them where it names a view."""
    named = {table.name.lower() for table in tree.find_all(exp.Table)} & schema.tables.keys()
    reached = schema.tables.keys() if any(schema.tables[name].view for name in named) else named
    return {name for name in reached if not schema.tables[name].view}


def mapping_of(schema: Schema, dialect: str) -> MappingSchema:
    """sqlglot's view of a database, all schemas merged: their tables are found by bare names."""
    mapping = MappingSchema(dialect=dialect, normalize=False)
    for table, columns in schema.columns().items():
        name = exp.Table(this=exp.to_identifier(table, quoted=True))
        mapping.add_table(name, columns or {"": "TEXT"}, match_depth=False)
    return mapping


def scoped(tree: exp.Expr, schema: Schema, dialect: str) -> Scoped:
    """A copy of the query with its columns resolved as far as sqlglot can."""
    copy = _lowered(tree)
    try:
        qualified = qualify(
            copy,
            schema=mapping_of(schema, dialect),
            dialect=dialect,
            quote_identifiers=False,
            validate_qualify_columns=False,
        )
        return Scoped(qualified, tuple(traverse_scope(qualified)), schema)
    except _OPTIMISER_ERRORS:
        return Scoped(_lowered(tree), (), schema)


def _lowered(tree: exp.Expr) -> exp.Expr:
    copy = tree.copy()
    for table in copy.find_all(exp.Table):
        table.set("db", None)
        table.set("catalog", None)
    for identifier in copy.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
    return copy


def _projected(scope: Scope, name: str) -> Iterator[tuple[Scope, exp.Column]]:
    """The columns inside the projection `name` of a subquery, for each branch of a set operation."""
    branches = scope.set_operation_scopes if isinstance(scope.expression, exp.SetOperation) else []
    if branches:
        position = next(
            (i for i, s in enumerate(_selects(scope)) if s.alias_or_name.lower() == name.lower()), None
        )
        for branch in branches:
            yield from _at(branch, position)
        return
    for projection in _selects(scope):
        if projection.alias_or_name.lower() == name.lower():
            for column in projection.find_all(exp.Column):
                yield scope, column


def _at(scope: Scope, position: int | None) -> Iterator[tuple[Scope, exp.Column]]:
    selects = _selects(scope)
    if position is not None and position < len(selects):
        for column in selects[position].find_all(exp.Column):
            yield scope, column


def _selects(scope: Scope) -> list[exp.Expr]:
    return list(scope.expression.selects) if isinstance(scope.expression, exp.Query) else []
