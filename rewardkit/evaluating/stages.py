"""The stages of an evaluation: each model with what is asked of it, under a name that no other has.

a/final, b/final        ->  a-final, b-final
openai:m@http://h:1/v1, openai:m@http://h:2/v1  ->  h-1-m, h-2-m
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ConfigError
from .loop import Plan
from .models import ModelSpec


@dataclass(frozen=True, slots=True)
class Stage:
    """A model, and what is asked of it; `plan.stage` is its name."""

    spec: ModelSpec
    plan: Plan

    @property
    def name(self) -> str:
        """The name of its results."""
        return self.plan.stage


def stage_names(specs: Sequence[ModelSpec]) -> list[str]:
    """A name for each model, its short one where no other has that, else with what is in front of it. ConfigError for one that is given twice."""
    twice = [spec for spec, count in Counter(specs).items() if count > 1]
    if twice:
        raise ConfigError(f"model '{twice[0].shown}' is given twice")
    names = [spec.short for spec in specs]
    longest = max((len(spec.parts) for spec in specs), default=1)
    for length in range(2, longest + 1):
        alike = {name for name, count in Counter(names).items() if count > 1}
        if not alike:
            break
        names = [
            "-".join(spec.parts[-length:]).replace("/", "") if name in alike else name
            for spec, name in zip(specs, names, strict=True)
        ]
    if len(set(names)) < len(names):
        name = next(name for name, count in Counter(names).items() if count > 1)
        raise ConfigError(f"two models would both be called '{name}'; evaluate them in two runs")
    return names
