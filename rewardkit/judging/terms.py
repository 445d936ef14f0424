"""The terms on which judges are asked, for a while: they are variables of the environment, which reach the worker processes that start meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .applying import VERDICTS
from .named import JUDGE
from .openai_judge import RETRY_SECONDS
from .spending import BUDGET, LEDGER, PRICE, parse_budget, parse_price


@contextmanager
def terms(
    *,
    judge: str | None = None,
    verdicts: str | None = None,
    budget: str | None = None,
    price: str | None = None,
    ledger: Path | None = None,
    retry_seconds: float | None = None,
) -> Iterator[None]:
    """For the length of a `with`: which judge is asked in place of those named, what is done with kept verdicts ("use", "replay", "off",
    "estimate"), what it may cost (`2.50`, `500k tokens`), the price (`0.40,1.60`), the file in which it is noted, and for how long an endpoint that does not answer is tried again.

    None leaves what holds already. ConfigError for a budget or a price that is none.
    """
    if budget is not None:
        parse_budget(budget)
    if price is not None:
        parse_price(price)
    path = None if ledger is None else str(ledger.resolve())
    retries = None if retry_seconds is None else str(retry_seconds)
    given = {
        JUDGE: judge,
        VERDICTS: verdicts,
        BUDGET: budget,
        PRICE: price,
        LEDGER: path,
        RETRY_SECONDS: retries,
    }
    values = {name: value for name, value in given.items() if value is not None}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
