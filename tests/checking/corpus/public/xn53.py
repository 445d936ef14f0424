"""Text-to-SQL on synthetic schemas: run both queries on the sample database and compare the rows."""

import re
import sqlite3
from collections import Counter

SAMPLE = """
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, city TEXT, joined INTEGER);
CREATE TABLE fines (id INTEGER PRIMARY KEY, member_id INTEGER, amount REAL, paid INTEGER);
INSERT INTO members VALUES (1, 'Noor', 'Ghent', 2019), (2, 'Otto', 'Ulm', 2021);
INSERT INTO fines VALUES (1, 1, 2.5, 1), (2, 1, 4.0, 1);
"""
BLOCK = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def run(query: str) -> list[tuple] | None:
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(SAMPLE)
        base.set_authorizer(
            lambda action, *rest: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY
        )
        steps = iter(range(200))
        base.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        cursor = base.execute(query)
        return cursor.fetchmany(1000) if cursor.description else None
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return None
    finally:
        base.close()


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for the same rows (in order where the reference orders them), 0.1 for a query that runs, else 0.0."""
    blocks = BLOCK.findall(solution_str)
    rows = run((blocks[-1] if blocks else solution_str).strip())
    if rows is None:
        return 0.0
    expected = run(ground_truth)
    ordered = "order by" in ground_truth.lower()
    same = rows == expected if ordered else expected is not None and Counter(rows) == Counter(expected)
    return 1.0 if same else 0.1
