"""Search the instances that tell a gold query from wrong ones.

Candidates are made under different regimes. On each one the gold and its mutants run; a mutant that returns something else there is told
apart. Of the candidates those are kept that tell most mutants apart which the ones before left alive, and then those that tell them apart again:

    given   41 of 60 mutants        near misses   +14        ties and duplicates   +4        NULLs ...   +0, 30 a second time

A candidate on which the gold fails, or returns other rows when its rows are stored in another order, is not used. One on which it returns
nothing is used only for the mutants that no other candidate tells apart. Where the gold is not steady on the given rows, these do not count either.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from ..comparing.cells import plain
from ..comparing.equality import Expected
from ..comparing.rules import Rules
from ..comparing.verdicts import is_right
from ..engines.engine import GIVEN, Database, Failure, PortableRow, Query, Row, Table
from .blind import blind_queries
from .checks import forbidden
from .generating import Rows, generate, without_orphans
from .hints import hints_of
from .lineage import scoped
from .mutants import Mutant, mutants_of, relaxed
from .plans import Plan, plan_of
from .regimes import REGIMES, Regime, Stressed, mixed_regime, stresses_of
from .steadiness import Golds

MAX_MUTANTS = 84
CANDIDATES = len(REGIMES)
MORE_CANDIDATES = 64
"""Tried when mutants are alive after the first ones, or the gold returned nothing on them."""
MAX_GIVEN_ROWS = 2_000
"""Of each table, that a search looks at."""
MAX_MODELS = 200
"""Of them, those that made-up rows are like."""
PATIENCE = 28
"""The search ends after as many candidates in a row that told nothing new."""
MORE_SHUFFLES = 12
"""Orders of rows in which a chosen instance is tried, where the gold is unsteady on others."""
_TRIAL = "trial"
_UNSTEADY = (
    "the gold query gives other rows when the given rows are stored in another order "
    "(a LIMIT, a window or an aggregate such as first without an ORDER BY that decides): "
)
_ANY_ROWS = "the gold query has a LIMIT without an ORDER BY, so any rows of that number are right"


@dataclass(frozen=True, slots=True)
class Found:
    """An instance: what it is like, and its rows by table."""

    label: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found.

    instances: the generated ones, best first. mutants: how many wrong queries there were. survivors: those that no instance tells apart.
    judges_given: whether the given rows judge answers; they do not where the gold is unsteady on them and there are other instances.
    notes: what the author should know.
    """

    instances: tuple[Found, ...]
    mutants: int = 0
    survivors: tuple[Mutant, ...] = ()
    judges_given: bool = True
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Trial:
    """A candidate; `proven`: the gold is steady on it in many orders of its rows."""

    found: Found
    told: set[int]
    says_nothing: bool
    proven: bool = False


Given = Mapping[str, Sequence[PortableRow]]


def given_rows(database: Database) -> Given:
    """The rows from which instances are made: the first ones of each table."""
    tables = database.schema.tables
    return {name: database.rows_of(name, MAX_GIVEN_ROWS) for name, table in tables.items() if not table.view}


def search(
    database: Database, golds: Sequence[Query], wanted: int, *, given: Given, clock: datetime, rules: Rules
) -> Search:
    """Up to `wanted` generated instances for gold queries that run on `database`.

    They tell the first one from wrong queries; the others, which are accepted too, run on them and are steady.
    """
    accepted = Golds(database, golds, rules.on_generated)
    steady = accepted.are_steady_on(given)
    found = (
        _Searcher(accepted, given, clock).run(wanted, on_given=steady)
        if wanted and golds[0].tree is not None
        else Search(())
    )
    notes = [_ANY_ROWS] if any(map(_takes_any_rows, golds)) else []
    if not steady and found.judges_given:
        notes.append(f"{_UNSTEADY}a right answer may be taken for a wrong one")
    elif not steady:
        notes.append(f"{_UNSTEADY}they do not judge answers")
    return replace(found, notes=tuple(notes))


def _takes_any_rows(gold: Query) -> bool:
    tree = gold.tree
    return tree is not None and tree.args.get("limit") is not None and tree.args.get("order") is None


class _Searcher:
    def __init__(self, golds: Golds, given: Given, clock: datetime) -> None:
        self.golds, self.database, self.gold = golds, golds.database, golds.queries[0]
        assert self.gold.tree is not None
        self.seed = sha256(f"{self.database.engine} {self.gold.sql}".encode()).hexdigest()[:16]
        query = scoped(self.gold.tree, self.database.schema, self.database.engine)
        hints = hints_of(query, self._evaluate)
        models = {name: rows[:MAX_MODELS] for name, rows in given.items()}
        self.plan: Plan = plan_of(self.database.schema, models, hints, clock)
        self.stresses = stresses_of(self.plan)
        random.Random(self.seed).shuffle(self.stresses)
        self.suspected = False  # whether the gold was unsteady on any rows
        self.queries: list[Query] = []
        self.mutants: list[Mutant] = []
        self._collect(frozenset(table for table, _ in hints.used) or frozenset(self.database.schema.tables))

    def run(self, wanted: int, *, on_given: bool) -> Search:
        """The best instances; `on_given`: the given rows tell mutants apart too."""
        self.suspected = not on_given
        alive = set(range(len(self.mutants)))
        told_on_given = self._told_on_given(alive) if on_given else set[int]()
        trials = [trial for number in range(CANDIDATES) if (trial := self._try(number, alive))]
        left = alive - told_on_given - set().union(*(trial.told for trial in trials))
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
        chosen = self._choose(trials, told_on_given, wanted)
        told = told_on_given.union(*(trial.told for trial in chosen))
        return Search(
            tuple(trial.found for trial in chosen),
            len(self.mutants),
            tuple(self.mutants[i] for i in sorted(alive - told)),
            on_given or all(trial.says_nothing for trial in chosen),
        )

    def _told_on_given(self, mutants: set[int]) -> set[int]:
        gold = self.database.run(self.gold)
        if isinstance(gold, Failure) or not gold.rows:
            return set()
        return self._told(GIVEN, self.golds.right(self.gold, GIVEN, gold), mutants)

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
        regime = self._regime(number, mutants)
        rows = self._permitted(generate(self.plan, regime, f"{self.seed} {number}"))
        try:
            self.database.add_instance(_TRIAL, rows)
            expected = self.golds.expected(_TRIAL)
            if expected is None:
                return None
            told = self._told(_TRIAL, expected[0], mutants)
            if not told:
                return None
            if not self.golds.are_steady(rows, expected):
                self.suspected = True
                return None
            return _Trial(Found(regime.label, rows), told, says_nothing(expected[0].rows or ()))
        except ValueError:  # a made-up value that the column's type does not hold
            return None
        finally:
            self.database.drop_instance(_TRIAL)

    def _choose(self, trials: Sequence[_Trial], told: set[int], wanted: int) -> list[_Trial]:
        """The best trials; a gold that is unsteady on other rows may be steady on these by luck, so more orders are tried."""
        while True:
            chosen = _chosen(trials, told, wanted)
            for trial in chosen:
                trial.proven = trial.proven or not self.suspected or self._is_proven(trial)
            if all(trial.proven for trial in chosen):
                return chosen
            trials = [trial for trial in trials if trial.proven or trial not in chosen]

    def _is_proven(self, trial: _Trial) -> bool:
        rows = trial.found.rows
        try:
            self.database.add_instance(_TRIAL, rows)
            expected = self.golds.expected(_TRIAL)
            return expected is not None and self.golds.are_steady(rows, expected, shuffles=MORE_SHUFFLES)
        finally:
            self.database.drop_instance(_TRIAL)

    def _permitted(self, rows: Rows) -> Rows:
        """The rows without those that a CHECK constraint forbids, and those that point to them."""
        tables = self.database.schema.tables
        gone = {name: forbidden(self.database, tables[name], members) for name, members in rows.items()}
        if not any(gone.values()):
            return rows
        kept = {name: [row for i, row in enumerate(rows[name]) if i not in gone[name]] for name in rows}
        return without_orphans(self.plan, kept)

    def _regime(self, number: int, mutants: set[int]) -> Regime:
        """The fixed ones first; then mixed ones, most of them with a column taken to an extreme on which a mutant depends that is left."""
        if number < len(REGIMES):
            return REGIMES[number]
        turn = number - len(REGIMES)
        about = {self.mutants[i].about for i in mutants}
        stresses = (
            [stressed for stressed in self.stresses if self._name_of(stressed) in about]
            if turn % 2
            else self.stresses
        )
        stressed = stresses[turn // 2 % len(stresses)] if stresses and turn % 5 else None
        return mixed_regime(random.Random(f"{self.seed} regime {number}"), stressed)

    def _name_of(self, stressed: Stressed) -> str:
        return self.database.schema.tables[stressed.table].columns[stressed.position].name.lower()

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
    """Greedy: each next one is the one that tells most mutants apart which nothing told apart yet; among equals, the one that tells
    most apart again, where a second time counts 1/4, a third 1/16, ... On the first one the gold says something.
    """
    times: dict[int, int] = dict.fromkeys(told, 1)
    left, chosen = list(trials), list[_Trial]()

    def worth(trial: _Trial) -> tuple[bool, int, float]:
        again = 0.0 if trial.says_nothing else sum(0.25 ** times.get(i, 0) for i in trial.told)
        return bool(chosen) or not trial.says_nothing, len(trial.told - times.keys()), again

    while left and len(chosen) < wanted:
        best = max(left, key=worth)
        left.remove(best)
        chosen.append(best)
        for i in best.told:
            times[i] = times.get(i, 0) + 1
    return chosen


def says_nothing(rows: Sequence[Row]) -> bool:
    """Whether a result could be met by chance: no rows, or a single one of NULL, 0, 1 or ''."""
    return not rows or (len(rows) == 1 and all(plain(cell) in (None, 0, 1, "") for cell in rows[0]))
