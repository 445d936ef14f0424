"""The foreign keys that a CREATE TABLE or ALTER TABLE statement declares.

They are read off the text, since dumps are loaded without them: Postgres lets the types of both ends differ, DuckDB does not.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .schema import ForeignKey


def note_foreign_keys(
    statement: str, found: dict[str, list[ForeignKey]], *, dialect: str = "postgres"
) -> None:
    """Add what `statement` declares to `found`, by lower-case table; a statement that sqlglot cannot read declares nothing."""
    try:
        tree = sqlglot.parse_one(statement, dialect=dialect)
    except SqlglotError:
        return
    owner = tree.find(exp.Table)
    if owner is None:
        return
    keys = found.setdefault(owner.name.lower(), [])
    for reference in tree.find_all(exp.Reference):
        columns = _columns(reference)
        target = reference.find(exp.Table)
        if columns and target is not None:
            keys.append(ForeignKey(columns, target.name.lower(), _targets(reference)))


def _columns(reference: exp.Reference) -> tuple[str, ...]:
    """The columns that point: the one whose definition this is, or those of the FOREIGN KEY clause."""
    clause = reference.find_ancestor(exp.ForeignKey)
    if clause is not None:
        return tuple(column.name for column in clause.expressions)
    column = reference.find_ancestor(exp.ColumnDef)
    return (column.name,) if column is not None else ()


def _targets(reference: exp.Reference) -> tuple[str, ...]:
    """The columns pointed to; none stands for the primary key."""
    schema = reference.this
    return tuple(column.name for column in schema.expressions) if isinstance(schema, exp.Schema) else ()
