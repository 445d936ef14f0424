"""Edits of aggregates and window functions."""

from __future__ import annotations

from sqlglot import exp

from .context import Context, Edits, sources

_SWAPS: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Sum: (exp.Avg, exp.Max),
    exp.Avg: (exp.Sum, exp.Max),
    exp.Min: (exp.Max,),
    exp.Max: (exp.Min,),
}
_RANKS: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Rank: (exp.DenseRank, exp.RowNumber),
    exp.DenseRank: (exp.Rank, exp.RowNumber),
    exp.RowNumber: (exp.Rank,),
    exp.Lag: (exp.Lead,),
    exp.Lead: (exp.Lag,),
}


def aggregate(node: exp.Expr, context: Context) -> Edits:
    """AVG for SUM, MIN for MAX."""
    for other in _SWAPS.get(type(node), ()):
        column = context.column(node.this)
        if (
            column is not None
            and column.kind not in {"integer", "decimal", "float"}
            and other in {exp.Sum, exp.Avg}
        ):
            continue
        yield "aggregate", other(this=node.this.copy())
    if isinstance(node, exp.Sum | exp.Avg) and not isinstance(node.this, exp.Distinct | exp.Case):
        if isinstance(node, exp.Sum):
            yield "sum_to_count", exp.Count(this=node.this.copy(), big_int=True)
        yield "aggregate_distinct", type(node)(this=exp.Distinct(expressions=[node.this.copy()]))


def counted(node: exp.Expr, context: Context) -> Edits:
    """COUNT with and without DISTINCT, of rows and of a column."""
    if not isinstance(node, exp.Count):
        return
    select = node.find_ancestor(exp.Select)
    if isinstance(node.this, exp.Distinct):
        inner = node.this.expressions[0]
        if not context.is_key(inner) or context.fans_out(inner, select):
            yield "count_distinct_dropped", exp.Count(this=inner.copy(), big_int=True)
        return
    column = context.column(node.this)
    if column is not None and (not context.is_key(node.this) or context.fans_out(node.this, select)):
        yield (
            "count_distinct_added",
            exp.Count(this=exp.Distinct(expressions=[node.this.copy()]), big_int=True),
        )
    if column is not None and (
        _may_lack(node.this, select) or (column.nullable and not context.is_key(node.this))
    ):
        yield "count_rows", exp.Count(this=exp.Star(), big_int=True)
    if isinstance(node.this, exp.Star) and select is not None:
        yield from (
            ("count_column", exp.Count(this=name, big_int=True)) for name in _nullable(select, context)
        )


def window(node: exp.Expr, context: Context) -> Edits:
    """A window without its partition or in the other order, another ranking."""
    if isinstance(node, exp.Window):
        if node.args.get("partition_by"):
            copy = node.copy()
            copy.set("partition_by", [])
            yield "partition_dropped", copy
        order = node.args.get("order")
        if order is not None:
            copy = node.copy()
            first = copy.args["order"].expressions[0]
            first.set("desc", not first.args.get("desc"))
            yield "window_order", copy
    for other in _RANKS.get(type(node), ()):
        plain = other in {exp.Rank, exp.DenseRank, exp.RowNumber}
        yield "window_function", other() if plain else other(**dict(node.copy().args.items()))


def _nullable(select: exp.Select, context: Context) -> list[exp.Column]:
    """One nullable column of each of a SELECT's tables."""
    found = []
    for source in sources(select):
        table = context.schema.tables.get(source.name.lower())
        joined = {
            column.name.lower()
            for join in select.args.get("joins") or ()
            for column in join.find_all(exp.Column)
        }
        fitting = table.columns if table else ()
        keys = table.implied_keys if table else ()
        names = [
            c.name
            for c in fitting
            if c.nullable and c.shipped and (c.name,) not in keys and c.name not in joined
        ]
        if names:
            found.append(exp.column(context.rng.choice(names), table=source.alias_or_name))
    return found


def _may_lack(node: exp.Expr, select: exp.Select | None) -> bool:
    """Whether a column comes from a table that an outer join fills with NULLs."""
    joins = select.args.get("joins") or [] if select else []
    lacking = {join.this.alias_or_name.lower() for join in joins if join.side == "LEFT"}
    return isinstance(node, exp.Column) and node.table.lower() in lacking
