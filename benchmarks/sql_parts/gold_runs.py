"""Golds as answers to themselves: which run, which are empty on the given rows, which can be graded, and that those earn full marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from rewardkit.calling import call
from rewardkit.graders.sql import sql_grader
from rewardkit.graders.sql.engines.duckdb_clock import DEFAULT_CLOCK
from rewardkit.graders.sql.engines.engine import Query, Table
from rewardkit.graders.sql.engines.opening import open_database

from .golds import Gold

EMPTY_GRADABLE = 15  # of the 21 golds of the whole set that are empty on the given rows
TRANSLATED_AT_LEAST = 13  # of the 25 that do not run as written


def measure(
    golds: Sequence[Gold],
    settings: dict[str, object],
    show: Callable[[str], None],
    clock: str = "",
) -> dict[str, Any]:
    """Counts, and the golds that fall short with their reasons; `clock` is the moment that CURRENT_DATE means."""
    clock = clock or DEFAULT_CLOCK
    grader = sql_grader(clock=clock)
    counts: Counter[str] = Counter()
    notable: list[str] = []
    for gold in golds:
        state = _state(gold, clock)
        counts[state] += 1
        dialect = {"dialect": "postgres"} if state == "does not run as written" else {}
        columns = {
            "completion": gold.sql,
            "reference": gold.sql,
            "database": gold.database,
            **dialect,
            **settings,
        }
        score = call(grader, columns)
        if score.value is None:
            notable.append(f"{state}, unscored: {score.reason[:300]}")
        else:
            counts[f"{state}: graded"] += 1
            counts["graded"] += 1
            counts["full marks against itself"] += score.value == 1
            if score.value != 1:
                notable.append(f"NOT FULL against itself: {gold.sql[:200]}: {score.reason}")
    for line in (*(f"{count:5d}  {name}" for name, count in sorted(counts.items())), *notable):
        show(line)
    return {
        "golds": len(golds),
        "counts": dict(counts),
        "notable": notable,
        "missed": _missed(counts, len(golds)),
    }


def _state(gold: Gold, clock: str) -> str:
    database = open_database(gold.database, clock=clock)
    query = database.read(gold.sql)
    table = database.run(query) if isinstance(query, Query) else None
    if not isinstance(table, Table):
        return "does not run as written"
    return "returns rows" if table.rows else "empty on the given rows"


def _missed(counts: Counter[str], golds: int) -> list[str]:
    missed = ["full marks"] if counts["full marks against itself"] != counts["graded"] else []
    if golds > 300:  # the whole set
        missed += ["empty golds"] * (
            counts["empty on the given rows: graded"] < min(EMPTY_GRADABLE, counts["empty on the given rows"])
        )
        missed += ["translated golds"] * (counts["does not run as written: graded"] < TRANSLATED_AT_LEAST)
    return missed
