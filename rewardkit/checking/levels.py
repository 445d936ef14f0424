"""How thorough a test is: `--fast` while one writes a grader, the default before it drives training, `--deep` before it is published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """`seconds` bound the test of one grader (None: nothing does), declared cases apart; `rows` multiplies how many rows each check tries.

    `surroundings`: other clocks, hash seeds and threads are tried, and what hostile answers leave behind. `source`: mutants of its code.
    """

    name: str
    seconds: float | None
    rows: float
    surroundings: bool
    source: bool


FAST = Level("fast", 10.0, 0.34, surroundings=False, source=False)
DEFAULT = Level("default", 60.0, 1.0, surroundings=True, source=False)
DEEP = Level("deep", None, 4.0, surroundings=True, source=True)

_LEVELS = {level.name: level for level in (FAST, DEFAULT, DEEP)}


def level_of(name: str) -> Level:
    """The level of that name: "fast", "default" or "deep"."""
    return _LEVELS[name]
