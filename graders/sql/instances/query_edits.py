"""Edits of a whole query: what a reader of the question gets wrong without touching a single node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlglot import exp

from ..engines.schema import Schema

_ASKING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between)

Whole = tuple[exp.Expr, str]
"""A query after an edit of the whole, and the column it is about."""


def column_about(node: exp.Expr) -> str:
    """The first column in a node, or beside it in the same condition."""
    column = node.find(exp.Column) or (
        node.parent.find(exp.Column) if isinstance(node.parent, exp.Predicate | exp.Func) else None
    )
    return column.name.lower() if column is not None else ""


def replaced(tree: exp.Expr, place: int, replacement: exp.Expr | None) -> exp.Expr:
    """The query with another node, or none, at a place in the order of its walk."""
    copy = tree.copy()
    node = next(node for i, node in enumerate(copy.walk()) if i == place)
    if node is copy:
        return replacement if replacement is not None else copy
    if replacement is None:
        node.pop()
    else:
        node.replace(replacement)
    return copy


def _needless_join(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """One more inner join along a foreign key, which loses the rows that point nowhere."""
    for place, node in enumerate(tree.walk()):
        if not isinstance(node, exp.Select):
            continue
        source = node.args.get("from_")
        table = source.this if source is not None else None
        if not isinstance(table, exp.Table) or table.name.lower() not in schema.tables:
            continue
        facts = schema.tables[table.name.lower()]
        nullable = {column.name for column in facts.columns if column.nullable}
        for pointer in [pointer for pointer in facts.foreign if nullable & set(pointer.columns)][:2]:
            other = schema.tables[pointer.table]
            on = " AND ".join(
                f'{table.alias_or_name}."{a}" = joined_too."{b}"'
                for a, b in zip(pointer.columns, pointer.references, strict=True)
            )
            joined = node.copy()
            target = exp.to_table(
                f'"{other.schema}"."{other.name}"' if other.schema != "main" else f'"{other.name}"'
            )
            joined.join(target, on=on, join_alias="joined_too", copy=False)
            yield replaced(tree, place, joined), pointer.columns[0].lower()


def _null_condition(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """Rows in which a column is NULL left out."""
    maybe_null = _nullable_names(tree, schema)
    for place, node in enumerate(tree.walk()):
        if not isinstance(node, exp.Select):
            continue
        present_anyway = _never_null(node)
        unread = () if node.args.get("limit") else (exp.Order,)
        columns = [
            c
            for c in node.find_all(exp.Column)
            if c.parent_select is node and c.name.lower() in maybe_null and c.sql() not in present_anyway
        ]
        for column in list(
            {c.sql(): c for c in columns if not c.find_ancestor(exp.Having, *unread)}.values()
        )[:6]:
            present = exp.not_(exp.Is(this=column.copy(), expression=exp.Null()))
            yield replaced(tree, place, node.where(present)), column.name.lower()


def _never_null(select: exp.Select) -> set[str]:
    """The columns, as written, which a condition of the query already asks to be something."""
    where = select.args.get("where")
    conditions = list(where.this.flatten()) if where is not None and isinstance(where.this, exp.And) else []
    conditions = conditions or ([where.this] if where is not None else [])
    asked = [c for c in conditions if isinstance(c, _ASKING)]
    return {
        side.sql()
        for c in asked
        for side in (c.this, c.args.get("expression"))
        if isinstance(side, exp.Column)
    }


def _nullable_names(tree: exp.Expr, schema: Schema) -> set[str]:
    tables = {table.name.lower() for table in tree.find_all(exp.Table)} & schema.tables.keys()
    return {c.name.lower() for name in tables for c in schema.tables[name].columns if c.nullable}


def _added_key(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """One more column to group by."""
    for place, node in enumerate(tree.walk()):
        group = node.args.get("group") if isinstance(node, exp.Select) else None
        if group is None or not group.expressions:
            continue
        named = {column.name.lower() for column in group.find_all(exp.Column)}
        for table in node.find_all(exp.Table):
            facts = schema.tables.get(table.name.lower())
            others = (
                [c for c in facts.columns if c.name.lower() not in named]
                if facts and table.parent_select is node
                else []
            )
            for column in others[:: max(1, len(others) // 3)][:3]:
                name = exp.column(
                    exp.to_identifier(column.name, quoted=not column.name.isidentifier()),
                    table=table.alias_or_name,
                )
                grouped = node.copy()
                grouped.args["group"].append("expressions", name)
                yield replaced(tree, place, grouped), column.name.lower()


def _counted_column(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """COUNT(*) or the count of a column as the count of a column that may be NULL."""
    for place, node in enumerate(tree.walk()):
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star | exp.Column):
            select = node.find_ancestor(exp.Select)
            for table in select.find_all(exp.Table) if select is not None else ():
                facts = schema.tables.get(table.name.lower())
                others = (
                    [c for c in facts.columns if c.nullable and c.name.lower() != node.this.name.lower()]
                    if facts
                    else []
                )
                for column in others[:: max(1, len(others) // 4)][:4]:
                    name = exp.column(
                        exp.to_identifier(column.name, quoted=not column.name.isidentifier()),
                        table=table.alias_or_name,
                    )
                    yield replaced(tree, place, exp.Count(this=name)), column.name.lower()


def _ties_kept(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """All rows that tie for the first places, where a LIMIT takes as many as it says; in DuckDB's dialect."""
    order, limit = tree.args.get("order"), tree.args.get("limit")
    if (
        isinstance(tree, exp.Select)
        and order is not None
        and limit is not None
        and not tree.args.get("offset")
    ):
        copy = tree.copy()
        copy.set("order", None)
        copy.set("limit", None)
        rank = exp.Window(this=exp.Rank(), order=order.copy())
        copy.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=limit.expression.copy())))
        yield copy, column_about(order)


def _extreme_by_order(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """The first row in order for the least or the greatest value: no row instead of NULL where there is none, and NULL may come first."""
    if (
        not isinstance(tree, exp.Select)
        or tree.args.get("group")
        or tree.args.get("order")
        or len(tree.selects) != 1
    ):
        return
    extreme = tree.selects[0].unalias()
    if isinstance(extreme, exp.Min | exp.Max) and isinstance(extreme.this, exp.Column):
        copy = tree.copy()
        copy.set("expressions", [extreme.this.copy()])
        ordered = copy.order_by(
            exp.Ordered(this=extreme.this.copy(), desc=isinstance(extreme, exp.Max)), copy=False
        )
        yield ordered.limit(1, copy=False), extreme.this.name.lower()


def _join_left_out(tree: exp.Expr, schema: Schema) -> Iterator[Whole]:
    """Without a table that is joined and then not read, which doubles rows or loses some."""
    for place, node in enumerate(tree.walk()):
        for number, join in enumerate(node.args.get("joins") or () if isinstance(node, exp.Select) else ()):
            name, on = join.this.alias_or_name, join.args.get("on")
            if on is None or not isinstance(join.this, exp.Table):
                continue
            own = {id(column) for column in on.find_all(exp.Column)}
            if any(c.table in (name, "") and id(c) not in own for c in node.find_all(exp.Column)):
                continue
            shorter = node.copy()
            shorter.set("joins", [other for i, other in enumerate(shorter.args["joins"]) if i != number])
            columns = [column.name.lower() for column in on.find_all(exp.Column) if column.table != name]
            yield replaced(tree, place, shorter), next(iter(columns), "")


WHOLE: Mapping[str, Callable[[exp.Expr, Schema], Iterator[Whole]]] = {
    "needless join": _needless_join,
    "null condition": _null_condition,
    "counted column": _counted_column,
    "added key": _added_key,
    "ties kept": _ties_kept,
    "extreme by order": _extreme_by_order,
    "join left out": _join_left_out,
}
