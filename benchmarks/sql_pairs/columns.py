"""Which column of which table a name in a query stands for, also through aliases, subqueries and CTEs."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from .facts import ColumnName, Schema

Resolved = dict[int, ColumnName]  # id of an exp.Column of the tree -> what it stands for


def parse(sql: str, dialect: str = "postgres") -> exp.Expr:
    """The tree of one query; raises SqlglotError."""
    tree = sqlglot.parse_one(sql, read=dialect)
    assert isinstance(tree, exp.Expr)
    return tree


def resolve(tree: exp.Expr, schema: Schema) -> Resolved:
    """The base columns of a tree; names of aggregates, aliases and unknown things are left out."""
    try:
        scopes = list(traverse_scope(tree))
    except SqlglotError:
        return {}
    found: Resolved = {}
    for scope in scopes:
        for column in scope.columns:
            base = _base(column, scope, schema)
            if base is not None:
                found[id(column)] = base
    return found


def tables(tree: exp.Expr, schema: Schema) -> set[str]:
    """The names of the schema's tables that a query reads."""
    return {table.name.lower() for table in tree.find_all(exp.Table)} & set(schema.tables)


def _base(column: exp.Column, scope: Scope, schema: Schema) -> ColumnName | None:
    alias, name = column.table.lower(), column.name.lower()
    for key, source in scope.sources.items():
        if alias and key.lower() != alias:
            continue
        base = _in_source(name, source, schema)
        if base is not None:
            return base
    return None


def _in_source(name: str, source: exp.Expr | Scope, schema: Schema) -> ColumnName | None:
    if isinstance(source, exp.Table):
        table = schema.tables.get(source.name.lower())
        return (table.name, name) if table is not None and table.column(name) is not None else None
    if not isinstance(source, Scope) or not isinstance(source.expression, exp.Query):
        return None
    for projection in source.expression.selects:
        inner = projection.unalias()
        if projection.alias_or_name.lower() == name and isinstance(inner, exp.Column):
            return _base(inner, source, schema)
    return None


def equalities(tree: exp.Expr, schema: Schema) -> Iterator[tuple[ColumnName, ColumnName]]:
    """The pairs of base columns of different tables that a query compares with `=`, IN (subquery) or USING."""
    resolved = resolve(tree, schema)
    for node in tree.find_all(exp.EQ):
        left, right = resolved.get(id(node.left)), resolved.get(id(node.right))
        if left and right and left[0] != right[0]:
            yield left, right
    for test in tree.find_all(exp.In):
        query = test.args.get("query")
        inner = query.this if isinstance(query, exp.Subquery) else query
        if isinstance(inner, exp.Select) and len(inner.selects) == 1:
            left, right = resolved.get(id(test.this)), resolved.get(id(inner.selects[0].unalias()))
            if left and right and left[0] != right[0]:
                yield left, right
