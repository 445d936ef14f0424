"""`@partial_credit`: a ladder of levels that an answer climbs.

    @partial_credit({"parses": 0.02, "tables": 0.10, "runs": 0.15, "exact": 1.0})
    def query(completion: str, reference: str) -> Iterator[Step]:
        yield "parses", (tree := parse(completion)) is not None    # False is a gate: the climb ends, code after it does not run
        yield "tables", tables_f1(tree, reference)                 # a number in [0, 1] earns its share of the rise to this level
        yield "runs", (rows := run(completion)) is not None
        yield "exact", rows == run(reference), "the rows differ"   # a third element is the reason shown beside the component

A number's share is of the rise from the height reached so far, so 0 earns nothing, the score never falls as the answer gets better, and
a right answer by an unusual way still reaches the top. A reason that starts with "note: " is shown by `rewardkit test` for right answers. `return` ends the climb early. A level that is undeclared, repeated or out of order is an error of the grader at that line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, Unpack

from .errors import GraderError, did_you_mean
from .grader import Grader, grader_of, where_of
from .options import OptionArgs, options_of
from .scores import Component

Step: TypeAlias = tuple[str, bool | float] | tuple[str, bool | float, str]


def partial_credit(
    levels: Mapping[str, float], /, **options: Unpack[OptionArgs]
) -> Callable[[Callable[..., Any]], Grader]:
    """Declare a ladder: `levels` maps each level's name to the score of an answer that got exactly that far, rising.

    The function is a generator (sync or async) that yields `(level, earned)` or `(level, earned, reason)`.
    """

    def decorate(function: Callable[..., Any]) -> Grader:
        where = where_of(function, "partial_credit")
        checked = options_of(options, where=where)
        check_levels(levels, checked.range, where)
        return grader_of(function, "partial_credit", checked, name=options.get("name"), levels=levels)

    return decorate


def check_levels(levels: Mapping[str, float], bounds: tuple[float, float], where: str) -> None:
    """GraderError unless the levels rise and stay within the range."""
    low, high = bounds
    if not levels:
        raise GraderError('a ladder needs levels, such as {"parses": 0.1, "exact": 1.0}', where=where)
    before, height = "the bottom", low
    for name, level in levels.items():
        if not isinstance(level, int | float) or not math.isfinite(level) or not low <= level <= high:
            raise GraderError(f"level '{name}' is {level!r}; levels lie in {low:g} to {high:g}", where=where)
        if level <= height:
            raise GraderError(
                f"levels must rise; '{name}' {level:g} comes after '{before}' {height:g}", where=where
            )
        before, height = name, level


@dataclass(slots=True)
class Climb:
    """The state of one climb: which steps were taken and how high they reached."""

    levels: Mapping[str, float]
    bottom: float = 0.0
    taken: dict[str, tuple[float, str]] = field(default_factory=dict)
    height: float = 0.0
    _names: tuple[str, ...] = ()
    _next: int = 0  # the place of the first level that may come now

    def __post_init__(self) -> None:
        self.height = self.bottom
        self._names = tuple(self.levels)

    def step(self, step: object) -> bool:
        """Take one yielded step; False when it was a gate that ended the climb. ValueError when it is no legal step."""
        name, earned, reason = self._check(step)
        self.taken[name] = (float(earned), reason)
        level = self.levels[name]
        self.height = level if earned == 1 else self.height + float(earned) * (level - self.height)
        return earned is not False

    def components(self) -> tuple[Component, ...]:
        """One component for every declared level, in order; levels not reached have the value 0."""
        return tuple(self._component(name, level) for name, level in self.levels.items())

    def why(self) -> str:
        """The reason of the first step that fell short of its level and gave one."""
        return next((reason for value, reason in self.taken.values() if value < 1.0 and reason), "")

    def _component(self, name: str, level: float) -> Component:
        value, reason = self.taken.get(name, (0.0, "not reached"))
        return Component(name, value, level=level, reason=reason)

    def _check(self, step: object) -> tuple[str, bool | float, str]:
        if not isinstance(step, tuple) or len(step) not in (2, 3):
            raise ValueError(f"a step is (level, earned) or (level, earned, reason); got {step!r:.80}")
        name, earned = step[0], step[1]
        reason = str(step[2])[:2000] if len(step) == 3 else ""
        if name not in self.levels:
            raise ValueError(
                f"level {name!r} is not declared; declared: {', '.join(self.levels)}.{did_you_mean(str(name), self.levels)}"
            )
        if name in self.taken:
            raise ValueError(f"level '{name}' is given twice")
        place = self._names.index(name)
        if place < self._next:
            raise ValueError(
                f"level '{name}' comes after '{self._names[self._next - 1]}', but is declared before it"
            )
        self._next = place + 1
        return name, _earned(name, earned), reason


def _earned(name: str, earned: object) -> bool | float:
    """A bool as it is, a number of any library as a float in [0, 1]; numpy's False must be a gate too."""
    if isinstance(earned, bool) or (type(earned) is float and 0.0 <= earned <= 1.0):
        return earned
    if type(earned).__module__ == "numpy" and type(earned).__name__ in ("bool", "bool_"):
        return bool(earned)
    try:
        value = float(earned)  # type: ignore[arg-type]  # checked by the attempt
    except (TypeError, ValueError):
        raise ValueError(
            f"level '{name}' earned {earned!r:.60}; allowed: True, False or a number in [0, 1]"
        ) from None
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"level '{name}' earned {value!r}; allowed: True, False or a number in [0, 1]")
    return value
