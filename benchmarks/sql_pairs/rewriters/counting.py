"""Counts, groups and DISTINCT said in other words."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..facts import Schema
from .editing import edited

_Trees = Iterator[exp.Expr]


def count_one(tree: exp.Expr, schema: Schema) -> _Trees:
    """COUNT(1) for COUNT(*)."""

    def one(node: exp.Expr) -> exp.Expr | None:
        starred = isinstance(node, exp.Count) and isinstance(node.this, exp.Star)
        return exp.Count(this=exp.Literal.number(1), big_int=True) if starred else None

    yield from edited(tree, one)


def case_to_filter(tree: exp.Expr, schema: Schema) -> _Trees:
    """COUNT(CASE WHEN c THEN 1 END) as COUNT(*) FILTER (WHERE c)."""

    def filtered(node: exp.Expr) -> exp.Expr | None:
        case = node.this if isinstance(node, exp.Count) else None
        if (
            not isinstance(case, exp.Case)
            or case.this
            or case.args.get("default")
            or len(case.args["ifs"]) != 1
        ):
            return None
        branch = case.args["ifs"][0]
        if not isinstance(branch.args["true"], exp.Literal):
            return None
        counted = exp.Count(this=exp.Star(), big_int=True)
        return exp.Filter(this=counted, expression=exp.Where(this=branch.this.copy()))

    yield from edited(tree, filtered)


def distinct_to_group(tree: exp.Expr, schema: Schema) -> _Trees:
    """SELECT DISTINCT of columns as GROUP BY of them."""
    copy = tree.copy()
    if not isinstance(copy, exp.Select) or not copy.args.get("distinct") or copy.args.get("group"):
        return
    shown = [projection.unalias() for projection in copy.selects]
    if all(isinstance(column, exp.Column) for column in shown) and not copy.find(exp.AggFunc, exp.Window):
        copy.set("distinct", None)
        yield copy.group_by(*[column.copy() for column in shown])


def having_outside(tree: exp.Expr, schema: Schema) -> _Trees:
    """HAVING as WHERE around the grouped query; only where HAVING tests one shown aggregate."""
    if (
        not isinstance(tree, exp.Select)
        or not tree.args.get("having")
        or tree.args.get("order")
        or tree.args.get("limit")
    ):
        return
    copy = tree.copy()
    test = copy.args["having"].this.copy()
    names = {shown.unalias(): shown.alias_or_name for shown in copy.selects if shown.alias_or_name}
    for node in list(test.find_all(exp.AggFunc)):
        if node not in names:
            return
        node.replace(exp.column(names[node], table="grouped"))
    copy.set("having", None)
    if test.find(exp.AggFunc) or isinstance(copy.args.get("with_") or copy.args.get("with"), exp.With):
        return
    yield exp.select("*").from_(copy.subquery("grouped")).where(test)
