"""pytest for reward functions, and the road from a tested grader to a trained model.

Everything that a grader's author needs is here; `import rewardkit` loads neither torch nor duckdb nor openai.
"""

from .cases import case, order, probe
from .collecting import collect
from .combining import gated, penalised, weighted
from .errors import RewardkitError, Unscored
from .grader import Grader
from .ladders import Step, partial_credit
from .phases import preparing
from .rewards import reward
from .samples import Sample, read_samples
from .scores import Component, Score
from .scoring import Item, Scorer, score

__version__ = "0.1.0"

__all__ = [
    "Component",
    "Grader",
    "Item",
    "RewardkitError",
    "Sample",
    "Score",
    "Scorer",
    "Step",
    "Unscored",
    "case",
    "collect",
    "gated",
    "order",
    "partial_credit",
    "penalised",
    "preparing",
    "probe",
    "read_samples",
    "reward",
    "score",
    "weighted",
]
