"""pytest for reward functions, and the road from a tested grader to a trained model.

Everything that a grader's author needs is here. Each name is loaded when it is first asked for: pytest imports this package in every
run of an environment that has it, and `import rewardkit` loads nothing else, let alone torch, duckdb or openai.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cases import case, order, probe
    from .collecting import collect
    from .combining import gated, penalised, weighted
    from .errors import RewardkitError, Unscored
    from .evaluating.comparing import compare
    from .evaluating.in_python import evaluate
    from .grader import Grader
    from .judging.criteria import Criterion
    from .ladders import Step, partial_credit
    from .phases import preparing
    from .rankings import ranking
    from .rewards import reward
    from .rubrics import rubric
    from .runs.opened import Run
    from .samples import Sample, read_samples
    from .scores import Component, Score
    from .scoring import Item, Scorer, score

__version__ = "0.1.0"

__all__ = [
    "Component",
    "Criterion",
    "Grader",
    "Item",
    "RewardkitError",
    "Run",
    "Sample",
    "Score",
    "Scorer",
    "Step",
    "Unscored",
    "case",
    "collect",
    "compare",
    "evaluate",
    "gated",
    "order",
    "partial_credit",
    "penalised",
    "preparing",
    "probe",
    "ranking",
    "read_samples",
    "reward",
    "rubric",
    "score",
    "weighted",
]

_HOMES = {
    "cases": ("case", "order", "probe"),
    "collecting": ("collect",),
    "combining": ("gated", "penalised", "weighted"),
    "errors": ("RewardkitError", "Unscored"),
    "evaluating.comparing": ("compare",),
    "evaluating.in_python": ("evaluate",),
    "grader": ("Grader",),
    "judging.criteria": ("Criterion",),
    "ladders": ("Step", "partial_credit"),
    "phases": ("preparing",),
    "rankings": ("ranking",),
    "rewards": ("reward",),
    "rubrics": ("rubric",),
    "runs.opened": ("Run",),
    "samples": ("Sample", "read_samples"),
    "scores": ("Component", "Score"),
    "scoring": ("Item", "Scorer", "score"),
}

if not TYPE_CHECKING:  # a type checker would take any name for one that is here

    def __getattr__(name: str) -> object:
        """A public name, from its module; kept, so that it is looked up once."""
        for module, names in _HOMES.items():
            if name in names:
                value = getattr(importlib.import_module(f"{__name__}.{module}"), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
