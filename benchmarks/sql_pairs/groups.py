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
from .databases import Databases, Rows
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


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How the instances for some queries are made."""

    seed: str
    names: set[str]  # tables to fill
    used: set[str]  # those of them that are not only there for other questions
    pools: Pools
    deltas: list[int]
    loose: bool


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
        recipe = self._recipe(self.seed, others, unrelated, loose=False)
        shipped = self._shipped()
        instances = shipped + self._made(recipe, INSTANCES - len(shipped))
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
        instances = self._made(self._recipe(f"{self.seed}:{other.sql}", [other], [], loose=loose), count)
        counted = tally(self.databases, instances, self.width, other.sql)
        self._drop(instances)
        return counted

    def _recipe(
        self, seed: str, others: Sequence[Other], unrelated: Sequence[Other], *, loose: bool
    ) -> _Recipe:
        trees = [self.tree, *(other.tree for other in others)]
        used = set[str]().union(*(tables(tree, self.schema) for tree in trees))
        read = used.union(*(tables(other.tree, self.schema) for other in unrelated))
        names, connection = with_parents(self.schema, read), self.databases.connection
        own, *asked = (predicates(tree, self.schema, connection) for tree in trees)
        of_others = [predicate for found in asked for predicate in found]
        told = pools(self.schema, names, own, of_others, connection, random.Random(self.seed))
        return _Recipe(seed, names, used, told, deltas(trees, connection), loose)

    def _shipped(self) -> list[Instance]:
        """The shipped instance, unless the gold's answer there depends on the order of rows."""
        given = instance(self.databases, 0, "shipped", self.plan)
        rows = {table.name: table.rows for table in self.schema.tables.values()}
        return [given] if given and self._is_steady(given, rows) else []

    def _made(self, recipe: _Recipe, count: int) -> list[Instance]:
        found = [self._one(recipe, number) for number in range(count)]
        return [made for made in found if made is not None]

    def _one(self, recipe: _Recipe, number: int) -> Instance | None:
        """An instance; every second one is made again, a few times, until the gold has something to say."""
        for attempt in range(_MOST_ATTEMPTS):
            seed = f"{recipe.seed}:{number}"
            settings = world(seed, number, attempt=attempt, loose=recipe.loose)
            rows = generate(
                self.schema, recipe.names, recipe.pools, settings, used=recipe.used, deltas=recipe.deltas
            )
            added = self.databases.add(rows, recipe.names)
            made = instance(self.databases, added, f"{seed}:{attempt}", self.plan)
            will_do = not settings.focused or attempt >= _ATTEMPTS - 1
            if made and (will_do or _is_telling(made)) and self._is_steady(made, rows):
                return made
            self.databases.drop(added)
        return None

    def _is_steady(self, given: Instance, rows: Rows) -> bool:
        return is_stable(self.tree) or holds_reversed(self.databases, given, rows, self.plan)

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
