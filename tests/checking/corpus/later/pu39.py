"""Data retention rules: for how long a kind of record is kept."""

import re
from fractions import Fraction

from rewardkit import Unscored, case, probe, reward

SECONDS = {
    "second": 1,
    "sec": 1,
    "s": 1,
    "minute": 60,
    "min": 60,
    "hour": 3600,
    "hr": 3600,
    "h": 3600,
    "day": 86400,
    "d": 86400,
    "week": 604800,
    "wk": 604800,
    "w": 604800,
}
MONTHS = {"month": 1, "mo": 1, "quarter": 3, "year": 12, "yr": 12, "y": 12}
PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*-?\s*([a-z]+)(?:\s*,?\s*(?:and\s+)?)")


def period(text: str) -> tuple[Fraction, Fraction] | None:
    """Months and seconds of a period such as "1 year and 6 months"; None when any of it is something else."""
    text = text.strip(" .*_`\t\r\n").lower()
    if len(text) > 200:
        return None
    months = seconds = Fraction(0)
    at = 0
    while at < len(text):
        match = PART.match(text, at)
        if not match:
            return None
        number, unit = Fraction(match.group(1)), match.group(2)
        unit = unit if unit in SECONDS or unit in MONTHS else unit.removesuffix("s")
        if unit in MONTHS:
            months += number * MONTHS[unit]
        elif unit in SECONDS:
            seconds += number * SECONDS[unit]
        else:
            return None
        at = match.end()
    return (months, seconds) if at else None


@case("Invoices are tax records.\nPeriod: 10 years", reference="10 years", expect=1)
@case("Period: 120 months.", reference="10 years", expect=1)
@case("**Period:** 1 year and 6 months", reference="18 months", expect=1)
@case("4 weeks, 2 days", reference="30 days", expect=1)
@case("720h", reference="30 days", expect=1)
@case("Period: 1 month", reference="30 days", expect=0)
@case("Period: 15 ms", reference="15 minutes", expect=0)
@case("Period: 15 months", reference="15 minutes", expect=0)
@case("Period: 30 days", reference="as long as needed", expect="unscored")
@probe("Period: 30 days or 10 years", reference="30 days")
@probe("Period: 10 years\nPeriod: 30 days", reference="30 days")
@probe("Period: not 30 days", reference="30 days")
@reward(answer="text")
def retention_period(completion: str, reference: str) -> bool:
    """The period on the `Period:` line (or the whole answer) is as long as the reference. A month is not 30 days."""
    wanted = period(reference)
    if wanted is None:
        raise Unscored(f"{reference!r} is no period")
    said = re.findall(r"(?im)^[^\w\n]*(?:retention )?(?:period|answer)\W*:(.*)$", completion) or [completion]
    return {period(answer) for answer in said} == {wanted}
