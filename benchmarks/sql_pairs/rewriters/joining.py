"""Joins in another order or spelling."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..columns import resolve
from ..facts import Schema
from .editing import from_of, inner_joins, selects

_Trees = Iterator[exp.Expr]


def join_order(tree: exp.Expr, schema: Schema) -> _Trees:
    """The first two tables of an inner join exchanged."""
    copy = tree.copy()
    for select in selects(copy):
        joins = inner_joins(select)
        from_ = from_of(select)
        if joins and from_ is not None and not any(isinstance(shown, exp.Star) for shown in select.selects):
            first, second = from_.this.copy(), joins[0].this.copy()
            from_.set("this", second)
            joins[0].set("this", first)
            yield copy
            return


def comma_join(tree: exp.Expr, schema: Schema) -> _Trees:
    """Tables after commas, the conditions of their joins in WHERE."""
    copy = tree.copy()
    for select in selects(copy):
        joins = inner_joins(select)
        if joins:
            conditions = [join.args["on"].copy() for join in joins]
            for join in joins:
                join.set("on", None)
                join.set("kind", None)
            where = select.args.get("where")
            own = [where.this.copy()] if where else []
            select.set("where", exp.Where(this=exp.and_(*conditions, *own, copy=False)))
            yield copy
            return


def mirrored(tree: exp.Expr, schema: Schema) -> _Trees:
    """A single LEFT JOIN as a RIGHT JOIN of the tables exchanged."""
    copy = tree.copy()
    for select in selects(copy):
        joins, from_ = select.args.get("joins") or [], from_of(select)
        if len(joins) == 1 and joins[0].side == "LEFT" and from_ is not None:
            first, second = from_.this.copy(), joins[0].this.copy()
            from_.set("this", second)
            joins[0].set("this", first)
            joins[0].set("side", "RIGHT")
            yield copy
            return


def using_subquery(tree: exp.Expr, schema: Schema) -> _Trees:
    """The first table of a FROM as a subquery of all its columns."""
    copy = tree.copy()
    for select in selects(copy):
        from_ = from_of(select)
        if (
            from_ is not None
            and isinstance(from_.this, exp.Table)
            and from_.this.name.lower() in schema.tables
        ):
            table = from_.this.copy()
            alias = table.alias_or_name
            table.set("alias", None)
            from_.set("this", exp.select("*").from_(table).subquery(alias))
            yield copy
            return


def anti_join(tree: exp.Expr, schema: Schema) -> _Trees:
    """LEFT JOIN ... WHERE key IS NULL as NOT EXISTS; the key must be the joined column itself."""
    copy = tree.copy()
    resolved = resolve(copy, schema)
    if not isinstance(copy, exp.Select) or len(copy.args.get("joins") or []) != 1:
        return
    join, where = copy.args["joins"][0], copy.args.get("where")
    on = join.args.get("on")
    if join.side != "LEFT" or where is None or not isinstance(where.this, exp.Is) or on is None:
        return
    name, tested = join.this.alias_or_name.lower(), where.this.this
    keys = {resolved.get(id(column)) for column in on.find_all(exp.Column) if column.table.lower() == name}
    shown = {column.table.lower() for part in copy.selects for column in part.find_all(exp.Column)}
    simple = (
        all(isinstance(part, exp.EQ) for part in on.flatten())
        if isinstance(on, exp.And)
        else isinstance(on, exp.EQ)
    )
    if (
        tested.table.lower() != name
        or resolved.get(id(tested)) not in keys
        or name in shown
        or not simple
        or "" in shown
    ):
        return
    inner = exp.select("1").from_(join.this.copy()).where(on.copy())
    copy.set("joins", [])
    copy.set("where", exp.Where(this=exp.Not(this=exp.Exists(this=inner))))
    yield copy
