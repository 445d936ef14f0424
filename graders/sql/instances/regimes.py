"""What an instance is like: how many rows, NULLs, near misses, ties and pointers that lead nowhere, so that several instances differ."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

from .plans import Plan

_WAYS = {
    "beside": "just beside the conditions",
    "met": "as the conditions ask for",
    "above": "above what the conditions name",
    "below": "below what the conditions name",
    "null": "NULL",
    "same": "the same",
    "distinct": "all different",
}


_SIDES: tuple[Literal["above", "below"], ...] = ("above", "below")
Stress = Literal["beside", "met", "above", "below", "null", "same", "distinct"]


@dataclass(frozen=True, slots=True)
class Stressed:
    """One column taken to an extreme: values only just beside the gold's constants, those constants only, all above or below them, NULL, all
    the same, all different."""

    table: str
    position: int
    how: Stress


@dataclass(frozen=True, slots=True)
class Regime:
    """What an instance is like, so that several differ.

    rows: of a table that the gold reads; others get fewer. nulls: share of NULLs in nullable columns. constants: chance of a value the gold
    asks for; beside: of one that it only just does not ask for. width: how many values a joined column has. neighbours: share of rows that are a copy of another with one column changed;
    copies: share that differ in their keys only. dangling: share of undeclared pointers that lead nowhere. templates: share made from a given
    row. skew: how unevenly pointers are spread. loose: chance that a column which only looks like a key repeats a value.
    variety: chance of a value made up afresh. stressed: a column that is taken to an extreme in a share of `extent` of the rows.
    """

    label: str
    rows: int
    nulls: float = 0.1
    constants: float = 0.5
    beside: float = 0.25
    width: int = 5
    neighbours: float = 0.4
    copies: float = 0.1
    dangling: float = 0.1
    templates: float = 0.2
    skew: float = 1.0
    loose: float = 0.1
    variety: float = 0.15
    stressed: Stressed | None = None
    extent: float = 0.85


REGIMES = (
    Regime("near misses", 36, nulls=0.08, constants=0.5, width=5, neighbours=0.55),
    Regime("NULLs and pointers that lead nowhere", 24, nulls=0.3, constants=0.4, width=6, dangling=0.25),
    Regime(
        "ties and duplicates",
        24,
        nulls=0.1,
        constants=0.5,
        width=3,
        neighbours=0.3,
        copies=0.45,
        skew=2.0,
        loose=0.7,
    ),
    Regime("few rows", 8, nulls=0.0, constants=0.6, width=3, neighbours=0.3, copies=0.0),
    Regime("many rows", 64, nulls=0.1, constants=0.3, width=9, neighbours=0.35, skew=2.0),
    Regime("rows like the given ones", 30, nulls=0.05, constants=0.3, width=6, templates=0.7, neighbours=0.5),
    Regime(
        "rows that meet the conditions",
        40,
        nulls=0.0,
        constants=0.85,
        width=2,
        neighbours=0.5,
        dangling=0.0,
        skew=1.5,
    ),
    Regime("no NULLs", 30, nulls=0.0, constants=0.5, width=4, neighbours=0.5, dangling=0.15),
    Regime(
        "many different values",
        60,
        nulls=0.05,
        constants=0.3,
        width=30,
        neighbours=0.5,
        variety=0.9,
        skew=1.0,
    ),
    Regime("hardly any rows", 3, nulls=0.3, constants=0.5, width=2, neighbours=0.3, copies=0.0),
    Regime(
        "rows that miss the conditions", 10, nulls=0.1, constants=0.08, width=5, neighbours=0.2, dangling=0.5
    ),
    Regime(
        "values just beside the conditions",
        20,
        nulls=0.0,
        constants=0.25,
        beside=0.6,
        width=4,
        neighbours=0.4,
    ),
)


def stresses_of(plan: Plan) -> list[Stressed]:
    """Every way to take one column that the gold reads to an extreme."""
    found: list[Stressed] = []
    for table in plan.tables:
        for position in sorted(table.used):
            pool = table.pools[position]
            ways: list[Stress] = ["same", "distinct"] if position not in table.domains else []
            ways += ["beside"] if pool.near else []
            ways += ["met"] if pool.constants else []
            ways += [how for how in _SIDES if pool.on_side(how)]
            ways += ["null"] if table.nullable[position] else []
            found += [Stressed(table.name, position, how) for how in ways]
    return found


def mixed_regime(rng: random.Random, stressed: Stressed | None = None) -> Regime:
    """A regime in which everything is drawn: what the fixed ones do not combine."""
    return Regime(
        "a random mixture" if stressed is None else f"{stressed.table}: one column {_WAYS[stressed.how]}",
        rows=rng.choice((3, 8, 15, 30, 60)),
        nulls=rng.choice((0.0, 0.0, 0.1, 0.3)),
        constants=rng.choice((0.15, 0.4, 0.7)),
        beside=rng.choice((0.1, 0.25, 0.5)),
        width=rng.choice((2, 3, 5, 9)),
        neighbours=rng.choice((0.0, 0.3, 0.6)),
        copies=rng.choice((0.0, 0.1, 0.35)),
        dangling=rng.choice((0.0, 0.1, 0.4)),
        templates=rng.choice((0.0, 0.2, 0.7)),
        skew=rng.choice((1.0, 2.0)),
        loose=rng.choice((0.0, 0.1, 0.8)),
        variety=rng.choice((0.1, 0.3, 0.8)),
        stressed=stressed,
        extent=rng.choice((0.5, 0.85, 1.0)),
    )
