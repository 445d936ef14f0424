"""A clock that stands still, so that a query about "the past 30 days" gives the same rows today and next year.

DuckDB resolves a macro before a built-in function of the same name. So every function that reads the clock is replaced, in the
fixture's own catalogue, by a macro with a fixed value; the fixture's INSERTs that use NOW() see the same moment. Times are UTC and without
a time zone (DuckDB's Python client needs another package to return values with one).
"""

from __future__ import annotations

from datetime import datetime

DEFAULT_CLOCK = "2024-08-14 12:00:00"

_TIMESTAMPS = (
    "now", "current_timestamp", "get_current_timestamp", "transaction_timestamp", "localtimestamp", "current_localtimestamp",
)  # fmt: skip
_DATES = ("current_date", "today")
_TIMES = ("current_time", "get_current_time", "localtime", "current_localtime")


def parse_clock(text: str) -> datetime:
    """The moment written as ISO text; ValueError when it is none or carries a time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        raise ValueError(f"the clock {text!r} has a time zone; write it in UTC without one")
    return moment


def clock_statements(moment: datetime) -> list[str]:
    """The statements that fix every clock function of a DuckDB catalogue at `moment`."""
    stamp = f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'"
    values = {
        **dict.fromkeys(_TIMESTAMPS, stamp),
        **dict.fromkeys(_DATES, f"DATE '{moment:%Y-%m-%d}'"),
        **dict.fromkeys(_TIMES, f"TIME '{moment:%H:%M:%S.%f}'"),
    }
    macros = [f"CREATE OR REPLACE MACRO main.{name}() AS {value}" for name, value in values.items()]
    midnight = f"TIMESTAMP '{moment:%Y-%m-%d}'"  # age(x) counts from midnight of the current day
    age = f"CREATE OR REPLACE MACRO main.age(a) AS system.main.age({midnight}, a), (a, b) AS system.main.age(a, b)"
    return [*macros, age]
