"""The constraints that CREATE TABLE, ALTER TABLE and CREATE UNIQUE INDEX statements declare.

    ALTER TABLE ONLY public.teams ADD CONSTRAINT teams_pkey PRIMARY KEY (id)         key (id), and id is never NULL

They are read off the text, since a copy is made without them: Postgres lets the types of both ends of a foreign key differ, DuckDB does not,
and what pg_dump adds to a table behind its rows, DuckDB cannot add.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .schema import Column, ForeignKey, TableSchema


def note_constraints(statement: str, found: dict[str, TableSchema], *, dialect: str = "postgres") -> None:
    """Add what `statement` declares to `found`, by lower-case table; a statement that sqlglot cannot read declares nothing."""
    try:
        tree = sqlglot.parse_one(statement, dialect=dialect)
    except SqlglotError:
        return
    owner = tree.find(exp.Table)
    if owner is None or not isinstance(tree, exp.Create | exp.Alter):
        return
    facts = found.get(owner.name.lower(), TableSchema(owner.name, owner.db, ()))
    primary = [key for key in _primary(tree) if key]
    required = [*_not_null(tree), *(column for key in primary for column in key)]
    found[owner.name.lower()] = replace(
        facts,
        columns=(*facts.columns, *(Column(name, "", nullable=False) for name in required)),
        keys=(*primary, *facts.keys, *filter(None, _unique(tree))),
        foreign=(*facts.foreign, *_foreign(tree)),
        checks=(*facts.checks, *_checks(tree)),
    )


def _primary(tree: exp.Expr) -> Iterator[tuple[str, ...]]:
    for key in tree.find_all(exp.PrimaryKey):
        yield _names(key.expressions)
    for constraint in tree.find_all(exp.PrimaryKeyColumnConstraint):
        yield _column_of(constraint)


def _unique(tree: exp.Expr) -> Iterator[tuple[str, ...]]:
    for constraint in tree.find_all(exp.UniqueColumnConstraint):
        whole = constraint.this
        yield _names(whole.expressions) if isinstance(whole, exp.Schema) else _column_of(constraint)
    index = tree.find(exp.Index)
    if index is not None and tree.args.get("unique") and not tree.find(exp.Where):
        yield _names([column.this for column in tree.find_all(exp.Ordered)])


def _not_null(tree: exp.Expr) -> Iterator[str]:
    return (
        change.name for change in tree.find_all(exp.AlterColumn) if change.args.get("allow_null") is False
    )


def _foreign(tree: exp.Expr) -> Iterator[ForeignKey]:
    for reference in tree.find_all(exp.Reference):
        clause = reference.find_ancestor(exp.ForeignKey)
        columns = _names(clause.expressions) if clause is not None else _column_of(reference)
        target, schema = reference.find(exp.Table), reference.this
        if columns and target is not None:
            references = _names(schema.expressions) if isinstance(schema, exp.Schema) else ()
            yield ForeignKey(columns, target.name.lower(), references)


def _checks(tree: exp.Expr) -> Iterator[str]:
    """Those that are added behind a table's rows; with its rows they are kept by DuckDB itself."""
    if isinstance(tree, exp.Alter):
        for check in tree.find_all(exp.CheckColumnConstraint):
            yield check.this.sql(dialect="duckdb")


def _names(parts: list[exp.Expr]) -> tuple[str, ...]:
    """The columns that a clause lists; none where it lists anything else."""
    plain = all(isinstance(part, exp.Column | exp.Identifier | exp.Ordered) for part in parts)
    return tuple(part.name for part in parts) if plain else ()


def _column_of(constraint: exp.Expr) -> tuple[str, ...]:
    """The column in whose definition a constraint stands."""
    column = constraint.find_ancestor(exp.ColumnDef)
    return (column.name,) if column is not None else ()
