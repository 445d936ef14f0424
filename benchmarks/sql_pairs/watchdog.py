"""Interrupts a query that runs too long: one thread looks at the clock a few times a second."""

from __future__ import annotations

import threading
import time
import weakref

import duckdb

_LOOKS = 0.2  # seconds between two looks


class Watchdog:
    """Watches one connection, as a context around each of its queries."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self.connection = connection
        self.seconds = seconds
        self.deadline: float | None = None
        threading.Thread(target=_watch, args=(weakref.ref(self),), daemon=True).start()

    def __enter__(self) -> None:
        self.deadline = time.monotonic() + self.seconds

    def __exit__(self, *_: object) -> None:
        self.deadline = None


def _watch(watched: weakref.ref[Watchdog]) -> None:
    while (watchdog := watched()) is not None:
        if watchdog.deadline is not None and time.monotonic() > watchdog.deadline:
            watchdog.connection.interrupt()
        del watchdog
        time.sleep(_LOOKS)
