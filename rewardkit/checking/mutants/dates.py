"""Days near the right one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from .mutant import Mutant


def date_mutants(value: datetime.date) -> Iterator[Mutant]:
    """The next day, month and year, and day and month swapped."""
    yield Mutant("the next day", (value + datetime.timedelta(days=1)), provable=True)
    yield Mutant("a month later", (value + datetime.timedelta(days=31)), provable=True)
    yield Mutant("a year later", (value + datetime.timedelta(days=365)), provable=True)
    if value.day <= 12 and value.day != value.month:
        yield Mutant(
            "day and month swapped",
            value.replace(day=value.month, month=value.day),
            provable=True,
        )
