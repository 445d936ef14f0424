"""Which columns a Postgres query may name without saying so: those that follow from a grouped key, and those it names itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from .postgres_types import MARK
from .query_types import AT

_Keys = Mapping[str, Sequence[Sequence[str]]]


def add_dependent_columns(tree: exp.Expr, copy: exp.Expr, keys: _Keys) -> None:
    """GROUP BY also what follows from a grouped key, which Postgres lets a query select and DuckDB does not.

    The groups stay the same. `copy` is `tree` made by `qualified`; `keys` are sets of columns by table, unique together and never NULL.
    """
    selects: dict[object, exp.Select] = {node.meta[AT]: node for node in tree.find_all(exp.Select)}
    for scope in traverse_scope(copy):
        query = scope.expression
        original = selects.get(query.meta.get(AT))
        if original is None or not isinstance(query, exp.Select) or not _has_plain_groups(query):
            continue
        for column in _dependent(scope, query, keys):
            original.args["group"].append("expressions", column)


def _has_plain_groups(query: exp.Select) -> bool:
    group = query.args.get("group")
    return group is not None and not any(map(group.args.get, ("all", "cube", "rollup", "grouping_sets")))


def _dependent(scope: Scope, query: exp.Select, keys: _Keys) -> list[exp.Column]:
    """The columns that a query uses ungrouped although only a key of their table is grouped, each once."""
    outputs = {output.alias: output.unalias() for output in query.selects}
    items = query.args["group"].expressions
    keyed = [item if item.text("table") else outputs.get(item.name, item) for item in items]
    grouped = {_place(column) for column in keyed if isinstance(column, exp.Column)}
    added: dict[tuple[str, str], exp.Column] = {}
    for column in scope.columns:
        source = scope.sources.get(column.table)
        if not isinstance(source, exp.Table) or _place(column) in grouped or not _is_bare(column, scope):
            continue
        known = keys.get(source.name, ())
        if any(all((column.table, part.lower()) in grouped for part in key) for key in known):
            added[_place(column)] = exp.column(column.name, table=column.table)
    return list(added.values())


def _place(column: exp.Column) -> tuple[str, str]:
    return column.table, column.name


def _is_bare(column: exp.Column, scope: Scope) -> bool:
    """Whether it stands where only grouped columns may, or in a query inside, where it might."""
    holder = column.find_ancestor(exp.AggFunc, exp.Where, exp.Join, exp.Group, exp.Select)
    windowed = isinstance(holder, exp.AggFunc) and isinstance(holder.parent, exp.Window)
    return isinstance(holder, exp.Select) or windowed or column.parent_select is not scope.expression


def name_outputs(tree: exp.Expr) -> None:
    """Give outputs that Postgres names after their function that name where the query uses it: `SELECT sum FROM (SELECT sum(x) FROM t)`."""
    used = {column.name.lower() for column in tree.find_all(exp.Column)}
    for select in tree.find_all(exp.Select):
        taken = {output.alias_or_name.lower() for output in select.expressions if _is_named(output)}
        for output in list(select.expressions):
            cast_of_all = select is tree and isinstance(output, exp.Cast)  # nobody can use its name
            name = "" if _is_named(output) or cast_of_all else _implicit_name(output)
            if name in used - taken:
                taken.add(name)
                output.replace(exp.alias_(output.copy(), name, quoted=True))


def _is_named(output: exp.Expr) -> bool:
    return bool(output.alias) or isinstance(output, exp.Column)


def _implicit_name(output: exp.Expr) -> str:
    """The name that Postgres gives an output that has none: of its function, of what is cast, or "case"; else ""."""
    if isinstance(output, exp.Cast):
        return (
            output.this.name.lower() if isinstance(output.this, exp.Column) else _implicit_name(output.this)
        )
    if isinstance(output, exp.Window | exp.Filter | exp.WithinGroup):
        return _implicit_name(output.this)
    if isinstance(output, exp.Case):
        return "case"
    if not isinstance(output, exp.Func) or isinstance(output, exp.Binary):
        return ""
    return output.sql("postgres").split("(")[0].lower().removeprefix(MARK)


def drop_public(tree: exp.Expr) -> None:
    """Leave out Postgres's default schema; the engine's has another name, and every table is found by its own."""
    for node in tree.find_all(exp.Table, exp.Column):
        if node.text("db").lower() == "public":
            node.set("db", None)
