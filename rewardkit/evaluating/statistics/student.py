"""Student's t distribution, without scipy: its quantiles and its distribution function."""

from __future__ import annotations

import math
from functools import lru_cache


@lru_cache(maxsize=4096)
def t_quantile(p: float, freedom: float) -> float:
    """The p-quantile of Student's t with `freedom` degrees of freedom, by bisection on `t_cdf`; relative error under 1e-9."""
    if not 0 < p < 1 or freedom <= 0:
        raise ValueError(f"t_quantile needs 0 < p < 1 and freedom > 0; got p={p}, freedom={freedom}")
    if p < 0.5:
        return -t_quantile(1 - p, freedom)
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < p:
        low, high = high, high * 2
    while high - low > 1e-12 * max(1.0, high):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, freedom) < p else (low, middle)
    return (low + high) / 2


def t_cdf(t: float, freedom: float) -> float:
    """P(T <= t) for Student's t: 1 - I(x; freedom/2, 1/2) / 2 at x = freedom / (freedom + t^2), for t >= 0 (Abramowitz 26.7.1)."""
    if t < 0:
        return 1 - t_cdf(-t, freedom)
    if t * t < freedom:  # x would round to 1 near the middle
        return 0.5 + _regularised_beta(t * t / (freedom + t * t), 0.5, freedom / 2) / 2
    return 1 - _regularised_beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def _regularised_beta(x: float, a: float, b: float) -> float:
    """I(x; a, b), from the continued fraction of the side that converges fast (Numerical Recipes 6.4, Lentz's method)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _beta_fraction(x, a, b) / a
    return 1 - math.exp(log_front) * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    result = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for factor in (even, odd):
            d = 1 / _away_from_zero(1 + factor * d, tiny)
            c = _away_from_zero(1 + factor / c, tiny)
            result *= c * d
        if abs(c * d - 1) < 1e-15:
            return result
    raise ArithmeticError(f"the incomplete beta function did not converge at x={x}, a={a}, b={b}")


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
