"""What an edit may know of the query that it changes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from ..columns import Resolved
from ..facts import Cell, Column, ColumnName, Schema

Edits = Iterator[tuple[str, exp.Expr | None]]


@dataclass(frozen=True, slots=True)
class Context:
    schema: Schema
    resolved: Resolved
    rng: random.Random

    def base(self, node: exp.Expr | None) -> ColumnName | None:
        """The base column that a node stands for."""
        return self.resolved.get(id(node))

    def column(self, node: exp.Expr | None) -> Column | None:
        """The facts of that column."""
        base = self.base(node)
        return self.schema.column(base) if base else None

    def compared(self, node: exp.Expr) -> Column | None:
        """The one column that the comparison around a constant is about."""
        comparison = node.find_ancestor(exp.Predicate, exp.Case)
        columns = {self.base(column) for column in comparison.find_all(exp.Column)} if comparison else set()
        base = columns.pop() if len(columns) == 1 else None
        return self.schema.column(base) if base else None

    def is_key(self, node: exp.Expr | None) -> bool:
        """Whether a node is a column that identifies a row of its table."""
        base = self.base(node)
        table = self.schema.tables[base[0]] if base else None
        return table is not None and base is not None and (base[1],) in (*table.keys, *table.implied_keys)

    def alike(self, node: exp.Column) -> list[str]:
        """Other columns of the same table and kind, keys and columns without shipped values apart."""
        base = self.base(node)
        if base is None or is_derived(node, self):
            return []
        table, own = self.schema.tables[base[0]], self.schema.column(base)
        return [
            column.name
            for column in table.columns
            if column.name != own.name and column.kind == own.kind and len(column.shipped) > 1
        ]

    def joins(self, node: exp.Column) -> list[str]:
        """Other columns alike that join tables somewhere, or whole numbers."""
        base = self.base(node)
        ends = {end for reference in self.schema.references for end in (reference.child, reference.parent)}
        alike = self.alike(node)
        column = self.column(node)
        whole = alike if column is not None and column.kind == "integer" else []
        return [name for name in alike if base and (base[0], name) in ends] or whole

    def fans_out(self, node: exp.Expr | None, select: exp.Select | None) -> bool:
        """Whether another table of a SELECT refers to the table of a column, so that its rows come several times."""
        base = self.base(node)
        names = {source.name.lower() for source in sources(select)} if select else set()
        many = len(sources(select)) > len(names) if select else False
        return many or any(
            r.child[0] in names and base and r.parent[0] == base[0] for r in self.schema.references
        )

    def another(self, column: Column, value: Cell) -> Cell:
        """Another shipped or enumerated value of a column; None when there is none."""
        values = [other for other in dict.fromkeys((*column.choices, *column.shipped)) if other != value]
        return self.rng.choice(values) if values else None


def is_derived(node: exp.Column, context: Context) -> bool:
    """Whether a column comes out of a subquery or CTE, so that its neighbours in the base table are out of reach."""
    select = node.find_ancestor(exp.Select)
    base = context.base(node)
    names = {source.name.lower() for source in sources(select)} if select else set()
    return base is None or base[0] not in names


def sources(select: exp.Select) -> list[exp.Table]:
    """The tables that one SELECT names in its FROM and JOINs."""
    from_ = select.args.get("from_") or select.args.get("from")
    parts = [from_.this] if from_ else []
    parts += [join.this for join in select.args.get("joins") or ()]
    return [part for part in parts if isinstance(part, exp.Table)]


def top(node: exp.Expr) -> bool:
    """Whether a node belongs to the outermost SELECT."""
    select = node if isinstance(node, exp.Select) else node.find_ancestor(exp.Select)
    return select is not None and select.find_ancestor(exp.Select, exp.SetOperation) is None


_PLACES: dict[type[exp.Expr], str] = {
    exp.Having: "having",
    exp.Join: "join",
    exp.Case: "case",
    exp.Filter: "filter",
}


def within(node: exp.Expr) -> str:
    """Where a condition stands, for the name of its edit."""
    place = node.find_ancestor(exp.Where, *_PLACES)
    name = _PLACES.get(type(place), "where") if place is not None else "where"
    return name if name != "where" or top(node) else "subquery"
