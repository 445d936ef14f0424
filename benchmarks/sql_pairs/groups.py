"""One question's pairs: its gold with mutants, rewrites, accepted variants and other questions' golds, all labelled.

The fifty instances are made once for the gold and all queries that are made from it. A pair that they leave doubtful gets instances of
its own, and loose ones at last.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .candidates import Labelled, Other
from .columns import parse, tables
from .databases import Databases
from .expected import Plan, plan
from .facts import Schema
from .instances import generate, with_parents
from .labels import Instance, Tally, holds_reversed, instance, is_stable, tally
from .pools import Pools, pools
from .predicates import deltas, predicates
from .questions import Question
from .worlds import world

INSTANCES = 50
FURTHER = 30  # instances of its own for a doubtful pair
LOOSE = 15
FEW = 2  # instances that differ, up to which a pair is doubtful
ENOUGH = 3  # instances that differ, after which two questions' golds are told apart
_ATTEMPTS = 3  # to make an instance on which the gold has something to say
_MOST_ATTEMPTS = 10  # where it fails or depends on the order of rows


@dataclass(slots=True)
class Group:
    """The gold of one question on its instances; number 0 is the shipped one."""

    schema: Schema
    databases: Databases
    seed: str
    gold: str
    tree: exp.Expr
    plan: Plan
    width: int
    dialect: str

    def labelled(self, others: Sequence[Other], unrelated: Sequence[Other]) -> Iterator[Labelled]:
        """The pairs of the gold with each of the others, and with golds of other questions."""
        read = tables(self.tree, self.schema).union(
            *(tables(other.tree, self.schema) for other in (*others, *unrelated))
        )
        instances = self._instances(read, others, INSTANCES, loose=False)
        for other in others:
            yield self._label(other, instances, None)
        for other in unrelated:
            yield self._label(other, instances, ENOUGH)
        self._drop(instances)

    def _label(self, other: Other, instances: Sequence[Instance], stop: int | None) -> Labelled:
        counted = tally(self.databases, instances, self.width, other.sql, stop=stop)
        if other.kind == "rewrite" or counted.differing > FEW:
            return Labelled(other, counted, None)
        counted += self._further(other, FURTHER, loose=False)
        loose = self._further(other, LOOSE, loose=True) if counted.differing == 0 else None
        return Labelled(other, counted, loose)

    def _further(self, other: Other, count: int, *, loose: bool) -> Tally:
        read = tables(self.tree, self.schema) | tables(other.tree, self.schema)
        instances = self._instances(read, [other], count, loose=loose)
        counted = tally(self.databases, instances, self.width, other.sql)
        self._drop(instances)
        return counted

    def _instances(
        self, read: set[str], others: Sequence[Other], count: int, *, loose: bool
    ) -> list[Instance]:
        names = with_parents(self.schema, read)
        used = tables(self.tree, self.schema).union(*(tables(other.tree, self.schema) for other in others))
        rng, connection = random.Random(self.seed), self.databases.connection
        asked = [
            predicates(tree, self.schema, connection)
            for tree in (self.tree, *(other.tree for other in others))
        ]
        told = pools(self.schema, names, asked[0], [p for found in asked[1:] for p in found], connection, rng)
        days = deltas([self.tree, *(other.tree for other in others)], connection)
        seed = self.seed if len(others) != 1 else f"{self.seed}:{others[0].sql}"
        shipped = (
            instance(self.databases, 0, "shipped", self.plan) if not loose and len(others) != 1 else None
        )
        found = [shipped] if shipped else []
        for number in range(count - len(found)):
            made = self._made(f"{seed}:{number}", number, names, used, told, days, loose=loose)
            found += [made] if made else []
        return found

    def _made(
        self,
        seed: str,
        number: int,
        names: set[str],
        used: set[str],
        told: Pools,
        days: list[int],
        *,
        loose: bool,
    ) -> Instance | None:
        """An instance; every second one is made again, a few times, until the gold has something to say."""
        for attempt in range(_MOST_ATTEMPTS):
            settings = world(seed, number, attempt=attempt, loose=loose)
            rows = generate(self.schema, names, told, settings, used=used, deltas=days)
            added = self.databases.add(rows, names)
            made = instance(self.databases, added, f"{seed}:{attempt}", self.plan)
            if (
                made
                and not is_stable(self.tree)
                and not holds_reversed(self.databases, made, rows, self.plan)
            ):
                made = None
            if made and (not settings.focused or _is_telling(made) or attempt >= _ATTEMPTS - 1):
                return made
            self.databases.drop(added)
        return None

    def _drop(self, instances: Sequence[Instance]) -> None:
        for given in instances:
            if given.number:
                self.databases.drop(given.number)


def open_group(question: Question, schema: Schema, databases: Databases) -> Group | None:
    """The group of a question's first gold, in the dialect in which it parses and comes back unchanged; None in none."""
    gold = question.golds[0].sql
    seed = f"{question.database}:{question.index}"
    for dialect in _dialects(gold):
        try:
            tree = parse(gold, dialect)
            run = plan(tree, dialect)
            width = len(databases.run(0, gold).names)
            made = instance(databases, 0, "shipped", run)
            plain = databases.run(0, tree.sql(dialect))
        except (SqlglotError, ValueError, duckdb.Error):
            continue
        group = Group(schema, databases, seed, gold, tree, run, width, dialect)
        same = (
            [tally(databases, [made], width, sql).differing == 0 for sql in (gold, tree.sql(dialect))]
            if made
            else []
        )
        if same and all(same) and len(plain.names) == width:
            return group
    return None


def _dialects(gold: str) -> tuple[str, str]:
    """The dialects to try; that of Postgres writes ROUND with a cast that rounds once more in DuckDB."""
    return ("duckdb", "postgres") if "round(" in gold.lower() else ("postgres", "duckdb")


def _is_telling(made: Instance) -> bool:
    cells = [cell for group in made.expected.groups for row in group for cell in row]
    return any(cell is not None and cell != 0 for cell in cells)
