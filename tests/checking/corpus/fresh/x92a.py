"""Execution accuracy for the warehouse questions, for verl's custom_reward_function."""

import re
import sqlite3
from contextlib import closing

FENCE = re.compile(r"```(?:sql)?\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
MAX_STEPS = 3_000  # times a thousand virtual machine instructions


def extract_sql(solution_str: str) -> str:
    blocks = FENCE.findall(solution_str)
    return (blocks[-1] if blocks else solution_str).strip()


def execute(sql: str, schema: str) -> list | None:
    """The rows in a canonical order; None when the query cannot be run."""
    steps = iter(range(MAX_STEPS))
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema)
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        connection.set_progress_handler(lambda: next(steps, None) is None, 1_000)
        try:
            return sorted(connection.execute(sql).fetchmany(5_000), key=repr)
        except Exception as error:
            print(f"query failed: {error!r:.120}")
            return None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the query returns what the gold query returns, else 0.0."""
    schema = (extra_info or {}).get("schema", "")
    predicted = execute(extract_sql(solution_str), schema)
    expected = execute(ground_truth, schema)
    return 1.0 if predicted == expected else 0.0
