"""Statistics of an evaluation: how good, how sure, and whether a difference is more than luck.

    >>> interval = mean_interval([0.2, 0.4, 0.6, 0.8, 1.0] * 4)
    >>> f"{interval.mean:.2f} ({interval.low:.2f} to {interval.high:.2f})"
    '0.60 (0.46 to 0.74)'

The prompt is the unit: repeats of a prompt are averaged before they come here, and prompts that belong together (one database, one
passage) are named by `clusters`. Under 10 units there is no interval: list the items instead. All intervals are 95 %.
An interval over prompts says nothing about other training seeds: one run cannot separate training luck from the method (`over_seeds` can).
"""

from .intervals import (
    Interval,
    Method,
    StandardError,
    bounded_interval,
    mean_interval,
    standard_error,
    unscored_bounds,
    wilson,
)
from .over_k import all_k, pass_at_k
from .paired import (
    Comparison,
    McNemar,
    Verdict,
    equivalent,
    holm,
    mcnemar,
    paired_difference,
    verdict_of,
)
from .power import detectable_from, detectable_with, minimum_detectable, prompts_needed
from .seeds import FEWEST_SEEDS, OverSeeds, over_seeds
from .student import t_cdf, t_quantile
from .values import CONFIDENCE, FEWEST, Floats

__all__ = [
    "CONFIDENCE",
    "FEWEST",
    "FEWEST_SEEDS",
    "Comparison",
    "Floats",
    "Interval",
    "McNemar",
    "Method",
    "OverSeeds",
    "StandardError",
    "Verdict",
    "all_k",
    "bounded_interval",
    "detectable_from",
    "detectable_with",
    "equivalent",
    "holm",
    "mcnemar",
    "mean_interval",
    "minimum_detectable",
    "over_seeds",
    "paired_difference",
    "pass_at_k",
    "prompts_needed",
    "standard_error",
    "t_cdf",
    "t_quantile",
    "unscored_bounds",
    "verdict_of",
    "wilson",
]
