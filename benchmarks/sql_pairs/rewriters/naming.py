"""Other names and another layout."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from ..facts import Schema
from .editing import selects

_Trees = Iterator[exp.Expr]


def pretty(tree: exp.Expr, schema: Schema) -> _Trees:
    """The same tree; it is written over several lines, with lower-case words."""
    copy = tree.copy()
    copy.meta["pretty"] = True
    yield copy


def tables_renamed(tree: exp.Expr, schema: Schema) -> _Trees:
    """Every table under another alias."""
    copy = tree.copy()
    try:
        scopes = traverse_scope(copy)
    except SqlglotError:
        return
    names: dict[int, dict[str, str]] = {}
    for number, scope in enumerate(scopes):
        own = {}
        for position, (alias, (node, _)) in enumerate(scope.selected_sources.items()):
            if isinstance(node, exp.Table):
                own[alias.lower()] = f"x{number}{'abcdefghij'[position % 10]}"
        names[id(scope)] = own
    for scope in scopes:
        for column in scope.columns:
            holder: Scope | None = scope
            while holder is not None and column.table.lower() not in names.get(id(holder), {}):
                holder = holder.parent
            if column.table and holder is not None:
                column.set("table", exp.to_identifier(names[id(holder)][column.table.lower()]))
    for scope in scopes:
        for alias, (node, _) in scope.selected_sources.items():
            if alias.lower() in names[id(scope)] and isinstance(node, exp.Table):
                node.set("alias", exp.TableAlias(this=exp.to_identifier(names[id(scope)][alias.lower()])))
    if any(names.values()) and not any(column.find(exp.Star) for column in copy.find_all(exp.Column)):
        yield copy


def columns_aliased(tree: exp.Expr, schema: Schema) -> _Trees:
    """Every output column under another name, also where ORDER BY and GROUP BY say it."""
    copy = tree.copy()
    if not isinstance(copy, exp.Select) or copy.find(exp.Star) or copy.args.get("distinct"):
        return
    renamed: dict[str, str] = {}
    for number, shown in enumerate(list(copy.selects)):
        renamed[shown.alias_or_name.lower()] = f"out_{number + 1}"
        shown.replace(exp.alias_(shown.unalias().copy(), f"out_{number + 1}"))
    bases = {column.name for table in schema.tables.values() for column in table.columns}
    for part in (copy.args.get("order"), copy.args.get("group"), copy.args.get("having")):
        for column in list(part.find_all(exp.Column)) if part is not None else ():
            name = column.name.lower()
            is_output = name not in bases or part is copy.args.get("order")
            if not column.table and name in renamed and is_output:
                column.replace(exp.column(renamed[name]))
    yield copy


def order_by_position(tree: exp.Expr, schema: Schema) -> _Trees:
    """ORDER BY and GROUP BY of an output's position for its name, and the reverse."""
    copy = tree.copy()
    changed = False
    for select in selects(copy):
        outputs = [shown.alias_or_name.lower() for shown in select.selects]
        for part in (select.args.get("order"), select.args.get("group")):
            for key in list(part.expressions) if part is not None and not select.find(exp.Star) else ():
                term = key.this if isinstance(key, exp.Ordered) else key
                position = _position(term, select, outputs)
                if position is not None:
                    term.replace(exp.Literal.number(position + 1))
                    changed = True
    if changed:
        yield copy


def _position(term: exp.Expr, select: exp.Select, outputs: list[str]) -> int | None:
    if isinstance(term, exp.Column) and not term.table and outputs.count(term.name.lower()) == 1:
        return outputs.index(term.name.lower())
    return next((i for i, shown in enumerate(select.selects) if shown.unalias() == term), None)
