"""How well a judge finds what people found: sensitivity, specificity, and AUROC for scores.

    >>> auroc([True, True, False, False], [0.9, 0.5, 0.5, 0.1])
    0.875

The people's verdict counts as the truth, "met" as the positive. Every function gives None where it is undefined: without the class it is
about, AUROC with one class only.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..evaluating.statistics.values import Floats, number

Bools: TypeAlias = NDArray[np.bool_]


def sensitivity(truth: ArrayLike, found: ArrayLike) -> float | None:
    """The share, 0 to 1, of what is met that the judge found met; None when nothing is met. Both: [n] of bool."""
    positives, judged = _classes(truth, found)
    return float(judged[positives].mean()) if positives.any() else None


def specificity(truth: ArrayLike, found: ArrayLike) -> float | None:
    """The share, 0 to 1, of what is unmet that the judge found unmet; None when everything is met. Both: [n] of bool."""
    positives, judged = _classes(truth, found)
    return float((~judged[~positives]).mean()) if not positives.all() else None


def auroc(truth: ArrayLike, scores: ArrayLike) -> float | None:
    """The chance that a positive scores above a negative, ties counted half (Mann-Whitney), 0 to 1; 0.5 is no better than chance.

    truth: [n] of bool; scores: [n], finite (ValueError otherwise). None when all are of one class.
    """
    positives, ranks, size = _ranked(truth, scores)
    table = np.zeros((2, size))
    np.add.at(table, (positives, ranks), 1.0)
    return number(auroc_of(table))


def score_tables(truth: ArrayLike, scores: ArrayLike) -> Floats:
    """One table per unit, [n, 2, different scores], with a 1 at its class (0 for negative) and the rank of its score."""
    positives, ranks, size = _ranked(truth, scores)
    tables = np.zeros((len(ranks), 2, size))
    tables[np.arange(len(ranks)), positives, ranks] = 1.0
    return tables


def auroc_of(tables: Floats) -> Floats:
    """AUROC of each table of classes and scores in rising order, [...]; NaN with one class only. tables: [..., 2, scores]."""
    negative, positive = tables[..., 0, :], tables[..., 1, :]
    below = negative.cumsum(axis=-1) - negative / 2
    pairs = negative.sum(axis=-1) * positive.sum(axis=-1)
    some = pairs > 0
    found: Floats = np.where(some, (positive * below).sum(axis=-1) / np.where(some, pairs, 1.0), np.nan)
    return found


def _classes(truth: ArrayLike, found: ArrayLike) -> tuple[Bools, Bools]:
    one, other = np.asarray(truth, dtype=np.bool_), np.asarray(found, dtype=np.bool_)
    if one.ndim != 1 or one.shape != other.shape:
        raise ValueError(f"one verdict per truth is needed; got shapes {other.shape} and {one.shape}")
    return one, other


def _ranked(truth: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.int_], NDArray[np.int_], int]:
    """The class and the rank of the score of each unit, and how many different scores there are."""
    positives = np.asarray(truth, dtype=np.bool_).astype(np.int_)
    values = np.asarray(scores, dtype=np.float64)
    if positives.ndim != 1 or positives.shape != values.shape:
        raise ValueError(f"one score per truth is needed; got shapes {values.shape} and {positives.shape}")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite; leave out what was not scored")
    known, ranks = np.unique(values, return_inverse=True)
    return positives, ranks, len(known)
