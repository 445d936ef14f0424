"""Edits of a SELECT's shape: its columns, DISTINCT, GROUP BY, ORDER BY, LIMIT and set operations."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits, sources, top


def projection(node: exp.Expr, context: Context) -> Edits:
    """Another column of the same table and type in the SELECT list, also where it is grouped or sorted by.

    A subquery keeps the name of its output, and is left alone when nobody reads it.
    """
    if not isinstance(node, exp.Select):
        return
    for shown in node.selects:
        if not top(node) and not _is_read(shown.alias_or_name, node):
            continue
        for column in shown.find_all(exp.Column):
            if column.find_ancestor(exp.Select) is not node or context.base(column) is None:
                continue
            names = _swappable(column, context)
            if names:
                name = exp.to_identifier(context.rng.choice(names))
                yield "column", _renamed(node, column, name)


def distinct(node: exp.Expr, context: Context) -> Edits:
    """DISTINCT dropped, or added where no key is shown."""
    if not isinstance(node, exp.Select):
        return
    copy = node.copy()
    if node.args.get("distinct"):
        copy.set("distinct", None)
        yield "distinct_dropped", copy
    elif (
        top(node)
        and not _is_single(node)
        and not node.args.get("group")
        and not node.find(exp.AggFunc, exp.Star)
    ):
        shown = [projection.unalias() for projection in node.selects]
        if not any(context.is_key(column) for column in shown):
            copy.set("distinct", exp.Distinct())
            yield "distinct_added", copy


def grouping(node: exp.Expr, context: Context) -> Edits:
    """A grouping column too many, or one that is not shown too few."""
    if not isinstance(node, exp.Select) or not node.args.get("group"):
        return
    keys = node.args["group"].expressions
    shown = [projection.unalias() for projection in node.selects]
    for i, key in enumerate(keys):
        if len(keys) > 1 and isinstance(key, exp.Column) and key not in shown:
            copy = node.copy()
            copy.args["group"].set("expressions", [k.copy() for j, k in enumerate(keys) if j != i])
            yield "group_key_dropped", copy
    if any(context.is_key(key) for key in keys):
        return
    for source in sources(node)[:2]:
        names = _ungrouped(source, keys, context)
        if names:
            copy = node.copy()
            copy.args["group"].append(
                "expressions", exp.column(context.rng.choice(names), table=source.alias_or_name)
            )
            yield "group_key_added", copy


def order(node: exp.Expr, context: Context) -> Edits:
    """The other direction, a sort key dropped, or all of them where no LIMIT needs them."""
    if not isinstance(node, exp.Order) or isinstance(node.parent, exp.Window | exp.WithinGroup):
        return
    if top(node) and node.parent is not None and not node.parent.args.get("limit"):
        yield "order_dropped", None
    for i, _ in enumerate(node.expressions):
        copy = node.copy()
        copy.expressions[i].set("desc", not node.expressions[i].args.get("desc"))
        yield "order_direction", copy
    if len(node.expressions) > 1:
        yield "sort_key_dropped", exp.Order(expressions=[key.copy() for key in node.expressions[1:]])


def limit(node: exp.Expr, context: Context) -> Edits:
    """One row more or less, or all rows."""
    if not isinstance(node, exp.Limit) or not isinstance(node.expression, exp.Literal):
        return
    count = int(node.expression.this)
    for other in (count + 1, count - 1):
        if other > 0:
            yield "limit", exp.Limit(expression=exp.Literal.number(other))
    yield "limit_dropped", None


def union(node: exp.Expr, context: Context) -> Edits:
    """UNION for UNION ALL and the reverse."""
    if isinstance(node, exp.Union):
        copy = node.copy()
        copy.set("distinct", not node.args.get("distinct"))
        yield "union", copy


def _is_single(select: exp.Select) -> bool:
    limit = select.args.get("limit")
    return limit is not None and limit.expression.name == "1"


def _swappable(column: exp.Column, context: Context) -> list[str]:
    """Columns alike; under COUNT without DISTINCT only those whose NULLs may be others."""
    names, own = context.alike(column), context.column(column)
    base = context.base(column)
    if not isinstance(column.parent, exp.Count) or own is None or base is None or own.nullable:
        return names
    table = context.schema.tables[base[0]]
    return [name for name in names if (other := table.column(name)) is not None and other.nullable]


def _renamed(select: exp.Select, column: exp.Column, name: exp.Identifier) -> exp.Select:
    copy = select.copy()
    for shown in list(copy.selects) if not top(select) else ():
        if shown == column:
            shown.replace(exp.alias_(shown.copy(), column.name))
    for part in [*copy.selects, copy.args.get("group"), copy.args.get("order")]:
        for twin in list(part.find_all(exp.Column)) if part is not None else ():
            if twin == column:
                twin.set("this", name.copy())
    return copy


def _is_read(name: str, select: exp.Select) -> bool:
    """Whether anything outside a SELECT reads its output of that name, or it is read as a value."""
    inside = {id(column) for column in select.find_all(exp.Column)}
    every = select.root().find_all(exp.Column)
    outside = any(column.name.lower() == name.lower() for column in every if id(column) not in inside)
    return outside or isinstance(select.parent, exp.In | exp.Subquery)


def _ungrouped(source: exp.Table, keys: list[exp.Expr], context: Context) -> list[str]:
    table = context.schema.tables.get(source.name.lower())
    grouped = {key.name.lower() for key in keys}
    return [c.name for c in table.columns if len(c.shipped) > 2 and c.name not in grouped] if table else []
