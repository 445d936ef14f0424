"""Conditions said in other words."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..facts import Schema
from .editing import edited

_Kinds = dict[type[exp.Expr], type[exp.Binary]]
_FLIPPED: _Kinds = {
    exp.EQ: exp.EQ,
    exp.NEQ: exp.NEQ,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}
_OPPOSITE: _Kinds = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.GT: exp.LTE,
    exp.GTE: exp.LT,
    exp.LT: exp.GTE,
    exp.LTE: exp.GT,
}
_Trees = Iterator[exp.Expr]


def between_split(tree: exp.Expr, schema: Schema) -> _Trees:
    """BETWEEN as two comparisons."""

    def split(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, exp.Between):
            return None
        value, low, high = (node.args[name].copy() for name in ("this", "low", "high"))
        both = exp.And(
            this=exp.GTE(this=value, expression=low), expression=exp.LTE(this=value.copy(), expression=high)
        )
        return exp.Paren(this=both)

    yield from edited(tree, split)


def range_to_between(tree: exp.Expr, schema: Schema) -> _Trees:
    """`x >= a AND x <= b` as BETWEEN."""

    def joined(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, exp.And):
            return None
        low, high = node.left, node.right
        if not isinstance(low, exp.GTE) or not isinstance(high, exp.LTE) or low.left != high.left:
            return None
        return exp.Between(this=low.left.copy(), low=low.right.copy(), high=high.right.copy())

    yield from edited(tree, joined)


def in_to_or(tree: exp.Expr, schema: Schema) -> _Trees:
    """IN of a list as equalities joined by OR."""

    def spelled(node: exp.Expr) -> exp.Expr | None:
        values = node.expressions if isinstance(node, exp.In) else []
        if not 1 < len(values) < 8:
            return None
        tests = [exp.EQ(this=node.this.copy(), expression=value.copy()) for value in values]
        return exp.Paren(this=exp.or_(*tests, copy=False))

    yield from edited(tree, spelled)


def or_to_in(tree: exp.Expr, schema: Schema) -> _Trees:
    """Equalities of one column joined by OR as IN of a list."""

    def listed(node: exp.Expr) -> exp.Expr | None:
        if (
            not isinstance(node, exp.Or)
            or not isinstance(node.left, exp.EQ)
            or not isinstance(node.right, exp.EQ)
        ):
            return None
        if node.left.left != node.right.left or not isinstance(node.left.left, exp.Column):
            return None
        return exp.In(
            this=node.left.left.copy(), expressions=[node.left.right.copy(), node.right.right.copy()]
        )

    yield from edited(tree, listed)


def comparison_flipped(tree: exp.Expr, schema: Schema) -> _Trees:
    """Comparisons with their sides exchanged."""

    def flipped(node: exp.Expr) -> exp.Expr | None:
        flip = _FLIPPED.get(type(node))
        return flip(this=node.args["expression"].copy(), expression=node.this.copy()) if flip else None

    yield from edited(tree, flipped)


def double_negation(tree: exp.Expr, schema: Schema) -> _Trees:
    """A filter negated twice."""
    for kind in (exp.Where, exp.Having):

        def negated(node: exp.Expr, kind: type[exp.Expr] = kind) -> exp.Expr | None:
            if not isinstance(node, kind):
                return None
            return kind(this=exp.Not(this=exp.Paren(this=exp.Not(this=exp.Paren(this=node.this.copy())))))

        yield from edited(tree, negated)


def nots_moved(tree: exp.Expr, schema: Schema) -> _Trees:
    """A comparison as the negation of its opposite."""

    def opposite(node: exp.Expr) -> exp.Expr | None:
        kind = _OPPOSITE.get(type(node))
        if kind is None or node.find_ancestor(exp.Where, exp.Case) is None or node.find_ancestor(exp.Join):
            return None
        negated = kind(this=node.this.copy(), expression=node.args["expression"].copy())
        return exp.Paren(this=exp.Not(this=exp.Paren(this=negated)))

    yield from edited(tree, opposite, most=1)


def parentheses(tree: exp.Expr, schema: Schema) -> _Trees:
    """Needless parentheses around tests and calculations."""

    def wrapped(node: exp.Expr) -> exp.Expr | None:
        kinds = (
            exp.EQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.Like | exp.ILike | exp.Div | exp.Mul | exp.And
        )
        return (
            exp.Paren(this=node.copy())
            if isinstance(node, kinds) and not isinstance(node.parent, exp.Paren)
            else None
        )

    yield from edited(tree, wrapped)
