"""The types of a query's parts, and the tables of its columns, in whatever dialect it is."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.resolver import Resolver
from sqlglot.optimizer.scope import traverse_scope, walk_in_scope
from sqlglot.schema import MappingSchema

from .postgres_types import MOMENTS, POSTGRES_FAMILY, postgres_types

AT = "at"
"""The key of `meta` under which a node's place in its tree is kept."""


def qualified(tree: exp.Expr, schema: Mapping[str, Mapping[str, str]], dialect: str) -> exp.Expr:
    """A copy in which every column names its table, `*` is written out and types are known; nodes of `tree` and copy share `meta[AT]`."""
    for place, node in enumerate(tree.walk()):
        node.meta[AT] = place
    copy = tree.copy()
    for identifier in copy.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
    known = MappingSchema(_parsed(schema), dialect=dialect)
    copy = qualify(
        copy,
        dialect=dialect,
        schema=known,
        expand_alias_refs=False,  # each alias that names another would double the tree
        allow_partial_qualification=True,
        validate_qualify_columns=False,
        quote_identifiers=False,
    )
    _qualify_conditions(copy, known)
    metadata = postgres_types() if dialect in POSTGRES_FAMILY else None
    return annotate_types(copy, schema=known, dialect=dialect, expression_metadata=metadata)


def _qualify_conditions(tree: exp.Expr, known: MappingSchema) -> None:
    """Name the tables in HAVING and QUALIFY, which sqlglot does only where it also expands aliases."""
    for scope in traverse_scope(tree):
        clauses = filter(None, map(scope.expression.args.get, ("having", "qualify")))
        resolver = Resolver(scope, known)
        for column in [node for clause in clauses for node in walk_in_scope(clause)]:
            if isinstance(column, exp.Column) and not column.table:
                column.set("table", resolver.get_table(column))


def copy_types(tree: exp.Expr, source: exp.Expr) -> None:
    """Give the nodes of `tree` the types that `source`, made by `qualified`, found."""
    types = {node.meta[AT]: node.type for node in source.walk() if AT in node.meta and node.type}
    for node in tree.walk():
        node.type = types.get(node.meta[AT])


def is_integer(node: exp.Expr) -> bool:
    return node.is_type(*exp.DataType.INTEGER_TYPES)


def is_moment(node: exp.Expr) -> bool:
    """Whether it is a date or a timestamp."""
    return node.is_type(*MOMENTS)


def _parsed(schema: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    return {table: {name: _type(kind) for name, kind in columns.items()} for table, columns in schema.items()}


def _type(kind: str) -> exp.DataType:
    """The type without the digits of a decimal: sqlglot takes DECIMAL(10, 2) + DOUBLE for DECIMAL(10, 2)."""
    try:
        known = exp.DataType.build(kind, dialect="duckdb", udt=True)
        return exp.DataType.build("decimal") if known.this == exp.DType.DECIMAL else known
    except (SqlglotError, ValueError):
        return exp.DataType.build("unknown")
