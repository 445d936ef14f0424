"""Whether another query answers as the gold does, over many instances.

A pair is equal when no instance tells the queries apart, and different when one does; the tally says how many did. An instance on which
the gold's own answer depends on the order in which rows were inserted is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from .alignments import Alignment, alignments
from .cells import Row, normal
from .databases import Databases, Result, Rows
from .expected import Expected, Plan

_UNSTABLE = (
    exp.RowNumber,
    exp.Lag,
    exp.Lead,
    exp.First,
    exp.Last,
    exp.FirstValue,
    exp.AnyValue,
    exp.ArrayAgg,
    exp.GroupConcat,
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance with what the gold answers there."""

    number: int
    seed: str
    expected: Expected
    result: Result


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the instances tell two queries apart: by their rows, by their order only, or by a failure."""

    usable: int
    rows: int
    order: int
    failed: int
    first: str

    @property
    def differing(self) -> int:
        """All instances that tell them apart."""
        return self.rows + self.order + self.failed

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.usable + other.usable,
            self.rows + other.rows,
            self.order + other.order,
            self.failed + other.failed,
            self.first or other.first,
        )


def instance(databases: Databases, number: int, seed: str, plan: Plan) -> Instance | None:
    """The instance with the gold's answer; None when the gold fails there."""
    try:
        result = databases.run(number, plan.sql)
    except duckdb.Error:
        return None
    return Instance(number, seed, plan.expected(result), result)


def is_stable(tree: exp.Expr) -> bool:
    """Whether a query's answer, ties of its outermost ORDER BY apart, can not depend on the order of rows in their tables."""
    inner = any(node.parent is not tree for node in tree.find_all(exp.Limit))
    return not inner and not any(tree.find_all(*_UNSTABLE))


def holds_reversed(databases: Databases, given: Instance, rows: Rows, plan: Plan) -> bool:
    """Whether the gold answers alike when all rows were inserted the other way round."""
    number = databases.add({table: list(reversed(kept)) for table, kept in rows.items()}, rows.keys())
    again = instance(databases, number, given.seed, plan)
    databases.drop(number)
    if again is None:
        return False
    return given.expected.accepts(
        [row for group in again.expected.groups for row in group][: given.expected.count]
    )


def tally(
    databases: Databases, instances: Sequence[Instance], width: int, sql: str, *, stop: int | None = None
) -> Tally:
    """Runs the other query on the instances, until `stop` of them differ; the alignment that fits best counts."""
    outcomes: dict[Alignment, list[tuple[str, str]]] = {}
    failures: list[str] = []
    for given in instances:
        try:
            result = databases.run(given.number, sql)
        except duckdb.Error:
            failures.append(given.seed)
            continue
        rows = [tuple(map(normal, row)) for row in result.rows]
        for alignment in alignments(given.result, width, result) or [()]:
            outcome = _outcome(given.expected, rows, alignment)
            outcomes.setdefault(alignment, []).append((outcome, given.seed))
        if stop and min((_differing(kept) for kept in outcomes.values()), default=0) + len(failures) >= stop:
            break
    best = min(outcomes.values(), key=_differing, default=[])
    told = [kind for kind, _ in best]
    first = next(iter([seed for kind, seed in best if kind != "same"] + failures), "")
    return Tally(len(told) + len(failures), told.count("rows"), told.count("order"), len(failures), first)


def _outcome(expected: Expected, rows: Sequence[Row], alignment: Alignment) -> str:
    if not alignment:
        return "rows"
    aligned = [tuple(row[i] for i in alignment) for row in rows]
    if expected.accepts(aligned):
        return "same"
    return "order" if expected.accepts_unordered(aligned) else "rows"


def _differing(outcomes: Sequence[tuple[str, str]]) -> int:
    return sum(kind != "same" for kind, _ in outcomes)
