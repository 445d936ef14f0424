"""How long, how large and how deep a query on SQLite may get.

    time      a progress handler ends a query at its deadline. SQLite asks it every 300 steps of its virtual machine, and while it compiles,
              the authorizer looks at the same deadline; `sqlite_functions.py` does inside the few functions that could take long
    memory    SQLite refuses to hold more than 256 MB. This limit is the process's, for all its SQLite connections, and can only be lowered;
              a database that is loaded into memory counts, a .sqlite file does not. Sorting and grouping use memory, never a file
    texts     50,000 bytes for one value, or four of the database's longest rows
    the rest  how much SQL, how many columns, joined SELECTs, levels of an expression, steps of a program; no ATTACH, no parameters

What this leaves open: a single row may cost what 300 calls on texts of the greatest length cost. There the process's deadline decides.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from time import monotonic

HEAP_LIMIT = 256 * 2**20
MAX_TEXT = 50_000
MAX_TEXT_OF_DATA = 10_000_000
_ROWS_IN_ONE = 4  # a sorted row of a join holds the rows of its tables
_STEPS = 300
_LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 40_100,  # bytes; of characters `sqlite_text.py` allows 10,000
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # LIKE takes length of text x length of pattern
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_MIN_COLUMNS = 500


class Bounds:
    """When the query that runs now has to end, and how many bytes one value may have; one for all connections of a database."""

    __slots__ = ("_end", "_seconds", "longest")

    def __init__(self, milliseconds: int) -> None:
        self._seconds = milliseconds / 1_000
        self._end = float("inf")
        self.longest = MAX_TEXT_OF_DATA

    def start(self) -> None:
        """Count from now."""
        self._end = monotonic() + self._seconds

    def is_over(self) -> bool:
        """Whether time is up; SQLite ends the query when its progress handler says so."""
        return monotonic() > self._end


def longest_value(connection: sqlite3.Connection) -> int:
    """The bytes that one value may have on this database."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    longest = int(pages) * int(size)
    if longest > MAX_TEXT:
        with suppress(sqlite3.OperationalError):  # a SQLite without dbstat; no row is longer than the file
            longest = connection.execute("SELECT max(mx_payload) FROM dbstat").fetchone()[0]
    return max(MAX_TEXT, min(_ROWS_IN_ONE * int(longest), MAX_TEXT_OF_DATA))


def limit(connection: sqlite3.Connection, bounds: Bounds, *, columns: int) -> None:
    """Put every limit on a connection that is filled; `columns` are those of the widest table."""
    connection.execute(f"PRAGMA hard_heap_limit = {HEAP_LIMIT}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA query_only = ON")
    for category, most in _LIMITS.items():
        connection.setlimit(category, most)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, bounds.longest)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, max(_MIN_COLUMNS, 2 * columns))
    connection.set_progress_handler(bounds.is_over, _STEPS)
