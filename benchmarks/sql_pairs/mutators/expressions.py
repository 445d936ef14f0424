"""Edits of expressions: calculations, casts, CASE, COALESCE and NULLIF."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits


def arithmetic(node: exp.Expr, context: Context) -> Edits:
    """Sides exchanged, the other sign, whole-number division, a factor dropped."""
    if isinstance(node, exp.Div):
        yield (
            "division_swapped",
            exp.Div(this=exp.Paren(this=node.right.copy()), expression=exp.Paren(this=node.left.copy())),
        )
        yield "division_rounded", exp.Round(this=node.copy(), decimals=exp.Literal.number(0))
    elif isinstance(node, exp.Sub) and not _has_interval(node):
        yield (
            "subtraction_swapped",
            exp.Sub(this=exp.Paren(this=node.right.copy()), expression=exp.Paren(this=node.left.copy())),
        )
    elif isinstance(node, exp.Mul):
        yield "factor_dropped", node.left.copy() if isinstance(node.right, exp.Literal) else node.right.copy()
    elif isinstance(node, exp.Add | exp.Sub):
        other = exp.Sub if isinstance(node, exp.Add) else exp.Add
        yield "sign", other(this=node.left.copy(), expression=node.right.copy())


def cast(node: exp.Expr, context: Context) -> Edits:
    """A calculation rounded down to whole numbers, a moment not cut to its date."""
    if not isinstance(node, exp.Cast) or isinstance(node.this, exp.Literal):
        return
    if node.to.is_type("float", "double", "real") and isinstance(node.parent, exp.Div):
        return
    if node.to.is_type("date") and isinstance(node.parent, exp.Predicate):
        yield "cast_dropped", node.this.copy()


def conditional(node: exp.Expr, context: Context) -> Edits:
    """CASE with its branches exchanged, or its ELSE dropped or changed."""
    if not isinstance(node, exp.Case):
        return
    branches, default = node.args["ifs"], node.args.get("default")
    if len(branches) == 1 and default is not None:
        copy = node.copy()
        copy.args["ifs"][0].set("true", default.copy())
        copy.set("default", branches[0].args["true"].copy())
        yield "case_swapped", copy
        if not isinstance(default, exp.Null) and not isinstance(node.parent, exp.Sum | exp.Count):
            copy = node.copy()
            copy.set("default", None)
            yield "case_else_dropped", copy
    if isinstance(node.parent, exp.Count):
        copy = node.copy()
        copy.set("default", exp.Literal.number(0))
        yield "case_else_counted", copy


def fallback(node: exp.Expr, context: Context) -> Edits:
    """COALESCE without its fallback, or with another."""
    if isinstance(node, exp.Coalesce):
        yield "coalesce_dropped", node.this.copy()
        yield "coalesce_value", exp.Coalesce(this=node.this.copy(), expressions=[exp.Literal.number(1)])


def null_if(node: exp.Expr, context: Context) -> Edits:
    """NULLIF dropped."""
    if isinstance(node, exp.Nullif):
        yield "nullif_dropped", node.this.copy()


def _has_interval(node: exp.Expr) -> bool:
    return node.find(exp.Interval) is not None
