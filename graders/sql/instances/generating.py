"""Make one instance: rows for every table, from a plan and a regime."""

from __future__ import annotations

import random
from collections.abc import Sequence

from .kinds import Value
from .plans import EQUAL, Follower, Plan, Pointer, TablePlan
from .pools import Pool
from .regimes import Regime, Stress

Rows = dict[str, list[tuple[Value, ...]]]

_TRIES = 8
_FOLLOWING = 0.5  # of the rows, a column compared with another one takes its value, or one at the distance that the gold asks for
_STRICTLY = 0.7  # of the instances, a condition that one row only may meet is not nearly met by others


def generate(plan: Plan, regime: Regime, seed: str) -> Rows:
    """Rows by table; the same for the same plan, regime and seed. NOT NULL, unique keys and declared foreign keys hold."""
    rng = random.Random(seed)
    shared = [_domain(pools, regime, rng) for pools in plan.domains]
    rows: Rows = {}
    waiting: list[_Maker] = []
    for table in plan.tables:
        maker = _Maker(table, regime, rng, rows, shared)
        rows[table.name] = maker.make(_count(table, plan, regime))
        waiting += [maker] if maker.late else []
    for maker in waiting:
        rows[maker.table.name] = maker.point_back()
    return without_orphans(plan, rows) if waiting else rows


def without_orphans(plan: Plan, rows: Rows) -> Rows:
    """The rows without those that point to none, where a declared foreign key says that they point to one."""
    kept = rows
    while True:
        targets = {
            (pointer.table, pointer.references): _parts(kept[pointer.table], pointer.references)
            for table in plan.tables
            for pointer in table.pointers
            if pointer.strict
        }
        fewer = {
            table.name: [
                row
                for row in kept[table.name]
                if all(
                    None in (value := _part(row, pointer.columns))
                    or value in targets[pointer.table, pointer.references]
                    for pointer in table.pointers
                    if pointer.strict
                )
            ]
            for table in plan.tables
        }
        if all(len(fewer[name]) == len(members) for name, members in kept.items()):
            return kept
        kept = fewer


def _count(table: TablePlan, plan: Plan, regime: Regime) -> int:
    if not table.read:
        return min(8, max(3, regime.rows // 4))
    wanted = max(regime.rows, min(3 * (plan.most_counted + 1), 120) if plan.most_counted else 0)
    single = any(len(key) == 1 for key in table.keys)
    return max(2, wanted // 2) if single and not table.pointers else wanted


def _domain(pools: Sequence[Pool], regime: Regime, rng: random.Random) -> list[Value]:
    """The values that joined columns share in this instance."""
    values: list[Value] = []
    for _ in range(regime.width * 4):
        value = rng.choice(pools).draw(rng, regime.constants, regime.beside, regime.variety)
        if value is not None and value not in values:
            values.append(value)
        if len(values) == regime.width:
            break
    return values or [None]


def _extremes(pool: Pool, how: Stress) -> Sequence[Value]:
    """The values of a column that is taken to an extreme; none of their own where all differ."""
    if how == "beside":
        return pool.near
    if how == "met":
        return pool.constants
    if how in ("above", "below"):
        return pool.on_side(how)
    if how == "same":
        return [next((value for value in (*pool.constants, *pool.shipped) if value is not None), None)]
    return [None]


def _part(row: Sequence[Value], positions: Sequence[int]) -> tuple[Value, ...]:
    return tuple([row[position] for position in positions])


def _parts(rows: Sequence[Sequence[Value]], positions: Sequence[int]) -> set[tuple[Value, ...]]:
    return {_part(row, positions) for row in rows}


class _Maker:
    """The rows of one table. `late`: pointers to tables that are made later, in a circle; their columns wait for `point_back`."""

    def __init__(
        self,
        table: TablePlan,
        regime: Regime,
        rng: random.Random,
        others: Rows,
        shared: Sequence[Sequence[Value]],
    ) -> None:
        self.table, self.regime, self.rng, self.others, self.shared = table, regime, rng, others, shared
        self.rows: list[tuple[Value, ...]] = []
        self.targets: dict[str, Sequence[Value]] = {}
        self.seen: list[set[tuple[Value, ...]]] = [set() for _ in table.keys]
        self.met: set[int] = set()
        stressed = regime.stressed
        self.extremes = (
            _extremes(table.pools[stressed.position], stressed.how)
            if stressed is not None and stressed.table == table.name
            else ()
        )
        self.strictly_single = rng.random() < _STRICTLY
        self.in_keys = {position for key in table.keys for position in key} | table.likely_keys
        self.likely: dict[int, set[Value]] = {position: set() for position in table.likely_keys}
        made = {table.name, *others}
        self.late = [pointer for pointer in table.pointers if pointer.table not in made]
        self.may_point_to = {
            pointer: _parts(others[pointer.table], pointer.references)
            for pointer in table.pointers
            if pointer.strict and pointer.table in others
        }

    def make(self, count: int) -> list[tuple[Value, ...]]:
        for _ in range(count):
            for _ in range(_TRIES):
                row = self._row()
                if row is not None and self._keep(self._with_single(self._with_stress(row))):
                    break
        self.rng.shuffle(self.rows)  # the order of rows says nothing about their keys
        return self.rows

    def point_back(self) -> list[tuple[Value, ...]]:
        """The rows with their late pointers, now that all tables are made."""
        rows, late = self.rows, self.late
        self.rows, self.late, self.seen = [], [], [set() for _ in self.table.keys]
        for row in rows:
            for _ in range(_TRIES):
                pointed = list(row)
                for pointer in late:
                    self._point(pointed, pointer)
                if self._may_be(pointed):
                    self._add(pointed)
                    break
        return self.rows

    def _keep(self, row: list[Value]) -> bool:
        if not self.rows:
            self._point_to_itself(row)
        if not self._may_be(row):
            return False
        for position, values in self.likely.items():
            if row[position] in values and self.rng.random() >= self.regime.loose:
                row[position] = self.table.pools[position].key(self.rng, values)
            values.add(row[position])
        self._add(row)
        return True

    def _point_to_itself(self, row: list[Value]) -> None:
        """The first row has no other of its table to point to."""
        for pointer in self.table.pointers:
            if pointer.table == self.table.name and self.table.needs(pointer):
                self._copy(row, pointer, row)
            elif pointer.table == self.table.name:
                self._empty(row, [position for position in pointer.columns if self.table.nullable[position]])

    def _add(self, row: list[Value]) -> None:
        for key, seen in zip(self.table.keys, self.seen, strict=True):
            seen.add(_part(row, key))
        self.rows.append(tuple(row))

    def _may_be(self, row: list[Value]) -> bool:
        """Whether no constraint forbids the row; what waits for other tables does not count yet."""
        waiting = {position for pointer in self.late for position in pointer.columns}
        nulls = {position for position, value in enumerate(row) if value is None}
        if any(not self.table.nullable[position] for position in nulls - waiting):
            return False
        keys = zip(self.table.keys, self.seen, strict=True)
        if any(_part(row, key) in seen for key, seen in keys if not waiting & set(key)):
            return False
        return all(
            nulls & set(pointer.columns) or self._leads_somewhere(row, pointer)
            for pointer in self.table.pointers
            if pointer.strict
        )

    def _leads_somewhere(self, row: list[Value], pointer: Pointer) -> bool:
        value = _part(row, pointer.columns)
        if pointer.table == self.table.name:
            return any(value == _part(other, pointer.references) for other in (row, *self.rows))
        return pointer not in self.may_point_to or value in self.may_point_to[pointer]

    def _row(self) -> list[Value] | None:
        roll = self.rng.random()
        if self.rows and roll < self.regime.copies:
            return self._with_new_keys(list(self.rng.choice(self.rows)))
        if self.rows and roll < self.regime.copies + self.regime.neighbours:
            return self._neighbour(list(self.rng.choice(self.rows)))
        if self.table.templates and roll > 1 - self.regime.templates:
            return self._pointed(list(self.rng.choice(self.table.templates)), keep=True)
        return self._pointed([self._cell(i) for i in range(len(self.table.pools))])

    def _neighbour(self, row: list[Value]) -> list[Value] | None:
        """A copy with one column drawn again, most often one that the gold reads."""
        free = [i for i in range(len(row)) if i not in self.in_keys]
        used = [i for i in free if i in self.table.used and self.rng.random() < 0.85] or free
        if used:
            changed = self.rng.choice(used)
            pointer = next((p for p in reversed(self.table.pointers) if changed in p.columns), None)
            if pointer is not None:
                self._point(row, pointer)
            elif self.table.nullable[changed] and self.regime.nulls and self.rng.random() < 0.2:
                row[changed] = None
            else:
                row[changed] = self._cell(changed)
        return self._with_new_keys(row)

    def _with_new_keys(self, row: list[Value]) -> list[Value] | None:
        pointed = {position for pointer in self.table.pointers for position in pointer.columns}
        for key in self.table.keys:
            own = [position for position in key if position not in pointed]
            if own:
                self._redraw_key(row, own[-1], alone=len(key) == 1)
            else:
                for pointer in self.table.pointers:
                    if set(pointer.columns) & set(key):
                        self._point(row, pointer)
        return row

    def _pointed(self, row: list[Value], *, keep: bool = False) -> list[Value] | None:
        """Fill the pointers of a row, what follows them, and the keys that are its own."""
        self.targets.clear()
        for pointer in self.table.pointers:
            if not self._point(row, pointer) and pointer.strict:
                return None
        if keep:
            for position, domain in self.table.domains.items():
                row[position] = self.rng.choice(self.shared[domain])
        for follower in self.table.followers:
            if self.rng.random() < _FOLLOWING:
                self._follow(row, follower)
        return self._with_new_keys(row)

    def _follow(self, row: list[Value], follower: Follower) -> None:
        """Put a column as far from the one that the gold compares it with as the gold asks for, or a little less or more."""
        own = row if follower.table == self.table.name else None
        source = self.targets.get(follower.table, own)
        if source is None or source[follower.reference] is None:
            return
        value, by = source[follower.reference], self.rng.choice(follower.offsets)
        moved = self.table.pools[follower.column].moved(value, by) if follower.offsets != EQUAL else value
        if moved is not None:
            row[follower.column] = moved

    def _point(self, row: list[Value], pointer: Pointer) -> bool:
        """Make a row point to a row of another table, or to nothing where it may; False where it can do neither."""
        nullable = [position for position in pointer.columns if self.table.nullable[position]]
        if nullable and self.rng.random() < self.regime.nulls:
            self._empty(row, nullable)
            return True
        if not pointer.strict and self.rng.random() < self.regime.dangling:
            return True  # keeps the cell of its own pool
        targets = self.rows if pointer.table == self.table.name else self.others.get(pointer.table, [])
        if targets:
            target = targets[int(len(targets) * self.rng.random() ** self.regime.skew)]
            self.targets.setdefault(pointer.table, target)
            self._copy(row, pointer, target)
        elif pointer in self.late:
            self._empty(row, pointer.columns)
        elif pointer.table != self.table.name:
            self._empty(row, nullable)
            return bool(nullable)
        return True

    def _empty(self, row: list[Value], positions: Sequence[int]) -> None:
        for position in positions:
            row[position] = None

    def _copy(self, row: list[Value], pointer: Pointer, target: Sequence[Value]) -> None:
        for position, reference in zip(pointer.columns, pointer.references, strict=True):
            row[position] = target[reference]

    def _redraw_key(self, row: list[Value], position: int, *, alone: bool) -> None:
        """A new value for a key's own column; a key of several columns draws from the pool, so that parts of it repeat."""
        pool = self.table.pools[position]
        if not alone:
            domain = self.table.domains.get(position)
            row[position] = (
                self.rng.choice(self.shared[domain])
                if domain is not None
                else pool.draw(self.rng, self.regime.constants, self.regime.beside, self.regime.variety)
            )
            return
        taken = {existing[position] for existing in self.rows}
        wanted = pool.constants
        free = [value for value in wanted if value not in taken and value is not None]
        row[position] = (
            self.rng.choice(free) if free and self.rng.random() < 0.3 else pool.key(self.rng, taken)
        )

    def _cell(self, position: int) -> Value:
        if self.table.nullable[position] and self.rng.random() < self.regime.nulls:
            return None
        domain = self.table.domains.get(position)
        if domain is not None and self.rng.random() >= self.regime.dangling / 2:
            return self.rng.choice(self.shared[domain])
        return self.table.pools[position].draw(
            self.rng, self.regime.constants, self.regime.beside, self.regime.variety
        )

    def _with_stress(self, row: list[Value]) -> list[Value]:
        """The row with the stressed column taken to its extreme; keys stay what they are."""
        stressed = self.regime.stressed
        if stressed is None or stressed.table != self.table.name or stressed.position in self.in_keys:
            return row
        if stressed.how != "null" and any(
            stressed.position in p.columns for p in self.table.pointers if p.strict
        ):
            return row
        pool = self.table.pools[stressed.position]
        if stressed.how == "distinct":
            row[stressed.position] = pool.key(self.rng, {other[stressed.position] for other in self.rows})
        elif self.rng.random() < self.regime.extent:
            single = stressed.how in ("same", "null")
            row[stressed.position] = self.extremes[0] if single else self.rng.choice(self.extremes)
        return row

    def _with_single(self, row: list[Value]) -> list[Value]:
        """The row without a second value that meets a condition which one row only may meet."""
        for position in self.table.singles:
            pool = self.table.pools[position]
            if not pool.meets(row[position]) and not (self.strictly_single and row[position] in pool.near):
                continue
            if position in self.met:
                others = [value for value in pool.shipped if not pool.meets(value) and value not in pool.near]
                row[position] = self.rng.choice(others) if others else pool.fresh(self.rng)
            self.met.add(position)
        return row
