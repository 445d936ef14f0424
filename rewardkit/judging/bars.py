"""The bar of a rubric: the least kappa with people that is asked of its judge, on every criterion or on those named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..errors import ConfigError, did_you_mean

MinKappa: TypeAlias = float | Mapping[str, float]


def bars_of(min_kappa: MinKappa | None, names: Sequence[str]) -> dict[str, float]:
    """The bar of each criterion, of these ids, that has one; ConfigError for one that cannot be."""
    if min_kappa is None:
        return {}
    bars = dict(min_kappa) if isinstance(min_kappa, Mapping) else dict.fromkeys(names, min_kappa)
    for name, bar in bars.items():
        if name not in names:
            raise ConfigError(
                f"min_kappa names '{name}', which is no criterion; allowed: {', '.join(names)}.{did_you_mean(name, names)}"
            )
        if isinstance(bar, bool) or not isinstance(bar, int | float) or not 0 < bar <= 1:
            raise ConfigError(f"min_kappa={bar!r} must be a number above 0 and up to 1")
    return bars
