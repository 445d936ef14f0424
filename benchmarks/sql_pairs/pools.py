"""The values that one column may take in generated instances, sorted by what the queries' predicates say of them.

Two values between which no predicate tells are alike; one class holds them. Drawing a class first and a value second puts rows on
both sides of every constant, however narrow a side is. `hits` are the values that fulfil most of the gold's own predicates.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from .facts import Cell, Column, ColumnName, Schema
from .predicates import Predicate
from .values import filled, near, random_value

Pools = dict[ColumnName, "Pool"]
Asked = dict[ColumnName, list[Predicate]]


@dataclass(frozen=True, slots=True)
class Pool:
    plain: list[Cell]
    classes: list[list[Cell]]
    hits: list[Cell]
    misses: list[list[Cell]]  # the classes without hits

    def starved(self) -> Pool:
        """The pool without values that fulfil the gold's predicates; itself when nothing else is left."""
        if not self.misses:
            return self
        plain = [value for value in self.plain if value not in self.hits]
        missed = [value for kept in self.misses for value in kept]
        return Pool(plain or missed, self.misses, [], self.misses)


def pools(
    schema: Schema,
    tables: Iterable[str],
    gold: Sequence[Predicate],
    others: Sequence[Predicate],
    connection: duckdb.DuckDBPyConnection,
    rng: random.Random,
) -> Pools:
    """A pool for every column of the tables; columns that queries compare with each other share their predicates."""
    of_gold, of_all = _asked(schema, [p for p in gold if p.wanted]), _asked(schema, [*gold, *others])
    return {
        (table, column.name): _pool(
            column,
            of_gold.get((table, column.name), []),
            of_all.get((table, column.name), []),
            connection,
            rng,
        )
        for table in sorted(tables)
        for column in schema.tables[table].columns
    }


def _asked(schema: Schema, predicates: Iterable[Predicate]) -> Asked:
    families = {name: sorted(family) for family in schema.kin for name in family}
    asked: Asked = {}
    for predicate in predicates:
        for name in families.get(predicate.column, [predicate.column]):
            known = asked.setdefault(name, [])
            if predicate.condition not in {other.condition for other in known}:
                known.append(predicate)
    return asked


def _pool(
    column: Column,
    gold: Sequence[Predicate],
    every: Sequence[Predicate],
    connection: duckdb.DuckDBPyConnection,
    rng: random.Random,
) -> Pool:
    plain = _distinct([*column.shipped, *column.choices], column)
    if not column.choices:
        plain += [random_value(column, rng) for _ in range(12)]
    if column.kind in {"integer", "decimal", "float"} and not column.choices:
        plain.append(column.shipped[0].__class__(0) if column.shipped else 0)
    if not every:
        return Pool(plain, [], [], [])
    offered = _distinct([*plain, *_offers(column, every, rng), *([None] if column.nullable else [])], column)
    told = _told(column, every, offered, connection)
    classes: dict[tuple[Cell, ...], list[Cell]] = {}
    for value, answers in zip(offered, told, strict=True):
        classes.setdefault(answers, []).append(value)
    hits = _hits(column, gold, offered, connection)
    missed = [[value for value in kept if value not in hits] for kept in classes.values()]
    return Pool(plain, list(classes.values()), hits, [kept for kept in missed if kept])


def _offers(column: Column, predicates: Sequence[Predicate], rng: random.Random) -> list[Cell]:
    constants = list(dict.fromkeys(constant for predicate in predicates for constant in predicate.constants))
    if column.choices:
        return [constant for constant in constants if isinstance(constant, type(column.choices[0]))]
    offers = [value for constant in constants for value in near(constant, column)]
    if column.kind == "text":
        patterns = [constant for constant in constants if isinstance(constant, str) and "%" in constant]
        offers = [value for value in offers if "%" not in value]
        offers += [text for pattern in patterns for text in filled(pattern, rng)]
    return offers + [random_value(column, rng) for _ in range(12)]


def _hits(
    column: Column, gold: Sequence[Predicate], offered: Sequence[Cell], connection: duckdb.DuckDBPyConnection
) -> list[Cell]:
    if not gold:
        return []
    counts = [
        sum(answer is True for answer in answers) for answers in _told(column, gold, offered, connection)
    ]
    return [value for value, count in zip(offered, counts, strict=True) if count == max(counts)]


def _told(
    column: Column,
    predicates: Sequence[Predicate],
    offered: Sequence[Cell],
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[Cell, ...]]:
    """For every offered value, what the predicates answer to it."""
    answers = [_answers(column, predicate, offered, connection) for predicate in predicates]
    return list(zip(*[given for given in answers if given], strict=True)) or [()] * len(offered)


def _answers(
    column: Column, predicate: Predicate, offered: Sequence[Cell], connection: duckdb.DuckDBPyConnection
) -> list[Cell]:
    sql = f"SELECT {predicate.condition} FROM (SELECT unnest(CAST($1 AS {column.type}[])) AS v)"
    try:
        return [answer for (answer,) in connection.execute(sql, [list(offered)]).fetchall()]
    except duckdb.Error:
        return []


def _distinct(values: Iterable[Cell], column: Column) -> list[Cell]:
    cut = [value[: column.size] if column.kind == "text" and value is not None else value for value in values]
    return list(dict.fromkeys(cut))
