"""How one generated instance differs from the next: sizes, NULLs, ties, and how much is made to fit the gold query.

A strict instance keeps all that rows and golds imply: keys, references, and dates that come in one order. A loose one breaks them now
and then; nothing declared is ever broken. A pair that differs only in loose instances depends on facts that nobody stated.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

RowMode = Literal["hit", "near", "any"]
_FOCUSED: tuple[RowMode, ...] = ("hit",) * 10 + ("near",) * 6 + ("any",) * 4
_SPREAD_OUT: tuple[RowMode, ...] = ("hit",) * 3 + ("near",) * 4 + ("any",) * 13


@dataclass(frozen=True, slots=True)
class World:
    """One instance's settings: shares of NULLs, copied rows and anchored dates; a wide one has many rows and few ties."""

    rng: random.Random
    loose: bool
    focused: bool
    wide: bool
    null: float
    copies: float
    anchored: float
    starving: bool  # one column never has what the gold asks for
    scarce: bool  # a table has hardly more than one row that the gold asks for

    def size(self, *, child: bool, used: bool) -> int:
        """Rows of a table."""
        if not used:
            return self.rng.choice((3, 5, 8))
        if self.wide:
            return self.rng.choice((40, 60) if child else (15, 25, 40))
        return self.rng.choice((3, 6, 10, 16, 25, 40) if child else (3, 4, 6, 8, 12))

    def spread(self) -> int:
        """Distinct plain values of a column."""
        return self.rng.choice((10, 30, 30) if self.wide else (1, 2, 2, 3, 4, 6, 10))

    def mode(self, earlier: int) -> RowMode:
        """What a row is made for after so many others: to pass the gold's filters, to fail one of them, or neither."""
        if self.scarce:
            return "hit" if earlier < self.rng.choice((1, 2)) else "near"
        return self.rng.choice(_FOCUSED if self.focused else _SPREAD_OUT)

    def chance(self, share: float) -> bool:
        """True that often."""
        return self.rng.random() < share


def world(seed: str, number: int, *, attempt: int = 0, loose: bool = False) -> World:
    """The settings of an instance: NULLs at 0, 10 or 30 %, every second instance focused.

    A later attempt has no NULLs; from the fourth on, rows that the gold asks for are scarce: scalar subqueries fail on two.
    """
    rng = random.Random(f"{seed}:{number}:{attempt}:{loose}")
    return World(
        rng,
        loose,
        focused=number % 2 == 0,
        wide=number % 5 >= 3,
        null=(0.0, 0.1, 0.3)[number % 3] if attempt == 0 else 0.0,
        copies=rng.choice((0.0, 0.1, 0.3)),
        anchored=rng.choice((0.0, 0.3, 0.7)),
        starving=number % 6 == 1,
        scarce=attempt >= 3,
    )
