"""Edits of WHERE, HAVING and ON: a part dropped, negated, loosened, joined with the other connector."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits, sources, within

_Kinds = dict[type[exp.Expr], type[exp.Binary]]
_BOUNDARY: _Kinds = {exp.GT: exp.GTE, exp.GTE: exp.GT, exp.LT: exp.LTE, exp.LTE: exp.LT}
_TURNED: _Kinds = {
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
}
_FEW_TABLES = 3  # a join condition dropped among more would multiply them all


def dropped_filter(node: exp.Expr, context: Context) -> Edits:
    """A whole WHERE or HAVING, or one side of AND or OR."""
    if isinstance(node, exp.Where | exp.Having):
        yield f"{'having' if isinstance(node, exp.Having) else within(node)}_dropped", None
    if isinstance(node, exp.And | exp.Or) and not _is_join(node):
        yield f"{within(node)}_condition_dropped", node.left.copy()
        yield f"{within(node)}_condition_dropped", node.right.copy()
    if isinstance(node, exp.And) and _is_join(node):
        yield from (
            ("join_condition_dropped", side.copy()) for side, other in _sides(node) if _links(side, context)
        )


def negated(node: exp.Expr, context: Context) -> Edits:
    """One test turned into its opposite."""
    if (
        not isinstance(node, exp.Predicate)
        or node.find_ancestor(exp.Where, exp.Having, exp.Case, exp.Filter) is None
    ):
        return
    if isinstance(node.parent, exp.Not):
        return
    turned = _TURNED.get(type(node))
    if turned and isinstance(node, exp.Binary) and _keeps_joins(node, context):
        yield f"{within(node)}_turned", turned(this=node.left.copy(), expression=node.right.copy())
    elif isinstance(node, exp.In | exp.Like | exp.ILike | exp.Is | exp.Between):
        yield f"{within(node)}_negated", exp.Not(this=exp.Paren(this=node.copy()))


def boundary(node: exp.Expr, context: Context) -> Edits:
    """`<` for `<=`, an end of BETWEEN excluded or left open."""
    beside = _BOUNDARY.get(type(node))
    if beside and isinstance(node, exp.Binary):
        yield "boundary", beside(this=node.left.copy(), expression=node.right.copy())
    if isinstance(node, exp.Between):
        value, low, high = (node.args[name] for name in ("this", "low", "high"))
        above = exp.GTE(this=value.copy(), expression=low.copy())
        below = exp.LT(this=value.copy(), expression=high.copy())
        yield "boundary", exp.Paren(this=exp.And(this=above, expression=below))
        yield "range_end_dropped", exp.LTE(this=value.copy(), expression=high.copy())
        yield "range_end_dropped", above.copy()


def connector(node: exp.Expr, context: Context) -> Edits:
    """OR for AND, and AND for OR, where neither joins tables."""
    if (
        isinstance(node, exp.And)
        and not _is_join(node)
        and all(_keeps_joins(side, context) for side in (node.left, node.right))
    ):
        yield "and_to_or", exp.Paren(this=exp.Or(this=node.left.copy(), expression=node.right.copy()))
    if isinstance(node, exp.Or):
        yield "or_to_and", exp.And(this=node.left.copy(), expression=node.right.copy())


def _is_join(node: exp.Expr) -> bool:
    return isinstance(node.find_ancestor(exp.Where, exp.Join, exp.Having, exp.Case, exp.Filter), exp.Join)


def _sides(node: exp.And) -> list[tuple[exp.Expr, exp.Expr]]:
    return [(node.left, node.right), (node.right, node.left)]


def _links(side: exp.Expr, context: Context) -> bool:
    """Whether a condition still joins tables by an equality."""
    return any(not _keeps_joins(node, context) for node in side.find_all(exp.EQ))


def _keeps_joins(node: exp.Expr, context: Context) -> bool:
    """Whether a condition is no equality of two tables' columns, or there are few tables."""
    bases = [context.base(column) for column in node.find_all(exp.Column)]
    names = {base[0] for base in bases if base}
    select = node.find_ancestor(exp.Select)
    return len(names) < 2 or (
        select is not None and len(sources(select)) < _FEW_TABLES and not isinstance(node, exp.EQ)
    )
