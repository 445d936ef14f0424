"""Wrong numbers near a right one. One that a fair tolerance could forgive is not provably wrong, and one closer than that is not tried."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from .mutant import HUNDREDFOLD, OTHER_SIGN, Mutant

_CERTAIN = Decimal("0.05")  # no author forgives more without saying so
_DOUBTFUL = Decimal("0.01")


def number_mutants(value: Decimal, tolerance: Decimal = Decimal(0)) -> Iterator[Mutant]:
    """Wrong values; `tolerance` is the share of the value by which answers of the author's own are off."""
    for operator, other in _others(value):
        off = abs(other - value) / abs(value) if value else Decimal(1)
        if other != value and off > max(_DOUBTFUL, 3 * tolerance):
            yield Mutant(operator, _short(other), provable=off > max(_CERTAIN, 3 * tolerance))


def _others(value: Decimal) -> Iterator[tuple[str, Decimal]]:
    whole = value == value.to_integral_value()
    digits = f"{abs(value):f}"
    sign = "-" if value < 0 else ""
    yield "a digit in front", Decimal(f"{sign}1{digits}")
    yield "one more", value + 1
    yield OTHER_SIGN, -value
    yield "ten times as much", value * 10
    yield HUNDREDFOLD[0], value * 100
    yield HUNDREDFOLD[1], value / 100
    yield (
        "7 % more",
        (value * Decimal("1.07")).quantize(Decimal(1) if whole and abs(value) >= 15 else Decimal("0.0001")),
    )
    if whole:
        yield "a half more", value + Decimal("0.5")
        yield "a digit behind", value * 10 + 3
        if len(digits) > 1 and digits[-1] != digits[-2]:
            yield "two digits swapped", Decimal(sign + digits[:-2] + digits[-1] + digits[-2])
        if len(digits) > 1:
            yield "the last digit dropped", Decimal(sign + digits[:-1])
    else:
        yield "the point dropped", Decimal(sign + digits.replace(".", ""))
        yield "cut off at the point", Decimal(int(value))


def _short(value: Decimal) -> Decimal:
    """Without zeros at its end."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
