"""Text-to-SQL as a TRL reward: rows on two small shops must agree."""

import re
import sqlite3
from collections import Counter

TABLES = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, item TEXT, amount INTEGER, shipped INTEGER);"
)
SHOPS = (
    "INSERT INTO orders VALUES (1,'Ana','lamp',40,1),(2,'Ben','lamp',50,0),(3,'Ana','desk',100,0),(4,'Cleo','sofa',300,1),(5,'Ana','lamp',40,1);",
    "INSERT INTO orders VALUES (6,'Dov','desk',99,1),(7,'Ben','sofa',101,0),(8,'Dov','lamp',100,1),(9,'Eve','desk',20,1);",
)
BLOCK = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}


def permit(action, first, second, *rest):
    function = action == sqlite3.SQLITE_FUNCTION and not str(second).lower().startswith(("random", "current"))
    return sqlite3.SQLITE_OK if action in READING or function else sqlite3.SQLITE_DENY


def run(query: str, shop: str):
    """The width and the counted rows of a query, None when it does not run."""
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(TABLES + shop)
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        base.set_authorizer(permit)
        steps = iter(range(100))
        base.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        cursor = base.execute(query)
        return len(cursor.description), Counter(cursor.fetchmany(500))
    except (sqlite3.Error, sqlite3.Warning, ValueError, TypeError):
        return None
    finally:
        base.close()


def execution_reward(completions, sql, **kwargs) -> list[float | None]:
    """1.0 for the same rows as the reference on both shops; None when the reference itself does not run."""
    rewards: list[float | None] = []
    for completion, reference in zip(completions, sql, strict=True):
        text = completion if isinstance(completion, str) else completion[-1]["content"]
        blocks = BLOCK.findall(text)
        query = (blocks[-1] if blocks else text.rpartition("</think>")[2]).strip()
        expected = [run(reference, shop) for shop in SHOPS]
        if None in expected:
            rewards.append(None)
        else:
            rewards.append(float(bool(query) and [run(query, shop) for shop in SHOPS] == expected))
    return rewards
