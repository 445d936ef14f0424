"""One generated row: each cell from its parent's keys, its column's pool, or a date near an anchor.

Dates near an anchor that all tables of an instance share put comparisons of two dates at their boundaries. In a strict instance a
declared or implied key is never NULL, and dates come in the order in which all shipped rows have them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .databases import Row
from .facts import Cell, Column, ColumnName, Reference, Schema, Table
from .pools import Pool, Pools
from .values import random_value
from .worlds import RowMode, World


@dataclass(slots=True)
class Filling:
    """An instance in the making."""

    schema: Schema
    pools: Pools
    world: World
    deltas: Sequence[int]
    anchors: list[date]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    hit_rows: dict[str, list[Row]] = field(default_factory=dict)  # made to pass the gold's filters
    active: dict[ColumnName, list[Cell]] = field(default_factory=dict)  # the parent's keys that a child uses
    plain: dict[ColumnName, list[Cell]] = field(default_factory=dict)
    nulls: dict[ColumnName, float] = field(default_factory=dict)  # rates


def position(table: Table, name: str) -> int:
    """The place of a column in its table."""
    return [column.name for column in table.columns].index(name)


def row(filling: Filling, table: Table, references: list[Reference], mode: RowMode) -> Row:
    """A row; its mode says whether it shall pass the gold's filters, fail one, or neither."""
    world = filling.world
    asked = [column.name for column in table.columns if filling.pools[table.name, column.name].hits]
    missed = world.rng.choice(asked) if mode == "near" and asked else None
    earlier = filling.rows[table.name]
    copied = world.rng.choice(earlier) if earlier and world.chance(world.copies) else None
    keyed = {name for key in (*table.keys, *table.implied_keys) for name in key}
    of = {reference.child[1]: reference for reference in references}
    cells: list[Cell] = []
    for i, column in enumerate(table.columns):
        if copied is not None and column.name not in keyed and column.name not in of:
            cells.append(copied[i])
            continue
        wanted: RowMode = "near" if column.name == missed else "hit" if mode == "near" else mode
        cells.append(_cell(filling, table, column, of.get(column.name), wanted))
    return _ordered(table, cells) if not world.loose else tuple(cells)


def _cell(filling: Filling, table: Table, column: Column, reference: Reference | None, mode: RowMode) -> Cell:
    world, pool = filling.world, filling.pools[table.name, column.name]
    is_key = (column.name,) in table.implied_keys and not world.loose
    if (
        column.nullable
        and not is_key
        and not (mode == "hit" and pool.hits)
        and _is_null(filling, table, column)
    ):
        return None
    if pool.classes == [[None]] and not is_key:  # starved: the gold asks for IS NOT NULL
        return None
    if reference is not None and reference.parent[0] != table.name:
        orphan = world.loose and not reference.declared and world.chance(0.15)
        parents = _parents(filling, reference, mode)
        if parents and not orphan:
            return _of_parent(parents, pool, mode, world)
    cell = _own(filling, table, column, pool, mode)
    return _key(column, pool, world) if cell is None and is_key else cell


def _is_null(filling: Filling, table: Table, column: Column) -> bool:
    """NULL at the instance's rate; now and then a column is nearly all NULL."""
    world, name = filling.world, (table.name, column.name)
    if name not in filling.nulls:
        filling.nulls[name] = 0.97 if world.null and world.chance(0.06) else world.null
    return world.chance(filling.nulls[name])


def _parents(filling: Filling, reference: Reference, mode: RowMode) -> list[Cell]:
    """The parent's keys that children use in this instance; those of fitting rows when the child shall fit."""
    table, world = filling.schema.tables[reference.parent[0]], filling.world
    at = position(table, reference.parent[1])
    if mode == "hit" and filling.hit_rows[table.name] and world.chance(0.8):
        return [row[at] for row in filling.hit_rows[table.name] if row[at] is not None]
    if reference.child not in filling.active:
        keys = list(dict.fromkeys(row[at] for row in filling.rows[table.name] if row[at] is not None))
        share = world.rng.choice((0.4, 0.7, 1.0))
        filling.active[reference.child] = (
            world.rng.sample(keys, max(1, round(share * len(keys)))) if keys else []
        )
    return filling.active[reference.child]


def _of_parent(parents: list[Cell], pool: Pool, mode: RowMode, world: World) -> Cell:
    fitting = [key for key in parents if key in pool.hits] if mode == "hit" and pool.hits else []
    if not fitting and pool.classes and world.chance(0.5):
        asked = world.rng.choice(pool.classes)
        fitting = [key for key in parents if key in asked]
    keys = fitting or parents
    return keys[0] if world.chance(0.25) else world.rng.choice(keys)


def _own(filling: Filling, table: Table, column: Column, pool: Pool, mode: RowMode) -> Cell:
    world, rng = filling.world, filling.world.rng
    if mode == "hit" and pool.hits and world.chance(0.95):
        return rng.choice(pool.hits)
    if mode == "near" and pool.misses:
        return rng.choice(rng.choice(pool.misses))
    if pool.classes and world.chance(0.7):
        return rng.choice(rng.choice(pool.classes))
    if column.kind in {"date", "timestamp"} and filling.anchors and world.chance(world.anchored):
        return _anchored(filling, column)
    if any(key == (column.name,) for key in (*table.keys, *table.implied_keys)):
        return _key(column, pool, world)
    plain = filling.plain.get((table.name, column.name))
    if plain is None:
        plain = rng.sample(pool.plain, min(world.spread(), len(pool.plain)))
        filling.plain[table.name, column.name] = plain
    return rng.choice(plain)


def _key(column: Column, pool: Pool, world: World) -> Cell:
    if column.kind == "integer" and world.chance(0.6):
        return world.rng.randint(1, 80)
    if column.kind == "text" and world.chance(0.4):
        return random_value(column, world.rng)
    return world.rng.choice(pool.plain)


def _anchored(filling: Filling, column: Column) -> Cell:
    rng = filling.world.rng
    distance = rng.choice(filling.deltas) + rng.choice((-1, 0, 0, 1)) if filling.world.chance(0.6) else 0
    day = rng.choice(filling.anchors) + timedelta(distance * rng.choice((-1, 1)))
    if column.kind == "date":
        return day
    return datetime.combine(
        day, rng.choice([time(0), time(12), time(23, 59, 59), time(rng.randint(0, 23), 30)])
    )


def _ordered(table: Table, cells: list[Cell]) -> Row:
    """The cells with dates exchanged that come in one order in all shipped rows: a start is not after its end."""
    for first, second in table.orders:
        low, high = cells[first], cells[second]
        if low is not None and high is not None and low > high:
            cells[first], cells[second] = high, low
    return tuple(cells)
