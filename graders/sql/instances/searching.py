"""Search the instances that tell a gold query from wrong ones.

Candidates are made under different regimes. On each one the gold and its mutants run; a mutant that returns something else there is told
apart. Of the candidates those are kept that tell most mutants apart which the ones before left alive, and then those that tell them apart again:

    given   41 of 60 mutants        near misses   +14        ties and duplicates   +4        NULLs ...   +0, 30 a second time

A candidate on which the gold fails, or returns other rows when its rows are inserted in reverse, is not used. One on which it returns nothing is
used only for the mutants that no other candidate tells apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ..comparing.cells import plain
from ..comparing.equality import Expected
from ..comparing.verdicts import is_right
from ..engines.engine import GIVEN, Database, Failure, PortableRow, Query, Table
from .blind import blind_queries
from .generating import REGIMES, Regime, Rows, generate, mixed_regime, stresses_of
from .hints import hints_of
from .lineage import scoped
from .mutants import Mutant, mutants_of, relaxed
from .plans import Plan, plan_of

MAX_MUTANTS = 72
CANDIDATES = len(REGIMES)
MORE_CANDIDATES = 48
"""Tried when mutants are alive after the first ones, or the gold returned nothing on them."""
MAX_GIVEN_ROWS = 200
PATIENCE = 20
"""The search ends after as many candidates in a row that told nothing new."""
_TRIAL = "trial"
_REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Found:
    """An instance: what it is like, and its rows by table."""

    label: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    instances: the generated ones, best first. mutants: how many wrong queries there were. survivors: those that no instance tells apart.
    steady: whether the gold's result is the same when the given rows come in reverse; notes: what the author should know.
    """

    instances: tuple[Found, ...]
    mutants: int = 0
    survivors: tuple[Mutant, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Trial:
    found: Found
    told: set[int]
    says_nothing: bool


Expect = Callable[[str, Table], Expected]
"""What a right result looks like on an instance where the gold gave this table."""


Given = Mapping[str, Sequence[PortableRow]]


def given_rows(database: Database) -> Given:
    """The rows from which instances are made: the first ones of each table."""
    tables = database.schema.tables
    return {name: database.rows_of(name, MAX_GIVEN_ROWS) for name, table in tables.items() if not table.view}


def search(
    database: Database, gold: Query, wanted: int, *, given: Given, clock: datetime, expect: Expect
) -> Search:
    """Up to `wanted` generated instances for a gold query that runs on `database`."""
    return _Searcher(database, gold, given, clock, expect).run(wanted)


class _Searcher:
    def __init__(
        self, database: Database, gold: Query, given: Given, clock: datetime, expect: Expect
    ) -> None:
        assert gold.tree is not None
        self.database, self.gold, self.expect = database, gold, expect
        self.seed = sha256(f"{database.engine} {gold.sql}".encode()).hexdigest()[:16]
        query = scoped(gold.tree, database.schema, database.engine)
        hints = hints_of(query, self._evaluate)
        self.read = [name for name in given if any(table == name for table, _ in hints.used)] or list(given)
        self.plan: Plan = plan_of(database.schema, given, hints, clock)
        self.stresses = stresses_of(self.plan)
        random.Random(self.seed).shuffle(self.stresses)
        self.queries: list[Query] = []
        self.mutants: list[Mutant] = []
        self._collect(frozenset(table for table, _ in hints.used) or frozenset(database.schema.tables))

    def run(self, wanted: int) -> Search:
        alive = set(range(len(self.mutants)))
        gold = self.database.run(self.gold)
        on_given = (
            self._told(GIVEN, self.expect(GIVEN, gold), alive)
            if isinstance(gold, Table) and gold.rows
            else set()
        )
        trials = [trial for number in range(CANDIDATES) if (trial := self._try(number, alive))]
        left = alive - on_given - set().union(*(trial.told for trial in trials))
        idle = 0
        for number in range(CANDIDATES, CANDIDATES + MORE_CANDIDATES):
            telling = [trial for trial in trials if not trial.says_nothing]
            if len(telling) >= wanted and (not left or idle == PATIENCE):
                break
            trial = self._try(number, left if telling else alive)
            idle = idle + 1 if trial is None else 0
            if trial is not None:
                trials.append(trial)
                left = left - trial.told
        chosen = _chosen(trials, on_given, wanted)
        told = on_given.union(*(trial.told for trial in chosen))
        survivors = tuple(self.mutants[i] for i in sorted(alive - told))
        return Search(tuple(trial.found for trial in chosen), len(self.mutants), survivors)

    def _collect(self, tables: frozenset[str]) -> None:
        """The wrong queries that run on the given rows."""
        tree, engine = self.gold.tree, self.database.engine
        assert tree is not None
        wrong = mutants_of(tree, self.database.schema, engine, most=MAX_MUTANTS, seed=self.seed)
        ignorant = [Mutant("conditions ignored", sql) for sql in relaxed(tree, engine)]
        known = frozenset(name for name in tables if name in self.database.schema.tables)
        blind = [Mutant("blind", sql) for sql in blind_queries(self.database.schema, known)]
        for mutant in (*ignorant, *wrong, *blind):
            query = self.database.read(mutant.sql)
            if isinstance(query, Query) and isinstance(self.database.run(query), Table):
                self.mutants.append(mutant)
                self.queries.append(query)

    def _try(self, number: int, mutants: set[int]) -> _Trial | None:
        """A candidate with those of the mutants that it tells apart; None where the gold says nothing steady on it."""
        regime = self._regime(number)
        rows = generate(self.plan, regime, f"{self.seed} {number}")
        try:
            self.database.add_instance(_TRIAL, rows)
            gold = self.database.run(self.gold, _TRIAL)
            if isinstance(gold, Failure):
                return None
            expected = self.expect(_TRIAL, gold)
            told = self._told(_TRIAL, expected, mutants)
            return (
                _Trial(Found(regime.label, rows), told, says_nothing(gold))
                if told and self._is_steady(rows, expected)
                else None
            )
        except ValueError:  # a made-up value that the column's type does not hold
            return None
        finally:
            self.database.drop_instance(_TRIAL)

    def _regime(self, number: int) -> Regime:
        """The fixed ones first; then mixed ones, most of them with one column taken to an extreme."""
        if number < len(REGIMES):
            return REGIMES[number]
        turn = number - len(REGIMES)
        stressed = self.stresses[turn % len(self.stresses)] if self.stresses and turn % 4 else None
        return mixed_regime(random.Random(f"{self.seed} regime {number}"), stressed)

    def _is_steady(self, rows: Rows, expected: Expected) -> bool:
        self.database.add_instance(_REVERSED, {name: rows[name][::-1] for name in self.read})
        try:
            again = self.database.run(self.gold, _REVERSED)
            return isinstance(again, Table) and is_right(expected, again)
        finally:
            self.database.drop_instance(_REVERSED)

    def _told(self, instance: str, expected: Expected, mutants: set[int]) -> set[int]:
        """Those of the mutants whose result on an instance is not the right one."""
        told: set[int] = set()
        for i in sorted(mutants):
            answer = self.database.run(self.queries[i], instance)
            if isinstance(answer, Failure) or not is_right(expected, answer):
                told.add(i)
        return told

    def _evaluate(self, expression: object) -> object:
        """The value of an expression without columns, as the engine sees it."""
        sql = expression.sql(dialect=self.database.engine)  # type: ignore[attr-defined]  # a sqlglot expression
        query = self.database.read(f"SELECT {sql}")
        table = self.database.run(query) if isinstance(query, Query) else None
        return table.rows[0][0] if isinstance(table, Table) and len(table.rows) == 1 else None


def _chosen(trials: Sequence[_Trial], told: set[int], wanted: int) -> list[_Trial]:
    """Greedy: each next one is worth 1 for a mutant that nothing told apart yet, 1/4 for one told apart once, 1/16 for twice, ...

    The first one is one on which the gold says something; of the others, one on which it says nothing is worth only what is new.
    """
    times: dict[int, int] = dict.fromkeys(told, 1)
    left, chosen = list(trials), list[_Trial]()

    def worth(trial: _Trial) -> tuple[bool, float]:
        values = [0.25 ** times.get(i, 0) for i in trial.told]
        if trial.says_nothing:
            return bool(chosen), sum(value for value in values if value == 1)
        return True, sum(values)

    while left and len(chosen) < wanted:
        best = max(left, key=worth)
        left.remove(best)
        chosen.append(best)
        for i in best.told:
            times[i] = times.get(i, 0) + 1
    return chosen


def says_nothing(table: Table) -> bool:
    """Whether a result could be met by chance: no rows, or a single one of NULL, 0, 1 or ''."""
    return not table.rows or (
        len(table.rows) == 1 and all(plain(cell) in (None, 0, 1, "") for cell in table.rows[0])
    )
