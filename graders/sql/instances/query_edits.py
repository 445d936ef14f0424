"""Edits of a whole query: what a reader of the question gets wrong without touching a single node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

from ..engines.schema import Schema

Whole = tuple[exp.Expr, str]
"""A query after an edit of the whole, and the column it is about."""


def column_about(node: exp.Expr) -> str:
    """The first column in a node, or beside it in the same condition."""
    column = node.find(exp.Column) or (
        node.parent.find(exp.Column) if isinstance(node.parent, exp.Predicate | exp.Func) else None
    )
    return column.name.lower() if column is not None else ""


def replaced(tree: exp.Expr, place: int, replacement: exp.Expr | None) -> exp.Expr:
    """The query with another node, or none, at a place in the order of its walk."""
    copy = tree.copy()
    node = next(node for i, node in enumerate(copy.walk()) if i == place)
    if node is copy:
        return replacement if replacement is not None else copy
    if replacement is None:
        node.pop()
    else:
        node.replace(replacement)
    return copy


def _needless_join(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """One more inner join along a foreign key, which loses the rows that point nowhere or doubles those pointed to."""
    for place, node in enumerate(tree.walk()):
        if not isinstance(node, exp.Select):
            continue
        source = node.args.get("from_")
        table = source.this if source is not None else None
        if not isinstance(table, exp.Table) or table.name.lower() not in schema.tables:
            continue
        facts = schema.tables[table.name.lower()]
        for pointer in facts.foreign[:2]:
            other = schema.tables[pointer.table]
            on = " AND ".join(
                f'{table.alias_or_name}."{a}" = joined_too."{b}"'
                for a, b in zip(pointer.columns, pointer.references, strict=True)
            )
            joined = node.copy()
            target = exp.to_table(
                f'"{other.schema}"."{other.name}"' if other.schema != "main" else f'"{other.name}"'
            )
            joined.join(target, on=on, join_alias="joined_too", copy=False)
            yield replaced(tree, place, joined), pointer.columns[0].lower()


def _null_condition(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """Rows in which a column is NULL left out."""
    maybe_null = _nullable_names(tree, schema)
    for place, node in enumerate(tree.walk()):
        if not isinstance(node, exp.Select):
            continue
        columns = [
            c for c in node.find_all(exp.Column) if c.parent_select is node and c.name.lower() in maybe_null
        ]
        for column in list(
            {c.sql(): c for c in columns if not c.find_ancestor(exp.Having, exp.Order)}.values()
        )[:6]:
            present = exp.not_(exp.Is(this=column.copy(), expression=exp.Null()))
            yield replaced(tree, place, node.where(present)), column.name.lower()


def _nullable_names(tree: exp.Expr, schema: Schema) -> set[str]:
    tables = {table.name.lower() for table in tree.find_all(exp.Table)} & schema.tables.keys()
    return {c.name.lower() for name in tables for c in schema.tables[name].columns if c.nullable}


def _added_key(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """One more column to group by."""
    for place, node in enumerate(tree.walk()):
        group = node.args.get("group") if isinstance(node, exp.Select) else None
        if group is None or not group.expressions:
            continue
        named = {column.name.lower() for column in group.find_all(exp.Column)}
        for table in node.find_all(exp.Table):
            facts = schema.tables.get(table.name.lower())
            others = (
                [c for c in facts.columns if c.name.lower() not in named]
                if facts and table.parent_select is node
                else []
            )
            for column in others[:3]:
                name = exp.column(
                    exp.to_identifier(column.name, quoted=not column.name.isidentifier()),
                    table=table.alias_or_name,
                )
                grouped = node.copy()
                grouped.args["group"].append("expressions", name)
                yield replaced(tree, place, grouped), column.name.lower()


def _counted_column(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """COUNT(*) or the count of a column as the count of a column that may be NULL."""
    for place, node in enumerate(tree.walk()):
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star | exp.Column):
            select = node.find_ancestor(exp.Select)
            for table in select.find_all(exp.Table) if select is not None else ():
                facts = schema.tables.get(table.name.lower())
                others = (
                    [c for c in facts.columns if c.nullable and c.name.lower() != node.this.name.lower()]
                    if facts
                    else []
                )
                for column in others[-3:]:
                    name = exp.column(
                        exp.to_identifier(column.name, quoted=not column.name.isidentifier()),
                        table=table.alias_or_name,
                    )
                    yield replaced(tree, place, exp.Count(this=name)), column.name.lower()


def _ties_kept(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """All rows that tie for the first places, where a LIMIT takes as many as it says; in DuckDB's dialect."""
    order, limit = tree.args.get("order"), tree.args.get("limit")
    if (
        isinstance(tree, exp.Select)
        and order is not None
        and limit is not None
        and not tree.args.get("offset")
    ):
        copy = tree.copy()
        copy.set("order", None)
        copy.set("limit", None)
        rank = exp.Window(this=exp.Rank(), order=order.copy())
        copy.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=limit.expression.copy())))
        yield copy, column_about(order)


WHOLE: Mapping[str, Callable[[exp.Expr, Schema], Iterator[Whole]]] = {
    "needless join": _needless_join,
    "null condition": _null_condition,
    "counted column": _counted_column,
    "added key": _added_key,
    "ties kept": _ties_kept,
}
