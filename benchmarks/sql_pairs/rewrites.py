"""Gold queries said in other words: up to four of different kinds, the mere layout once at most."""

from __future__ import annotations

import random

from sqlglot import exp

from .facts import Schema
from .mutants import Variation
from .rewriters import REWRITES

MOST = 4


def rewrites(tree: exp.Expr, schema: Schema, seed: str, dialect: str = "postgres") -> list[Variation]:
    """All rewrites, one of each kind, in the order in which they are to be taken."""
    rng = random.Random(f"rewrites:{seed}")
    kinds = sorted(REWRITES)
    rng.shuffle(kinds)
    kinds.sort(key=lambda kind: kind in {"pretty", "parentheses"})  # the plainest come last
    found = [Variation(kind, other) for kind in kinds for other in REWRITES[kind](tree, schema)]
    own = tree.sql(dialect)
    return [
        variation for variation in found if variation.type == "pretty" or variation.tree.sql(dialect) != own
    ]
