"""Edits of joins: inner for outer and the reverse, and another column in the place of a join key."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits, sources


def join_kind(node: exp.Expr, context: Context) -> Edits:
    """INNER for LEFT or RIGHT; for INNER the side whose rows may lack a partner that no filter asks for."""
    if not isinstance(node, exp.Join) or node.args.get("on") is None:
        return
    if node.side:
        copy = node.copy()
        copy.set("side", None)
        yield "outer_to_inner", copy
        return
    select = node.parent
    if not isinstance(select, exp.Select) or (select.args.get("joins") or [])[-1] is not node:
        return
    for side in _lonely(node, select, context):
        copy = node.copy()
        copy.set("side", side)
        copy.set("kind", None)
        yield "inner_to_outer", copy


def join_key(node: exp.Expr, context: Context) -> Edits:
    """Another column of the same table and type in an equality of two tables."""
    if not isinstance(node, exp.EQ):
        return
    left, right = node.left, node.right
    bases = context.base(left), context.base(right)
    if (
        None in bases
        or bases[0] == bases[1]
        or not isinstance(left, exp.Column)
        or not isinstance(right, exp.Column)
    ):
        return
    for column, other in ((left, right), (right, left)):
        names = context.joins(column)
        if names:
            swapped = exp.column(context.rng.choice(names), table=column.args.get("table"))
            pair = (swapped, other.copy()) if column is left else (other.copy(), swapped)
            yield "join_key", exp.EQ(this=pair[0], expression=pair[1])


def _lonely(node: exp.Join, select: exp.Select, context: Context) -> list[str]:
    """The sides that may have rows without a partner, when WHERE does not ask for the partner's columns."""
    joined = node.this.alias_or_name.lower()
    condition = node.args["on"]
    others = {source.alias_or_name.lower() for source in sources(select)} - {joined}
    where = select.args.get("where")
    asked = {column.table.lower() for column in where.find_all(exp.Column)} if where else set()
    keys = {column.table.lower(): column for column in condition.find_all(exp.Column)}
    sides = []
    if joined not in asked and not _refers(keys, others, context):
        sides.append("LEFT")
    if len(others) == 1 and not others & asked and not _refers(keys, {joined}, context):
        sides.append("RIGHT")
    return sides


def _refers(keys: dict[str, exp.Column], side: set[str], context: Context) -> bool:
    """Whether the rows of a side always have a partner: their key refers to it and is never NULL."""
    children = {reference.child for reference in context.schema.references}
    columns = [column for table, column in keys.items() if table in side]
    facts = [context.column(column) for column in columns]
    return any(
        context.base(column) in children and fact is not None and not fact.nullable
        for column, fact in zip(columns, facts, strict=True)
    )
