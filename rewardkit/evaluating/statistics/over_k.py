"""Chances over k samples of one prompt, from n of which c are right: at least one right, and all right."""

from __future__ import annotations

import math


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of k samples is right, from c right of n: 1 - C(n-c, k) / C(n, k), unbiased (2107.03374)."""
    _check_counts(n, c, k)
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def all_k(n: int, c: int, k: int) -> float:
    """The chance that all of k samples are right, from c right of n: C(c, k) / C(n, k). It says how reliable a model is."""
    _check_counts(n, c, k)
    return math.comb(c, k) / math.comb(n, k)


def _check_counts(n: int, c: int, k: int) -> None:
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"0 <= c <= n and 1 <= k <= n are needed; got n={n}, c={c}, k={k}")
