"""How the rows of each table are to be made: in which order, with which keys, pools and pointers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from ..engines.schema import Column, Schema, TableSchema
from .checks import checked_values
from .hints import Hints
from .kinds import Value, kind_of, scale_of
from .lineage import Place
from .pools import Pool, pool_of

MAX_TEMPLATES = 40


@dataclass(frozen=True, slots=True)
class Pointer:
    """Columns whose values come from columns of another table; `strict` where a declared foreign key says so."""

    columns: tuple[int, ...]
    table: str
    references: tuple[int, ...]
    strict: bool


EQUAL = (0.0,)


@dataclass(frozen=True, slots=True)
class Follower:
    """A column that the gold compares with a column of its own row, or of a row to which its own row points by other columns.

    offsets: how far apart the two should be, in days or units.
    """

    column: int
    table: str
    reference: int
    offsets: tuple[float, ...] = EQUAL


@dataclass(frozen=True, slots=True)
class TablePlan:
    """keys: sets of column positions that are unique together; likely_keys: columns that are joined and were unique as given;
    pointers: those of fewer columns first; followers: columns joined in addition to a pointer; domains: for a column that is joined without a key, which values it shares;
    templates: rows as given; read: whether the gold reads it; used: which columns it reads; singles: columns of which one row only may
    meet the gold's conditions."""

    name: str
    pools: tuple[Pool, ...]
    nullable: tuple[bool, ...]
    keys: tuple[tuple[int, ...], ...]
    likely_keys: frozenset[int]
    pointers: tuple[Pointer, ...]
    followers: tuple[Follower, ...]
    domains: Mapping[int, int]
    templates: tuple[tuple[Value, ...], ...]
    read: bool
    used: frozenset[int]
    singles: tuple[int, ...] = ()

    def needs(self, pointer: Pointer) -> bool:
        """Whether the pointer has to lead somewhere: it is declared, and none of its columns may be NULL."""
        return pointer.strict and not any(self.nullable[position] for position in pointer.columns)


@dataclass(frozen=True, slots=True)
class Plan:
    """Tables in an order in which each comes after those it points to, but for circles; `domains` are the pools of values that joined columns share."""

    tables: tuple[TablePlan, ...]
    domains: tuple[tuple[Pool, ...], ...]
    most_counted: int


def plan_of(
    schema: Schema, given: Mapping[str, Sequence[tuple[Value, ...]]], hints: Hints, clock: datetime
) -> Plan:
    """The plan for a schema whose given rows are `given`, under the hints of a gold query."""
    tables = {name: table for name, table in schema.tables.items() if not table.view}
    pools = {name: _pools(table, given.get(name, ()), hints, clock) for name, table in tables.items()}
    likely = {place for pair in hints.joins for place in pair if _was_unique(place, tables, given)}
    soft, shared = _joins(tables, hints.joins, likely)
    domains = _groups(shared)
    plans = {
        name: _table(name, table, tables, pools, given.get(name, ()), hints, soft[name], domains, likely)
        for name, table in tables.items()
    }
    members = [tuple(pools[t][_at(tables[t], c)] for t, c in group) for group in domains]
    return Plan(tuple(_ordered(plans)), tuple(members), max([0, *hints.counts]))


def _pools(
    table: TableSchema, rows: Sequence[tuple[Value, ...]], hints: Hints, clock: datetime
) -> tuple[Pool, ...]:
    made: list[Pool] = []
    for i, column in enumerate(table.columns):
        values = [*(row[i] for row in rows), *checked_values(table, column)]
        place = (table.name.lower(), column.name.lower())
        made.append(
            pool_of(
                place, kind_of(column.type, values), column.type, scale_of(column.type), values, hints, clock
            )
        )
    return tuple(made)


def _table(
    name: str,
    table: TableSchema,
    tables: Mapping[str, TableSchema],
    pools: Mapping[str, tuple[Pool, ...]],
    given: Sequence[tuple[Value, ...]],
    hints: Hints,
    soft: Sequence[tuple[str, Place]],
    domains: Sequence[Sequence[Place]],
    likely: Set[Place],
) -> TablePlan:
    in_key = {column.lower() for key in table.keys for column in key}
    pointers = [
        _pointer(table, f.columns, f.table, f.references, tables, strict=True)
        for f in table.foreign
        if f.table in tables
    ]
    pointed = {position for pointer in pointers for position in pointer.columns}
    for column, (other, reference) in soft:
        pointer = _pointer(table, (column,), other, (reference,), tables, strict=False)
        if not pointed & set(pointer.columns):
            pointers.append(pointer)
            pointed |= set(pointer.columns)
    return TablePlan(
        name,
        pools[name],
        tuple(
            _may_be_null(name, column, hints) and column.name.lower() not in in_key
            for column in table.columns
        ),
        tuple(tuple(_at(table, column) for column in key) for key in table.keys),
        frozenset(_at(table, c) for owner, c in likely if owner == name and not _is_key(table, c)) - pointed,
        tuple(sorted(pointers, key=lambda pointer: len(pointer.columns))),
        tuple(_followers(name, pointers, tables, hints)),
        {
            _at(table, column): number
            for number, group in enumerate(domains)
            for owner, column in group
            if owner == name and _at(table, column) not in pointed
        },
        tuple(tuple(row) for row in given[:MAX_TEMPLATES]),
        name in hints.tables,
        frozenset(
            _at(table, column) for owner, column in hints.used if owner == name and _has(table, column)
        ),
        tuple(
            sorted(
                _at(table, column) for owner, column in hints.singles if owner == name and _has(table, column)
            )
        ),
    )


def _may_be_null(table: str, column: Column, hints: Hints) -> bool:
    return column.nullable or (column.guessed and (table, column.name.lower()) in hints.absent)


def _pointer(
    table: TableSchema,
    columns: Iterable[str],
    other: str,
    references: Iterable[str],
    tables: Mapping[str, TableSchema],
    *,
    strict: bool,
) -> Pointer:
    return Pointer(
        tuple(_at(table, column) for column in columns),
        other,
        tuple(_at(tables[other], r) for r in references),
        strict,
    )


def _joins(
    tables: Mapping[str, TableSchema], joins: Iterable[tuple[Place, Place]], likely: Set[Place]
) -> tuple[dict[str, list[tuple[str, Place]]], list[tuple[Place, Place]]]:
    """Joins to a key are pointers without a declaration, as (column, target) by table; all others share their values."""
    soft: dict[str, list[tuple[str, Place]]] = defaultdict(list)
    shared: list[tuple[Place, Place]] = []
    for a, b in dict.fromkeys(joins):
        if (
            any(owner not in tables or not _has(tables[owner], column) for owner, column in (a, b))
            or a[0] == b[0]
        ):
            continue
        if _points(tables[a[0]], a[1], b) or _points(tables[b[0]], b[1], a):
            continue
        ranks = [_key_rank(tables[place[0]], place, likely) for place in (a, b)]
        if ranks[1] >= ranks[0] and ranks[1]:
            soft[a[0]].append((a[1], b))
        elif ranks[0]:
            soft[b[0]].append((b[1], a))
        else:
            shared.append((a, b))
    return soft, shared


def _followers(
    name: str,
    pointers: Iterable[Pointer],
    tables: Mapping[str, TableSchema],
    hints: Hints,
) -> Iterator[Follower]:
    compared = [(*pair, EQUAL) for pair in hints.joins if pair[0][0] != pair[1][0]] + hints.gaps
    for first, second, offsets in compared:
        for (owner, column), (other, reference) in ((first, second), (second, first)):
            if owner != name or other not in tables or not _has(tables[other], reference):
                continue
            if not _has(tables[name], column):
                continue
            follower = Follower(_at(tables[name], column), other, _at(tables[other], reference), offsets)
            if other == name or any(p.table == other and follower.column not in p.columns for p in pointers):
                yield follower


def _was_unique(
    place: Place, tables: Mapping[str, TableSchema], given: Mapping[str, Sequence[tuple[Value, ...]]]
) -> bool:
    """Whether no two given rows share the column's value."""
    if place[0] not in tables or not _has(tables[place[0]], place[1]):
        return False
    position = _at(tables[place[0]], place[1])
    values = [row[position] for row in given.get(place[0], ())]
    return len(values) > 1 and None not in values and len(set(values)) == len(values)


def _key_rank(table: TableSchema, place: Place, likely: Set[Place]) -> int:
    """How much a column looks like the key that others point to: declared 3, unique and named after its table 2, unique 1, else 0."""
    if _is_key(table, place[1]):
        return 3
    if place not in likely:
        return 0
    return 2 if table.name.lower()[:4] in place[1] or place[1] == "id" else 1


def _points(table: TableSchema, column: str, target: Place) -> bool:
    """Whether a declared foreign key already ties the column to the target."""
    return any(
        f.table == target[0]
        and (column, target[1]) in zip(map(str.lower, f.columns), map(str.lower, f.references), strict=True)
        for f in table.foreign
    )


def _is_key(table: TableSchema, column: str) -> bool:
    return any(len(key) == 1 and key[0].lower() == column for key in table.keys)


def _groups(pairs: Iterable[tuple[Place, Place]]) -> list[list[Place]]:
    """Columns that are joined with each other, directly or through others."""
    groups: list[set[Place]] = []
    for pair in pairs:
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(pair).union(*touching))
    return [sorted(group) for group in groups]


def _ordered(plans: Mapping[str, TablePlan]) -> list[TablePlan]:
    """Those pointed to first; in a circle, one whose pointers into it may be NULL, else the first in the order of the schema."""
    done: list[TablePlan] = []
    left = dict(plans)

    def waits(plan: TablePlan, *, needed: bool) -> bool:
        others = [p.table for p in plan.pointers if p.table != plan.name and (plan.needs(p) or not needed)]
        return any(other in left for other in others)

    while left:
        free = (plan for needed in (False, True) for plan in left.values() if not waits(plan, needed=needed))
        done.append(left.pop(next(free, next(iter(left.values()))).name))
    return done


def _at(table: TableSchema, column: str) -> int:
    return next(i for i, known in enumerate(table.columns) if known.name.lower() == column.lower())


def _has(table: TableSchema, column: str) -> bool:
    return any(known.name.lower() == column for known in table.columns)
