"""The result of one grader on one completion: a number in the declared range, or unscored with a cause.

    >>> Score(0.5, (Component("parses", 1.0, level=0.1),))
    Score(0.5, parses=1)
    >>> Score.unscored("timeout", "no answer within 2 s").scored
    False

A failure is never a zero. A wrong answer scores 0; a broken reference, judge or grader is *unscored*, counted and left out of every mean.
A score has a value and a cause together in one case only: the completion itself broke a grader that runs completions
(`runs_completion=True`); then the completion keeps the level it had reached, so that no policy can void its own grade.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

Cause: TypeAlias = Literal[
    "error",  # the grader raised
    "timeout",  # the grader did not answer before its deadline
    "died",  # the process in which it ran ended
    "memory",  # it asked for more memory than `memory_mb`
    "invalid",  # it returned something that is no score: NaN, 1.2, a string
    "bad_reference",  # the sample's reference cannot be used
    "not_applicable",  # the grader does not apply to this sample
    "judge_unavailable",
    "judge_unparseable",
    "judge_refused",
    "judge_budget",  # the budget of the run is spent; it stops there
]
CAUSES: tuple[str, ...] = get_args(Cause)

Wire: TypeAlias = tuple[Any, ...]

NOTE = "note: "
"""How a component's reason starts that says something of a right answer, for its grader's author to read."""


@dataclass(frozen=True, slots=True)
class Component:
    """A named part of a score.

    `value` is what the part itself earned (0 to 1 for a level or a weighted part); `weight` is its share in a combination and
    `level` the height of its rung on a ladder, both in the units of the whole score.
    """

    name: str
    value: float | None
    weight: float | None = None
    level: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Score:
    """What one grader says of one completion. `value is None` means unscored, and then `cause` is set.

    `output` goes with a cause: what the grader printed while it worked on the completion and, when it was stopped, where it was. It may
    differ between two runs that are otherwise the same, so it does not count when scores are compared.
    """

    value: float | None
    components: tuple[Component, ...] = ()
    cause: Cause | None = None
    reason: str = ""
    output: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.value is None and self.cause is None:
            raise ValueError("a Score without a value needs a cause; use Score.unscored(cause, reason)")
        if self.cause is not None and self.cause not in CAUSES:
            raise ValueError(f"cause {self.cause!r} is not one of {', '.join(CAUSES)}")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"a score must be finite, got {self.value!r}")

    @classmethod
    def unscored(
        cls, cause: Cause, reason: str = "", components: tuple[Component, ...] = (), output: str = ""
    ) -> Score:
        """A result that says the grader could not decide, and why."""
        return cls(None, components, cause, reason, output)

    @property
    def scored(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    @property
    def note(self) -> str:
        """The last reason among its components that is a note, as it stands there; empty when there is none."""
        notes = [part.reason for part in self.components if part.reason.startswith(NOTE)]
        return notes[-1] if notes else ""

    def component(self, name: str) -> Component:
        """The component of that name; KeyError when there is none."""
        for part in self.components:
            if part.name == name:
                return part
        raise KeyError(name)

    def __float__(self) -> float:
        if self.value is None:
            raise ValueError(f"unscored ({self.cause}): {self.reason}")
        return self.value

    def __repr__(self) -> str:
        head = f"{self.value:.6g}" if self.value is not None else "unscored"
        parts = [
            head,
            *(f"{c.name}={c.value:.6g}" if c.value is not None else f"{c.name}=-" for c in self.components),
        ]
        if self.cause:
            parts.append(f"cause={self.cause!r}")
        if self.reason:
            parts.append(f"reason={self.reason!r}")
        return f"Score({', '.join(parts)})"


def to_wire(score: Score) -> Wire:
    """The score as nested tuples of plain values: what crosses a process border as JSON."""
    parts = tuple((c.name, c.value, c.weight, c.level, c.reason) for c in score.components)
    return (score.value, score.cause, score.reason, parts, score.output)


def from_wire(wire: Wire) -> Score:
    """The inverse of `to_wire`; lists are accepted for tuples, as JSON gives them. ValueError or TypeError for anything else."""
    value, cause, reason, parts, output = wire
    return Score(value, tuple(Component(*part) for part in parts), cause, reason, output)
