"""Replaces the nodes of a tree that an edit knows how to say otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp


def edited(
    tree: exp.Expr, edit: Callable[[exp.Expr], exp.Expr | None], *, most: int = 3
) -> Iterator[exp.Expr]:
    """The tree with up to `most` nodes replaced by what the edit gives for them; nothing where it gives nothing."""
    copy, count = tree.copy(), 0
    for node in list(copy.walk(bfs=False))[::-1]:
        other = edit(node) if count < most and node.parent is not None else None
        if other is not None:
            node.replace(other)
            count += 1
    if count:
        yield copy


def selects(tree: exp.Expr) -> list[exp.Select]:
    """The SELECTs of a tree, the outermost first."""
    return list(tree.find_all(exp.Select))


def from_of(select: exp.Select) -> exp.From | None:
    """Its FROM, under the name that the installed sqlglot gives it."""
    found = select.args.get("from_") or select.args.get("from")
    return found if isinstance(found, exp.From) else None


def inner_joins(select: exp.Select) -> list[exp.Join]:
    """Its joins when all are inner, of plain tables and with ON; else nothing."""
    joins = select.args.get("joins") or []
    plain = all(
        not j.side and j.kind in {"", "INNER"} and j.args.get("on") and isinstance(j.this, exp.Table)
        for j in joins
    )
    from_ = from_of(select)
    return joins if plain and from_ is not None and isinstance(from_.this, exp.Table) else []
