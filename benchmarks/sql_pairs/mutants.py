"""Gold queries made wrong by one typed edit each.

    [mutant.type for mutant in mutants(tree, schema, "seed")]   # ["boundary", "limit", "aggregate", ...]

Of all possible edits up to twelve are taken: one of each type in a seeded order, then a second of each, and so on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from .columns import resolve
from .facts import Schema
from .mutators import EDITS, Context

MOST = 12


@dataclass(frozen=True, slots=True)
class Variation:
    """Another query made from a gold: its type and its tree."""

    type: str
    tree: exp.Expr


def mutants(tree: exp.Expr, schema: Schema, seed: str, dialect: str = "postgres") -> list[Variation]:
    """All distinct mutants in the order in which they are to be taken."""
    rng = random.Random(f"mutants:{seed}")
    by_type: dict[str, list[Variation]] = {}
    seen = {tree.sql(dialect)}
    for mutant in _all(tree, Context(schema, resolve(tree, schema), rng)):
        text = mutant.tree.sql(dialect)
        if text not in seen:
            seen.add(text)
            by_type.setdefault(mutant.type, []).append(mutant)
    return list(_in_turn(by_type, rng))


def _all(tree: exp.Expr, context: Context) -> Iterator[Variation]:
    for index, node in enumerate(list(tree.walk())):
        for edit in EDITS:
            for type_, replacement in edit(node, context):
                yield Variation(type_, replaced(tree, index, replacement))


def replaced(tree: exp.Expr, index: int, replacement: exp.Expr | None) -> exp.Expr:
    """A copy of the tree with another expression, or nothing, in the place of its node of that number."""
    copy = tree.copy()
    twin = next(node for i, node in enumerate(copy.walk()) if i == index)
    if twin.parent is None:
        return replacement if replacement is not None else copy
    if replacement is None:
        twin.pop()
    else:
        twin.replace(replacement)
    return copy


def _in_turn(by_type: dict[str, list[Variation]], rng: random.Random) -> Iterator[Variation]:
    types = sorted(by_type)
    rng.shuffle(types)
    for type_ in types:
        rng.shuffle(by_type[type_])
    while any(by_type.values()):
        for type_ in types:
            if by_type[type_]:
                yield by_type[type_].pop()
