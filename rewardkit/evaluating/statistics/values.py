"""What every statistic here shares: the confidence, the fewest units, arrays of checked values and their sums within clusters."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
FEWEST = 10  # units below which no interval is given

Floats: TypeAlias = NDArray[np.float64]


def checked(values: Sequence[float]) -> Floats:
    """The values as an array, [n]; ValueError for none, and for one that is not finite."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not len(x):
        raise ValueError("at least one value is needed")
    if not np.isfinite(x).all():
        raise ValueError(
            f"values must be finite; got {x[~np.isfinite(x)][0]} (leave unscored completions out)"
        )
    return x


def by_cluster(units: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """What each cluster adds, [clusters, ...], in the order in which they first occur; `units` itself when each stands alone.

    ValueError for another number of labels than units.
    """
    if clusters is None:
        return units
    if len(clusters) != len(units):
        raise ValueError(
            f"one cluster per value is needed; got {len(clusters)} clusters and {len(units)} values"
        )
    numbers = {cluster: i for i, cluster in enumerate(dict.fromkeys(clusters))}
    sums: Floats = np.zeros((len(numbers), *units.shape[1:]))
    np.add.at(sums, [numbers[cluster] for cluster in clusters], units)
    return sums


def number(value: Floats | float) -> float | None:
    """The value as a plain number; None for NaN."""
    found = float(value)
    return None if np.isnan(found) else found
