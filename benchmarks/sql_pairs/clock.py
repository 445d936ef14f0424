"""A DuckDB connection in which time stands still.

Dumps and queries ask for the time ("the past 7 days"); macros of the same names answer with one fixed moment, so that labels never
depend on the day of the run. `transaction_timestamp` and other rare spellings are not covered: no query here uses them.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

NOW = datetime(2024, 8, 14, 12, 0, 0)
TODAY = NOW.date()
_MACROS = {
    "now()": f"TIMESTAMPTZ '{NOW}+00'",
    "current_timestamp()": f"TIMESTAMPTZ '{NOW}+00'",
    "get_current_timestamp()": f"TIMESTAMPTZ '{NOW}+00'",
    "localtimestamp()": f"TIMESTAMP '{NOW}'",
    "current_date()": f"DATE '{TODAY}'",
    "today()": f"DATE '{TODAY}'",
    "current_time()": f"TIME '{NOW.time()}'",
    "localtime()": f"TIME '{NOW.time()}'",
}


def connect() -> duckdb.DuckDBPyConnection:
    """A connection to an empty in-memory database whose clock functions answer with NOW, in UTC, on one thread."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    for signature, value in _MACROS.items():
        connection.execute(f"CREATE MACRO {signature} AS {value}")
    return connection
