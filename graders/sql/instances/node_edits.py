"""Edits of one node of a query: each is a function of the node that yields replacements for it. Those of conditions are in `condition_edits.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

from ..engines.schema import Schema
from .condition_edits import comparison, condition, constant, period, unit

Edit = Callable[[exp.Expr], Iterator[exp.Expr | None]]
"""Replacements for a node; None removes it."""


def _join(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if not isinstance(node, exp.Join):
        return
    side = (node.side or "").upper()
    for other in ("LEFT", "RIGHT", "FULL", ""):
        if other != side and (node.args.get("on") or node.args.get("using")):
            copy = node.copy()
            copy.set("side", other or None)
            copy.set("kind", None)
            yield copy


def _aggregate(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Count):
        inner = node.this
        if isinstance(inner, exp.Distinct):
            yield exp.Count(this=inner.expressions[0].copy())
        elif inner is not None and not isinstance(inner, exp.Star):
            yield exp.Count(this=exp.Distinct(expressions=[inner.copy()]))
            yield exp.Count(this=exp.Star())
        elif isinstance(inner, exp.Star):
            yield exp.Sum(this=exp.Literal.number(1))
        return
    swaps = {
        exp.Sum: (exp.Avg, exp.Max),
        exp.Avg: (exp.Sum, exp.Median),
        exp.Min: (exp.Max,),
        exp.Max: (exp.Min,),
    }
    for kind, others in swaps.items():
        if type(node) is kind:
            for other in others:
                yield other(this=node.this.copy())
            if kind in (exp.Sum, exp.Avg) and not isinstance(node.this, exp.Distinct):
                yield kind(this=exp.Distinct(expressions=[node.this.copy()]))


def _distinct(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if isinstance(node, exp.Select) and not _gives_one_row(node):
        copy = node.copy()
        copy.set("distinct", None if node.args.get("distinct") else exp.Distinct())
        yield copy
    elif isinstance(node, exp.Union):
        union = node.copy()
        union.set("distinct", not node.args.get("distinct"))
        yield union


def _gives_one_row(select: exp.Select) -> bool:
    return not select.args.get("group") and all(
        isinstance(selected.unalias(), exp.AggFunc) for selected in select.selects
    )


def _set_operation(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.SetOperation):
        for other in (exp.Union, exp.Intersect, exp.Except):
            if not isinstance(node, other):
                copy = other(
                    this=node.this.copy(),
                    expression=node.expression.copy(),
                    distinct=node.args.get("distinct", True),
                )
                copy.set("with_", node.args["with_"].copy() if node.args.get("with_") else None)
                yield copy


def _order(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if isinstance(node, exp.Ordered):
        copy = node.copy()
        copy.set("desc", not node.args.get("desc"))
        copy.set("nulls_first", None)
        yield copy
    elif isinstance(node, exp.Order):
        if not isinstance(node.parent, exp.Window):
            yield None
        if len(node.expressions) > 1:
            shorter = node.copy()
            shorter.set("expressions", [key.copy() for key in node.expressions[1:]])
            yield shorter


def _group(node: exp.Expr) -> Iterator[exp.Expr | None]:
    if isinstance(node, exp.Group) and len(node.expressions) > 1:
        for skipped in range(len(node.expressions)):
            copy = node.copy()
            copy.set("expressions", [key.copy() for i, key in enumerate(node.expressions) if i != skipped])
            yield copy


def _wrapper(node: exp.Expr) -> Iterator[exp.Expr]:
    """A function or cast round a value left out or added, and the last branch of a CASE."""
    if isinstance(
        node, exp.Coalesce | exp.Nullif | exp.Lower | exp.Upper | exp.Abs | exp.Round | exp.Trim
    ) or (isinstance(node, exp.Cast) and not isinstance(node.this, exp.Literal)):
        yield node.this.copy()
    elif isinstance(node, exp.Case):
        default = node.args.get("default")
        copy = node.copy()
        copy.set("default", exp.Literal.number(0) if default is None else None)
        yield copy
        if len(node.args.get("ifs", ())) > 1:
            shorter = node.copy()
            shorter.set("ifs", [branch.copy() for branch in node.args["ifs"][1:]])
            yield shorter
    elif isinstance(node, exp.Filter):
        yield node.this.copy()
    elif isinstance(node, exp.Div):
        yield exp.Round(this=node.copy())
        yield exp.Floor(this=node.copy())
    elif isinstance(node, exp.Avg | exp.Sum | exp.Min | exp.Max):
        yield exp.Coalesce(this=node.copy(), expressions=[exp.Literal.number(0)])
        if isinstance(node, exp.Avg):
            yield exp.Round(this=node.copy(), decimals=exp.Literal.number(2))


_RANKS = (exp.Rank, exp.DenseRank, exp.RowNumber)


def _window(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Window) and node.args.get("partition_by"):
        copy = node.copy()
        copy.set("partition_by", None)
        yield copy
    for kind in _RANKS:
        if isinstance(node, _RANKS) and not isinstance(node, kind):
            yield kind()
    if isinstance(node, exp.Lag | exp.Lead):
        other = exp.Lead if isinstance(node, exp.Lag) else exp.Lag
        yield other(
            **{
                key: value.copy() if isinstance(value, exp.Expr) else value
                for key, value in node.args.items()
            }
        )


EDITS: Mapping[str, Edit] = {
    "comparison": comparison, "condition": condition, "constant": constant, "unit": unit, "period": period, "join": _join, "aggregate": _aggregate,
    "distinct": _distinct, "set operation": _set_operation, "order": _order, "group": _group, "wrapper": _wrapper, "window": _window,
}  # fmt: skip


def siblings_of(tree: exp.Expr, schema: Schema) -> dict[str, list[str]]:
    """For each column name of the tables in use, the other columns of its table with the same type."""
    found: dict[str, list[str]] = {}
    for name in sorted({table.name.lower() for table in tree.find_all(exp.Table)} & schema.tables.keys()):
        columns = schema.tables[name].columns
        for column in columns:
            others = [other.name for other in columns if other is not column and other.type == column.type]
            found.setdefault(column.name.lower(), []).extend(others)
    return found


def other_column(node: exp.Expr, siblings: Mapping[str, list[str]]) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Column):
        for other in siblings.get(node.name.lower(), ())[:2]:
            copy = node.copy()
            copy.set("this", exp.to_identifier(other, quoted=not other.isidentifier()))
            yield copy
