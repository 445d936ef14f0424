"""What golds and shipped rows imply beyond the declared schema: references, keys and columns that share their values.

Columns that golds compare with `=` are kin. Of every family, the column that is unique as shipped, looks like its table's own key and
covers most of the others' values is the parent; the others refer to it. A generated instance keeps these facts; a loose one breaks them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from .facts import ColumnName, Reference, Schema, Table

Pair = tuple[ColumnName, ColumnName]


def with_implied(schema: Schema, pairs: Iterable[Pair]) -> Schema:
    """The schema with the references, keys and families that compared pairs of columns imply."""
    declared = [(reference.child, reference.parent) for reference in schema.references]
    families = _families([*declared, *pairs])
    known = {reference.child for reference in schema.references}
    parents = {family: _parent(schema, family) for family in families}
    references = [
        Reference(child, parent, declared=False)
        for family, parent in parents.items()
        if parent is not None
        for child in sorted(family - {parent} - known)
        if schema.column(child).kind == schema.column(parent).kind
    ]
    every = (*schema.references, *references)
    own = {parent for parent in parents.values() if parent is not None}
    tables = {
        table.name: dataclasses.replace(
            table, implied_keys=tuple(_implied_keys(table, own, every)), orders=tuple(_orders(table))
        )
        for table in schema.tables.values()
    }
    return dataclasses.replace(schema, tables=tables, references=every, kin=tuple(families))


def _families(pairs: Iterable[Pair]) -> list[frozenset[ColumnName]]:
    families: list[set[ColumnName]] = []
    for pair in pairs:
        touching = [family for family in families if family & set(pair)]
        merged = set(pair).union(*touching)
        families = [family for family in families if family not in touching] + [merged]
    return sorted(map(frozenset, families), key=sorted)


def _parent(schema: Schema, family: frozenset[ColumnName]) -> ColumnName | None:
    fitting = [name for name in sorted(family) if _is_unique(schema.tables[name[0]], name[1])]
    return max(fitting, key=lambda name: _score(schema, name, family), default=None)


def _score(schema: Schema, name: ColumnName, family: frozenset[ColumnName]) -> float:
    values = set(schema.column(name).shipped)
    others = [value for other in family if other != name for value in schema.column(other).shipped]
    covered = sum(value in values for value in others) / max(len(others), 1)
    declared = (name[1],) in schema.tables[name[0]].keys
    return 4 * declared + 2 * is_own_key(*name) + covered


def is_own_key(table: str, column: str) -> bool:
    """Whether the name of a column says that it identifies a row of its table: `id`, `flight_id`, `aid` of author."""
    stem = re.sub(r"_?(id|code|name)$", "", column)
    return (
        column != stem
        and table.rstrip("s").startswith(stem)
        and stem in {"", table[:1], table, table.rstrip("s")}
    )


def _is_unique(table: Table, column: str) -> bool:
    values = table.values(column)
    return bool(values) and None not in values and len(set(values)) == len(values)


def _implied_keys(
    table: Table, parents: set[ColumnName], references: Iterable[Reference]
) -> list[tuple[str, ...]]:
    names = [column.name for column in table.columns]
    is_link = len(names) > 1 and all(name.endswith("id") for name in names)
    single = [
        (name,)
        for i, name in enumerate(names)
        if _is_unique(table, name)
        and ((table.name, name) in parents or (i == 0 and not is_link and is_own_key(table.name, name)))
    ]
    children = {reference.child[1] for reference in references if reference.child[0] == table.name}
    link = (is_link or set(names) == children) and len(set(table.rows)) == len(table.rows)
    return [key for key in [*single, *([tuple(names)] if link else [])] if key not in table.keys]


def _orders(table: Table) -> Iterator[tuple[int, int]]:
    moments = [i for i, column in enumerate(table.columns) if column.kind in {"date", "timestamp", "time"}]
    for first in moments:
        for second in moments:
            same = table.columns[first].kind == table.columns[second].kind
            if first != second and same and _come_in_order(table, first, second):
                yield first, second


def _come_in_order(table: Table, first: int, second: int) -> bool:
    both = [
        (row[first], row[second]) for row in table.rows if row[first] is not None and row[second] is not None
    ]
    return len(both) >= 4 and all(low <= high for low, high in both) and any(low < high for low, high in both)
