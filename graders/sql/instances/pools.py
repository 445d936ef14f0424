"""The values that a column's made-up rows draw from: the gold's constants, what lies just beside them, what the column held, random ones."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from .hints import Hints
from .kinds import (
    MOMENTS,
    NUMBERS,
    TIMES,
    Kind,
    Value,
    as_moment,
    as_text,
    decimal_text,
    limits_of,
    padded,
    shifted,
)
from .lineage import Place
from .near_misses import around, around_pattern, matches, midnight_of

_ENUM = re.compile(r"^ENUM\((.*)\)$", re.IGNORECASE | re.DOTALL)
_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haven",
    "iris",
    "juniper",
    "kelp",
    "linden",
)
_DAYS = (0, -1, 1, -2, -3, -6, -7, -8, -10, -14, -20, -29, -30, -31, -45, -60, -61, -89, -90, -91, -120, -180, -182, -200, -364, -365,
         -366, -400, -500, -730, 5, 30)  # fmt: skip
# By the start of a type for which nothing is made up: what an empty column of it draws from, and one of UUIDs always.
_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "UUID": tuple([f"7c0e4b1a-0000-4000-8000-{number:012}" for number in range(60)]),
    "TIME": ("08:00:00", "12:30:00", "17:45:00", "23:59:59"),
    "INTERVAL": ("1 day", "12 hours", "1 month"),
    "JSON": ("{}", '{"a": 1}', '{"a": 2}'),
    "BLOB": ("a", "b"),
}
_FRESH_TRIES = 20
_MATCHING = 0.3  # of the keys that are texts, are made to match a pattern
MAX_SHIPPED = 40


@dataclass(frozen=True, slots=True)
class Pool:
    """constants: values that the gold's conditions ask for; near: values just beside them; shipped: values the column held.

    moments: dates round which others are made up; limits: the least and the greatest number of the column's type; patterns: what texts
    are asked to be LIKE.
    """

    kind: Kind
    scale: int
    constants: tuple[Value, ...]
    near: tuple[Value, ...]
    shipped: tuple[Value, ...]
    moments: tuple[datetime, ...]
    limits: tuple[float, float] = (-math.inf, math.inf)
    patterns: tuple[str, ...] = ()

    def meets(self, value: Value) -> bool:
        """Whether it is a value that a condition asks for."""
        if value in self.constants:
            return True
        return isinstance(value, str) and any(
            matches(value.lower(), pattern.lower()) for pattern in self.patterns
        )

    def on_side(self, side: Literal["above", "below"]) -> list[Value]:
        """The values known to lie above, or below, all that the conditions ask for; none where the kind has no order."""
        if not self.constants or self.kind not in MOMENTS | NUMBERS:
            return []
        known = [(self._rank(value), value) for value in (*self.near, *self.shipped) if value is not None]
        asked = [self._rank(value) for value in self.constants]
        if side == "above":
            return [value for rank, value in known if rank > max(asked)]
        return [value for rank, value in known if rank < min(asked)]

    def _rank(self, value: Value) -> float:
        moment = as_moment(value) if self.kind in MOMENTS else None
        number = moment.replace(tzinfo=UTC).timestamp() if moment is not None else _as_number(value)
        return number if number is not None else math.nan

    def moved(self, value: Value, by: float) -> Value:
        """A value of this column at a distance, in days or units, from one of another column; None where there is none."""
        moment = as_moment(value)
        if self.kind in MOMENTS:
            return as_text(shifted(moment, by), self.kind) if moment is not None else None
        number = _as_number(value)
        if number is None:
            return None
        if self.kind == "integer":
            return int(self._held(number + by))
        if self.kind == "decimal":
            return decimal_text(self._held(number + by), self.scale)
        return number + by if self.kind == "float" else None

    def draw(self, rng: random.Random, constant: float, beside: float, variety: float) -> Value:
        """One value; the chances are that it is one of the gold's constants, and that it lies just beside one."""
        roll = rng.random()
        if self.constants and roll < constant:
            return rng.choice(self.constants)
        if self.near and roll < constant + beside:
            return rng.choice(self.near)
        if self.shipped and rng.random() >= variety:
            value = rng.choice(self.shipped)
            return value if rng.random() < 0.7 else self.varied(value, rng)
        return self.fresh(rng)

    def varied(self, value: Value, rng: random.Random) -> Value:
        """Another value of the same sort, close to `value`."""
        if isinstance(value, bool) or self.kind in ("boolean", "other"):
            return value
        if self.kind == "integer" and isinstance(value, int):
            # seconds since 1970, perhaps: another day or month too
            steps = (
                (-2, -1, 1, 2, 3)
                if abs(value) < 10**7
                else (-86_400, 1, 3_600, 86_400, 2_678_400, 8_035_200, 31_536_000)
            )
            return int(self._held(value + rng.choice(steps)))
        if self.kind == "float" and isinstance(value, int | float):
            return round(value * rng.choice((0.5, 0.9, 1.1, 2)) + rng.choice((0, 0.25)), 4)
        if self.kind == "decimal":
            number = float(value or 0) * rng.choice((0.5, 0.9, 1.1, 1.5)) + rng.choice((0, 0.25))
            return decimal_text(self._held(number), self.scale)
        if self.kind == "number text" and isinstance(value, str):
            return padded(abs(int(value) + rng.choice((-1, 1, 2))), value)
        moment = as_moment(value)
        if self.kind in MOMENTS and moment is not None:
            return as_text(
                shifted(moment, rng.choice((-31, -7, -1, 1, 7, 30, 365)) + self._hours(rng)), self.kind
            )
        return value

    def fresh(self, rng: random.Random) -> Value:
        """A value made up from the kind alone, in the range of what the column held."""
        if self.kind == "boolean":
            return rng.random() < 0.5
        if self.kind == "integer":
            low, high = self._range(0, 12)
            return rng.randint(int(low), int(self._held(int(high) + 1)))
        if self.kind == "float":
            low, high = self._range(0, 20)
            return round(rng.uniform(low, high + 1), 2)
        if self.kind == "decimal":
            low, high = self._range(0, 200)
            return decimal_text(self._held(rng.uniform(low, high + 1)), self.scale)
        if self.kind in MOMENTS:
            return as_text(shifted(rng.choice(self.moments), rng.choice(_DAYS) + self._hours(rng)), self.kind)
        if self.kind == "number text":
            return padded(rng.randint(1, 30), next(iter(self.shipped), ""))
        if self.kind == "other":
            return rng.choice(self.shipped) if self.shipped else None
        return rng.choice(_WORDS) + rng.choice(("", " one", " two", " three"))

    def key(self, rng: random.Random, taken: Iterable[Value]) -> Value:
        """A value for a unique column that is not among `taken`; None when none is found."""
        taken = set(taken)
        if self.kind in ("integer", "float"):
            numbers = [value for value in taken if isinstance(value, int | float) and math.isfinite(value)]
            number = int(max(numbers, default=0)) + rng.choice((1, 1, 1, 2, 3))
            low, high = self.limits
            return number if number <= high else _free_number(int(low), int(high), taken)
        if self.patterns and self.kind == "text" and rng.random() < _MATCHING:
            matching = rng.choice(self.patterns).replace("_", "a").replace("%", str(len(taken)))
            if matching not in taken:
                return matching
        free = [
            value for value in (*self.constants, *self.shipped) if value not in taken and value is not None
        ]
        if free:
            return rng.choice(free)
        for attempt in range(50):
            further = attempt >= _FRESH_TRIES or self.kind == "text"
            value = self._further(rng, len(taken) + attempt) if further else self.fresh(rng)
            if value not in taken:
                return value
        return None

    def _further(self, rng: random.Random, number: int) -> Value:
        """A value outside what is usual, another one for each number."""
        if self.kind in MOMENTS:
            return as_text(shifted(self.moments[0], -1000 - number), self.kind)
        if self.kind == "number text":
            return padded(30 + number, next(iter(self.shipped), ""))
        return self._new_text(number) if self.kind == "text" else self.fresh(rng)

    def _new_text(self, number: int) -> str:
        model = next((value for value in self.shipped if isinstance(value, str)), "k0")
        digits = re.search(r"\d+", model)
        if digits is None:
            return f"{model} {number + 2}"
        return (
            model[: digits.start()]
            + str(number + 900)[-max(3, len(digits[0])) :].zfill(len(digits[0]))
            + model[digits.end() :]
        )

    def _range(self, low: float, high: float) -> tuple[float, float]:
        numbers = [_as_number(value) for value in (*self.shipped, *self.constants)]
        finite = [number for number in numbers if number is not None and math.isfinite(number)]
        return self._held(min(finite, default=low)), self._held(max(finite, default=high))

    def _held(self, number: float) -> float:
        """The number, or the nearest one that the column's type holds."""
        low, high = self.limits
        return min(max(number, low), high)

    def _hours(self, rng: random.Random) -> float:
        if self.kind in TIMES:
            return rng.randrange(24) / 24
        return rng.choice((0, 0, 0.25, 0.5, 0.99)) if self.kind.startswith("timestamp") else 0.0


def pool_of(
    place: Place, kind: Kind, type_: str, scale: int, shipped: Sequence[Value], hints: Hints, clock: datetime
) -> Pool:
    """The pool of one column."""
    values = [value for value in dict.fromkeys(shipped) if value is not None][:MAX_SHIPPED]
    limits = limits_of(type_)
    enum = _ENUM.match(type_)
    if enum:
        labels = tuple(label.replace("''", "'") for label in re.findall(r"'((?:[^']|'')*)'", enum[1]))
        return Pool(
            "other",
            0,
            tuple(label for label in labels if label in hints.constants[place]),
            (),
            labels,
            (clock,),
        )
    constants: list[Value] = []
    near: list[Value] = []
    for constant in hints.constants[place]:
        hit, beside = around(constant, kind, scale, clock)
        constants += hit
        near += beside
    for pattern in hints.patterns[place]:
        hit, beside = around_pattern(pattern, kind, scale, clock)
        constants += hit
        near += beside
    if kind == "text" and place in hints.absent:
        near.append("")
    if constants and kind == "text":
        near += hints.constants_beside(place)
    if constants and kind in MOMENTS - TIMES and hints.recent:
        near += [
            as_text(shifted(moment, by), kind) for moment in (clock, midnight_of(clock)) for by in (0, 1)
        ]
    for total in hints.totals[place]:
        near += [value for part in (1, 2, 3, 0.5) for value in around(total / part, kind, scale, clock)[0]]
    moments = [moment for value in (*constants, *values) if (moment := as_moment(value)) is not None]
    if hints.recent or not moments:
        moments = [clock, clock, *moments[:10]]
    if kind == "other" and (not values or type_.upper() == "UUID"):
        values += _examples(type_)
    fitting = [_fitting(made, kind, limits) for made in (constants, near)]
    patterns = tuple(dict.fromkeys(hints.patterns[place]))
    return Pool(kind, scale, fitting[0], fitting[1], tuple(values), tuple(moments), limits, patterns)


def _examples(type_: str) -> Sequence[str]:
    if type_.endswith("]"):
        return ("[]",)
    return next((texts for start, texts in _EXAMPLES.items() if type_.upper().startswith(start)), ())


def _fitting(values: Iterable[Value], kind: Kind, limits: tuple[float, float]) -> tuple[Value, ...]:
    """The distinct ones that the column's type holds."""
    if kind not in ("integer", "decimal"):
        return tuple(dict.fromkeys(values))
    low, high = limits
    return tuple(value for value in dict.fromkeys(values) if low <= float(value or 0) <= high)


def _free_number(low: int, high: int, taken: Collection[Value]) -> int | None:
    """The greatest number in a range that is not taken."""
    return next((number for number in range(high, low - 1, -1) if number not in taken), None)


def _as_number(value: Value) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None
