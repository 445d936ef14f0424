"""Edits of filters that people and models get wrong: NULLs left out, an outer join's condition in WHERE, ties at the top."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits, sources


def null_excluded(node: exp.Expr, context: Context) -> Edits:
    """Rows without a shown or grouped column left out."""
    if not isinstance(node, exp.Select) or not sources(node):
        return
    grouped = node.args["group"].expressions if node.args.get("group") else []
    for column in dict.fromkeys([*(shown.unalias() for shown in node.selects), *grouped]):
        facts = context.column(column)
        original = next((twin for twin in node.find_all(exp.Column) if twin == column), None)
        facts = facts or context.column(original)
        if (
            isinstance(column, exp.Column)
            and facts is not None
            and facts.nullable
            and not context.is_key(original)
        ):
            test = exp.Not(this=exp.Is(this=column.copy(), expression=exp.Null()))
            yield "null_excluded", node.copy().where(test)


def on_to_where(node: exp.Expr, context: Context) -> Edits:
    """A condition of a LEFT JOIN's ON moved to WHERE."""
    if not isinstance(node, exp.Select):
        return
    for i, join in enumerate(node.args.get("joins") or []):
        on = join.args.get("on")
        if join.side != "LEFT" or not isinstance(on, exp.And):
            continue
        for kept, moved in ((on.left, on.right), (on.right, on.left)):
            if any(isinstance(part, exp.EQ) for part in kept.flatten()):
                copy = node.copy()
                copy.args["joins"][i].set("on", kept.copy())
                yield "on_to_where", copy.where(moved.copy())


def ties_kept(node: exp.Expr, context: Context) -> Edits:
    """ORDER BY x DESC LIMIT 1 as x = MAX(x): all of equals at the top."""
    limit = node.args.get("limit") if isinstance(node, exp.Select) else None
    order = node.args.get("order")
    if not isinstance(node, exp.Select) or limit is None or order is None or limit.expression.name != "1":
        return
    key, simple = (
        order.expressions[0],
        not any(node.args.get(part) for part in ("group", "joins", "distinct", "where")),
    )
    if simple and isinstance(key.this, exp.Column) and context.base(key.this) and len(order.expressions) == 1:
        best = exp.Max(this=key.this.copy()) if key.args.get("desc") else exp.Min(this=key.this.copy())
        copy = node.copy()
        copy.set("order", None)
        copy.set("limit", None)
        top = exp.select(best).from_(sources(node)[0].copy()).subquery()
        yield "ties_kept", copy.where(exp.EQ(this=key.this.copy(), expression=top))
