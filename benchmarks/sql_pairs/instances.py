"""Random instances of a schema that keep its keys, references, NOT NULLs and formats.

    rows = generate(schema, {"sales", "cars"}, pools, world("cars:3", 7), used={"sales"})

Parents come first, so that a child's value is one of its parent's. Each row is made to pass the gold's filters, to fail one of them, or
at random (rows.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from .databases import Row
from .facts import Cell, Schema, Table
from .pools import Pools
from .rows import Filling, position, row
from .worlds import World

_TRIES = 25  # rows that would break a key, before one is left out


def generate(
    schema: Schema,
    tables: Collection[str],
    pools: Pools,
    world: World,
    *,
    used: Collection[str],
    deltas: Sequence[int] = (),
) -> dict[str, list[Row]]:
    """Rows for the tables, which must hold their parents; those not used stay small."""
    asked = sorted(name for name in pools if pools[name].hits) if world.starving else []
    starved = {name: pools[name].starved() for name in world.rng.sample(asked, min(1, len(asked)))}
    filling = Filling(schema, {**pools, **starved}, world, deltas or (1, 7, 30), _anchors(pools, world))
    for table in in_order(schema, tables):
        _fill(filling, schema.tables[table], used=table in used)
    return filling.rows


def with_parents(schema: Schema, tables: Iterable[str]) -> set[str]:
    """The tables and all that they refer to."""
    found, waiting = set(tables), list(tables)
    while waiting:
        for reference in schema.parents(waiting.pop()):
            if reference.parent[0] not in found:
                found.add(reference.parent[0])
                waiting.append(reference.parent[0])
    return found


def in_order(schema: Schema, tables: Iterable[str]) -> list[str]:
    """The tables, parents before children as far as there are no circles."""
    waiting, done = sorted(tables), list[str]()
    while waiting:
        free = [t for t in waiting if not {r.parent[0] for r in schema.parents(t)} & (set(waiting) - {t})]
        done += free or waiting[:1]
        waiting = [table for table in waiting if table not in done]
    return done


def _anchors(pools: Pools, world: World) -> list[date]:
    """Dates on which the tables of an instance meet."""
    moments = [
        value for pool in pools.values() for value in pool.hits or pool.plain if isinstance(value, date)
    ]
    dates = sorted({value.date() if isinstance(value, datetime) else value for value in moments})
    return world.rng.sample(dates, min(3, len(dates)))


def _fill(filling: Filling, table: Table, *, used: bool) -> None:
    world, references = filling.world, filling.schema.parents(table.name)
    keys = [*table.keys, *(table.implied_keys if not world.loose or world.chance(0.5) else ())]
    rows = filling.rows[table.name] = list[Row]()
    hits = filling.hit_rows[table.name] = list[Row]()
    seen: set[tuple[Cell, ...]] = set()
    for _ in range(world.size(child=bool(references), used=used)):
        mode = world.mode(len(rows))
        for _ in range(_TRIES):
            made = row(filling, table, references, mode)
            marks = [(key, *(made[position(table, name)] for name in key)) for key in keys]
            if not any(mark in seen for mark in marks if None not in mark):
                seen.update(marks)
                rows.append(made)
                hits += [made] if mode == "hit" else []
                break
