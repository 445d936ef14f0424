"""Wrong queries made from a right one by one typed edit each: what an instance has to tell from the gold.

    "SELECT name FROM people WHERE age > 30 ORDER BY age"
    ->  age >= 30, age > 31, no condition, age <= 30, SELECT city, SELECT DISTINCT name, ORDER BY age DESC, ORDER BY nothing, ...

Each mutant has one node replaced (`node_edits.py`), or one edit of the whole query made (`query_edits.py`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ..engines.schema import Schema
from .node_edits import EDITS, Edit, other_column, siblings_of
from .query_edits import WHOLE, column_about, replaced


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong query, the kind of edit that made it, and the column on whose values it depends whether the edit shows ("" when unknown)."""

    kind: str
    sql: str
    about: str = ""


def mutants_of(
    tree: exp.Expr, schema: Schema, dialect: str, *, most: int = 60, seed: str = ""
) -> list[Mutant]:
    """Up to `most` different mutants, each kind of edit in turn, the same for the same seed."""
    original = tree.sql(dialect=dialect)
    seen = {original}
    by_kind: dict[str, list[Mutant]] = {}
    for kind, mutated, about in _mutated(tree, schema):
        try:
            sql = mutated.sql(dialect=dialect)
        except (SqlglotError, ValueError, AttributeError, TypeError):
            continue
        if sql not in seen:
            seen.add(sql)
            by_kind.setdefault(kind, []).append(Mutant(kind, sql, about))
    rng = random.Random(seed)
    for members in by_kind.values():
        rng.shuffle(members)
    chosen: list[Mutant] = []
    while by_kind and len(chosen) < most:
        for kind in list(by_kind):
            chosen.append(by_kind[kind].pop())
            if not by_kind[kind]:
                del by_kind[kind]
    return chosen[:most]


def _mutated(tree: exp.Expr, schema: Schema) -> Iterator[tuple[str, exp.Expr, str]]:
    siblings = siblings_of(tree, schema)
    edits: dict[str, Edit] = {**EDITS, "another column": lambda node: other_column(node, siblings)}
    for place, node in enumerate(tree.walk()):
        for kind, edit in edits.items():
            for replacement in edit(node):
                yield kind, replaced(tree, place, replacement), column_about(node)
    for kind, whole in WHOLE.items():
        for mutated, about in whole(tree, schema):
            yield kind, mutated, about


def relaxed(tree: exp.Expr, dialect: str) -> list[str]:
    """The gold without its conditions: what an answer that ignores them returns."""
    copy = tree.copy()
    found = list(copy.find_all(exp.Filter, exp.Where, exp.Having))
    for node in found:
        if isinstance(node, exp.Filter):
            node.replace(node.this)
        else:
            node.pop()
    return [copy.sql(dialect=dialect)] if found else []
