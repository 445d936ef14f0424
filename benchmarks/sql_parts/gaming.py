"""What answers earn that know nothing, or half of it: blind strategies made for each gold query.

Every strategy is a function of a gold query and its database that gives the text of an answer, or None where it has no sense (a gold without a
WHERE has no "gold without its WHERE"). The table says how many golds each was tried on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.engine import Database, Query, Table
from rewardkit.graders.sql.engines.opening import open_database

from .golds import Gold

LIMITS = {"gold without WHERE": 0.30, "gold twice": 0.50, "gold LIMIT 1": 0.50}
BLIND_LIMIT = 0.15
DUMPED = 60  # columns of a dump of all cells: enough for most schemas within the size limits


@dataclass(frozen=True, slots=True)
class Case:
    """A gold query ready for the strategies: its tree, its tables with their columns, and what it returns on the given rows."""

    gold: Gold
    tree: exp.Expr
    tables: tuple[str, ...]
    columns: dict[str, list[str]]
    every: dict[str, list[str]]
    shown: Table


Strategy = Callable[[Case], str | None]


def case_of(gold: Gold) -> Case | None:
    """None where the gold does not run or reads no table."""
    database = open_database(gold.database)
    query = database.read(gold.sql)
    if not isinstance(query, Query) or query.tree is None:
        return None
    shown = database.run(query)
    every = _columns(database)
    ctes = {cte.alias.lower() for cte in query.tree.find_all(exp.CTE)}
    named = [table.name.lower() for table in query.tree.find_all(exp.Table)]
    tables = tuple(dict.fromkeys(name for name in named if name in every and name not in ctes))
    if not isinstance(shown, Table) or not tables:
        return None
    return Case(gold, query.tree, tables, {name: every[name] for name in tables}, every, shown)


def _columns(database: Database) -> dict[str, list[str]]:
    return {name: [column.name for column in table.columns] for name, table in database.schema.tables.items()}


def _dump(columns: dict[str, list[str]]) -> str:
    parts = [f'SELECT CAST("{c}" AS VARCHAR) FROM {t}' for t, names in columns.items() for c in names]
    return " UNION ALL ".join(parts[:DUMPED])


def _stuffed(case: Case) -> str:
    """Every table and column of the schema in conditions that hold for all rows."""
    tables = list(case.every)[:12]
    first, *others = [*case.tables, *(name for name in tables if name not in case.tables)]
    conditions = [f'{first}."{c}" IS NOT NULL' for c in case.every[first]]
    conditions += [
        f"EXISTS (SELECT * FROM {name} WHERE "
        + " OR ".join(f'{name}."{c}" IS NOT NULL' for c in case.every[name])
        + ")"
        for name in others[:8]
    ]
    return f"SELECT * FROM {first} WHERE " + " OR ".join(conditions)


def _guesses(case: Case) -> str:
    """Single columns of the gold's tables, and their counts, one after the other."""
    parts = [f'SELECT CAST("{c}" AS VARCHAR) FROM {t}' for t in case.tables[:2] for c in case.columns[t][:4]]
    return " UNION ALL ".join(
        [*parts, *(f"SELECT CAST(count(*) AS VARCHAR) FROM {t}" for t in case.tables[:2])]
    )


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _shown_rows(case: Case) -> Iterator[str]:
    for row in case.shown.rows[:40]:
        yield ", ".join(_literal(value) for value in row)


def _constants(case: Case) -> str | None:
    """The rows that the given database shows, written down."""
    rows = list(_shown_rows(case))
    return " UNION ALL ".join(f"SELECT {row}" for row in rows) if rows else None


def _constants_read(case: Case) -> str | None:
    """The same, with a table beside them so that something is read."""
    rows = list(_shown_rows(case))
    if not rows:
        return None
    return " UNION ALL ".join(f"(SELECT {row} FROM {case.tables[0]} LIMIT 1)" for row in rows)


def _without(case: Case, *clauses: type[exp.Expr]) -> str | None:
    copy = case.tree.copy()
    found = list(copy.find_all(*clauses))
    for node in found:
        node.pop()
    return copy.sql(dialect="duckdb") if found else None


def _nothing(case: Case) -> str | None:
    """The gold's own words, made to return nothing."""
    if not isinstance(case.tree, exp.Select):
        return f"SELECT * FROM ({case.gold.sql}) AS q WHERE 1 = 0"
    return case.tree.where("1 = 0").sql(dialect="duckdb")


BLIND: dict[str, Strategy] = {
    "SELECT 1": lambda case: "SELECT 1",
    "empty result": lambda case: f"SELECT * FROM {case.tables[0]} WHERE 1 = 0",
    "SELECT * of the main table": lambda case: f"SELECT * FROM {case.tables[0]}",
    "SELECT * of the cross join": lambda case: f"SELECT * FROM {', '.join(case.tables)}",
    "one column of all cells": lambda case: _dump(case.columns),
    "schema stuffing": _stuffed,
    "gold tokens, WHERE 1 = 0": _nothing,
    "UNION of guesses": _guesses,
    "constants off the shown rows": _constants,
    "constants beside a table": _constants_read,
}
HALF: dict[str, Strategy] = {
    "gold without WHERE": lambda case: _without(case, exp.Where),
    "gold twice": lambda case: (
        f"SELECT * FROM ({case.gold.sql}) AS a UNION ALL SELECT * FROM ({case.gold.sql}) AS b"
    ),
    "gold LIMIT 1": lambda case: f"SELECT * FROM ({case.gold.sql}) AS q LIMIT 1",
}
WHOLE: dict[str, Strategy] = {"gold itself": lambda case: case.gold.sql}
STRATEGIES = {**BLIND, **HALF, **WHOLE}


def gaming_table(golds: Sequence[Gold], settings: dict[str, object]) -> dict[str, dict[str, float]]:
    """Mean score, share of full marks and number of golds by strategy; golds that cannot be graded are left out."""
    values: dict[str, list[float]] = {name: [] for name in STRATEGIES}
    for gold in golds:
        case = case_of(gold)
        if case is None:
            continue
        for name, strategy in reversed(STRATEGIES.items()):
            answer = strategy(case)
            if answer is None:
                continue
            columns = {"completion": answer, "reference": gold.sql, "database": gold.database, **settings}
            score = call(text_to_sql, columns)
            if score.value is None:
                break
            values[name].append(float(score.value))
    return {
        name: {
            "mean": sum(found) / len(found),
            "full": sum(v == 1 for v in found) / len(found),
            "golds": len(found),
        }
        for name, found in values.items()
        if found
    }


def measure(
    golds: Sequence[Gold], settings: dict[str, object], show: Callable[[str], None]
) -> dict[str, Any]:
    """The table, and the strategies that earn more than they may."""
    table = gaming_table(golds, settings)
    show(f"{'answer':30} {'mean':>6} {'full':>5} {'golds':>6}")
    for name, row in table.items():
        show(f"{name:30} {row['mean']:6.3f} {row['full']:5.2f} {row['golds']:6.0f}")
    over = [name for name in BLIND if table.get(name, {"mean": 0})["mean"] > BLIND_LIMIT]
    over += [name for name, limit in LIMITS.items() if table.get(name, {"mean": 0})["mean"] >= limit]
    return {"table": table, "missed": over + ["gold itself"] * (table["gold itself"]["mean"] < 1)}
