"""Subqueries, CTEs and EXISTS in the place of each other."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ..facts import Schema

_Trees = Iterator[exp.Expr]


def wrapped(tree: exp.Expr, schema: Schema) -> _Trees:
    """The whole query as a CTE of which all is selected; without ORDER BY only."""
    if isinstance(tree, exp.Query) and not tree.args.get("order") and not _with(tree):
        yield exp.select("*").from_("answer").with_("answer", as_=tree.copy())


def cte_inlined(tree: exp.Expr, schema: Schema) -> _Trees:
    """A CTE that is used once as a subquery at its place."""
    copy = tree.copy()
    with_ = _with(copy)
    ctes = with_.expressions if with_ is not None else []
    for cte in ctes[-1:]:
        used = [
            table
            for table in copy.find_all(exp.Table)
            if table.name.lower() == cte.alias.lower() and not table.db
        ]
        if len(used) == 1 and with_ is not None and not with_.args.get("recursive"):
            used[0].replace(
                exp.Subquery(
                    this=cte.this.copy(), alias=exp.TableAlias(this=exp.to_identifier(used[0].alias_or_name))
                )
            )
            cte.pop()
            if not with_.expressions:
                with_.pop()
            yield copy


def derived_to_cte(tree: exp.Expr, schema: Schema) -> _Trees:
    """A subquery of FROM as a CTE."""
    copy = tree.copy()
    if not isinstance(copy, exp.Select) or _with(copy):
        return
    for subquery in copy.find_all(exp.Subquery):
        if (
            isinstance(subquery.parent, exp.From | exp.Join)
            and subquery.alias
            and subquery.find_ancestor(exp.Select) is copy
        ):
            name = subquery.alias
            query = subquery.this.copy()
            subquery.replace(exp.Table(this=exp.to_identifier(name)))
            yield copy.with_(name, as_=query)
            return


def in_to_exists(tree: exp.Expr, schema: Schema) -> _Trees:
    """IN of a plain subquery, in WHERE and not negated, as EXISTS."""
    copy = tree.copy()
    for node in copy.find_all(exp.In):
        query = node.args.get("query")
        inner = query.this if isinstance(query, exp.Subquery) else query
        if not isinstance(inner, exp.Select) or not _is_plain(inner) or not _is_asserted(node):
            continue
        if not isinstance(node.this, exp.Column) or not node.this.table:
            continue
        test = exp.EQ(this=inner.selects[0].unalias().copy(), expression=node.this.copy())
        rest = inner.copy()
        rest.set("expressions", [exp.Literal.number(1)])
        node.replace(exp.Exists(this=rest.where(test)))
        yield copy
        return


def _with(query: exp.Expr) -> exp.With | None:
    found = query.args.get("with_") or query.args.get("with")
    return found if isinstance(found, exp.With) else None


def _is_plain(select: exp.Select) -> bool:
    parts = ("group", "having", "order", "limit", "distinct")
    shown = [projection.unalias() for projection in select.selects]
    named = len(shown) == 1 and isinstance(shown[0], exp.Column) and bool(shown[0].table)
    return named and not any(select.args.get(part) for part in parts)


def _is_asserted(node: exp.Expr) -> bool:
    """Whether a test stands in WHERE under nothing but AND."""
    parent = node.parent
    while isinstance(parent, exp.And | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Where)
