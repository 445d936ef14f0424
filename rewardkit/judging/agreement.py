"""How well two or more raters agree on verdicts, beyond what chance would give.

    >>> people, judge = [1, 1, 0, 0, 1, 0], [1, 1, 0, 1, 1, 0]
    >>> round(raw_agreement(people, judge), 3), round(cohen_kappa(people, judge), 3)
    (0.833, 0.667)

A verdict is a number: 0 for the worst, rising with the order of the choices. Every function gives None where it is undefined (no units,
or one verdict alone throughout, which leaves chance nothing to be compared with) and never a 1.0 that nobody earned.

Each coefficient is a function of sums over units: a table of pairs for kappa, the coincidence matrix for alpha. `pair_tables` and
`coincidences` give one table per unit, so that a bootstrap can add up any resample of them at once (bootstrap.py).

Sources: Cohen 1960 (kappa), 1968 (weighted kappa); Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..evaluating.statistics.values import Floats, number

Weights: TypeAlias = Literal["none", "linear", "quadratic"]
Level: TypeAlias = Literal["nominal", "ordinal", "interval"]

_NOTHING = 1e-12  # an expected disagreement below this is none: only rounding is left of it


def raw_agreement(a: ArrayLike, b: ArrayLike) -> float | None:
    """The share, 0 to 1, of units on which two raters give the same verdict; None without units.

    a, b: one verdict per unit, of equal length n and without gaps (ValueError otherwise).
    """
    one, other = _pair(a, b)
    return float(np.mean(one == other)) if len(one) else None


def cohen_kappa(a: ArrayLike, b: ArrayLike, *, weights: Weights = "none") -> float | None:
    """Agreement of two raters beyond chance: 1 is complete, 0 what their own habits give by chance, and it may be negative.

    a, b: one verdict per unit, of equal length n and without gaps (ValueError otherwise). weights: "none" counts every disagreement
    alike; "linear" and "quadratic" weigh it by the distance of the two verdicts, or by its square, for ordered choices.
    None without units, and when both raters give one and the same verdict throughout. A rater who alone never varies gets 0.
    """
    one, other = _pair(a, b)
    values = np.unique(np.concatenate([one, other]))
    table = np.zeros((len(values), len(values)))
    np.add.at(table, (np.searchsorted(values, one), np.searchsorted(values, other)), 1.0)
    return number(kappa_of(table, disagreement(values, weights)))


def krippendorff_alpha(ratings: ArrayLike, *, level: Level = "nominal") -> float | None:
    """Agreement of any number of raters, who need not have rated everything: 1 is complete, 0 chance; it may be negative.

    ratings: raters x units, NaN for a gap. A unit with fewer than two ratings says nothing and is left out. level: "nominal" for
    verdicts without an order, "ordinal" for ranks, "interval" for numbers whose distances count.
    None when no unit has two ratings, and when all ratings that count are the same.
    """
    table = np.atleast_2d(np.asarray(ratings, dtype=np.float64))
    if table.ndim != 2 or np.isinf(table).any():
        raise ValueError("ratings must be raters x units of finite numbers, NaN for a gap")
    values = np.unique(table[~np.isnan(table)])
    counts = np.zeros((table.shape[1], len(values)))
    for rater in table:
        rated = ~np.isnan(rater)
        counts[rated, np.searchsorted(values, rater[rated])] += 1
    # The sum of `coincidences`, without a matrix for each unit: there may be as many values as units.
    others = np.maximum(counts.sum(axis=1, keepdims=True) - 1, 1)
    shared = (counts / others).T @ counts - np.diag((counts / others).sum(axis=0))
    return number(alpha_of(shared, values, level))


def constant_agreement(people: Sequence[str]) -> tuple[str, float] | None:
    """The most common verdict and its share, 0 to 1: the agreement of a judge that always says it, whose kappa is 0.

    None without verdicts; of equally common ones the first in the alphabet.
    """
    if not people:
        return None
    verdict, count = min(Counter(people).items(), key=lambda item: (-item[1], item[0]))
    return verdict, count / len(people)


def pair_tables(a: NDArray[np.int_], b: NDArray[np.int_], size: int) -> Floats:
    """One table per unit, [n, size, size], with a 1 where the verdicts meet; a, b: [n], from 0 to size - 1."""
    tables = np.zeros((len(a), size, size))
    tables[np.arange(len(a)), a, b] = 1.0
    return tables


def coincidences(counts: ArrayLike) -> Floats:
    """Krippendorff's coincidence matrix of each unit, [units, size, size]; they add up.

    counts: [units, size], how many raters gave each verdict. A unit with fewer than two ratings gives zeros.
    """
    c = np.asarray(counts, dtype=np.float64)
    pairs = c[:, :, None] * c[:, None, :] - c[:, :, None] * np.eye(c.shape[1])
    found: Floats = pairs / np.maximum(c.sum(axis=1) - 1, 1)[:, None, None]
    return found


def disagreement(values: ArrayLike, weights: Weights) -> Floats:
    """How far apart each two verdicts are, [size, size], 0 on the diagonal; values: [size], the numbers of the verdicts."""
    v = np.asarray(values, dtype=np.float64)
    apart = np.abs(v[:, None] - v[None, :])
    if weights == "none":
        return (apart > 0).astype(np.float64)
    if weights == "linear":
        return apart
    if weights == "quadratic":
        return apart**2
    raise ValueError(f"weights={weights!r}; allowed: none, linear, quadratic")


def kappa_of(tables: Floats, apart: Floats) -> Floats:
    """Kappa of each table of pairs, [...]; NaN where it is undefined. tables: [..., size, size], apart: see `disagreement`."""
    n = np.maximum(tables.sum(axis=(-2, -1)), _NOTHING)
    observed = (tables * apart).sum(axis=(-2, -1)) / n
    by_chance = np.einsum("...i,ij,...j->...", tables.sum(axis=-1), apart, tables.sum(axis=-2)) / n**2
    return _one_minus(observed, by_chance)


def alpha_of(tables: Floats, values: ArrayLike, level: Level) -> Floats:
    """Krippendorff's alpha of each coincidence matrix, [...]; NaN where it is undefined. tables: [..., size, size], values: [size]."""
    margins = tables.sum(axis=-1)
    n = margins.sum(axis=-1)
    apart = _distance(margins, np.asarray(values, dtype=np.float64), level)
    observed = (tables * apart).sum(axis=(-2, -1)) * (n - 1)
    by_chance = (margins[..., :, None] * margins[..., None, :] * apart).sum(axis=(-2, -1))
    return _one_minus(observed, by_chance)


def _distance(margins: Floats, values: Floats, level: Level) -> Floats:
    """Krippendorff's squared difference functions, [..., size, size]."""
    if level == "nominal":
        return disagreement(values, "none")
    if level == "interval":
        return disagreement(values, "quadratic")
    if level != "ordinal":
        raise ValueError(f"level={level!r}; allowed: nominal, ordinal, interval")
    # Ranks lie as far apart as there are ratings between them, half of each end counted.
    middle = margins.cumsum(axis=-1) - margins / 2
    found: Floats = (middle[..., :, None] - middle[..., None, :]) ** 2
    return found


def _one_minus(observed: Floats, by_chance: Floats) -> Floats:
    some = by_chance > _NOTHING
    found: Floats = np.where(some, 1 - observed / np.where(some, by_chance, 1.0), np.nan)
    return found


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    one, other = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(
            f"a and b must be one verdict per unit, for the same units; got shapes {one.shape} and {other.shape}"
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("a and b must be finite; leave out units that one of them has no verdict on")
    return one, other
