"""A fixed piece of Python of the kind that a reward layer does once a step; how long it takes says how fast the machine is at that moment."""

from __future__ import annotations

import hashlib
import json
import statistics

ROWS = [{"id": f"row {n}", "completion": "abc" * 40, "score": n / 96, "parts": [n, n / 2]} for n in range(96)]


def fixed_work() -> int:
    """About one millisecond: 96 rows to JSON and back, digests, statistics. The number is of no meaning."""
    found = 0
    for row in ROWS:
        again = json.loads(json.dumps(row))
        found += hashlib.sha256(again["completion"].encode()).digest()[0]
        found += sum(1 for letter in again["completion"] if letter == "a")
    return found + round(statistics.stdev(row["score"] for row in ROWS))  # type: ignore[misc]
