"""Text to SQL on the library's lending data: the rows must be right on every copy, in order where the question asks for one."""

import re
import sqlite3
from collections import Counter

from rewardkit import Unscored, case, probe, reward

FENCE = re.compile(r"```(?:sql|sqlite)?[ \t]*\n?(.*?)```", re.DOTALL | re.IGNORECASE)
ACTIONS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
FUNCTIONS = """count sum avg min max total abs round sign lower upper length substr substring trim ltrim rtrim replace instr like glob
    coalesce ifnull nullif iif group_concat row_number rank dense_rank ntile lag lead first_value last_value printf format""".split()


def allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    known = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS
    return sqlite3.SQLITE_OK if known or action in ACTIONS else sqlite3.SQLITE_DENY


def cell(value: object) -> tuple[str, object]:
    if isinstance(value, float):
        value = int(value) if value.is_integer() and abs(value) < 1e15 else float(f"{value:.9g}")
    return (type(value).__name__, value)


def rows_of(script: str, query: str) -> list[tuple] | None:
    steps = iter(range(300))
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(script)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 20_000)
        connection.set_authorizer(allowed)
        connection.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        cursor = connection.execute(query)
        rows = cursor.fetchmany(1001) if cursor.description else None
        return None if rows is None or len(rows) > 1000 else [tuple(map(cell, row)) for row in rows]
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return None
    finally:
        connection.close()


TINY = "CREATE TABLE books (title TEXT, pages INTEGER); INSERT INTO books VALUES "
COPIES = [
    TINY + "('Emma', 400), ('Dune', 600), ('Momo', 300);",
    TINY + "('Ulysses', 700), ('Persuasion', 300), ('Walden', 350), ('Utopia', 90);",
]
LONG = {
    "reference": "SELECT title FROM books WHERE pages > 300 ORDER BY pages",
    "ordered": True,
    "databases": COPIES,
}


@case(
    "Here you are:\n```sql\nselect title from books where pages >= 301 order by 0 - pages desc\n```",
    expect=1,
    **LONG,
)
@case("SELECT title FROM books WHERE pages >= 300 ORDER BY pages", expect=0, **LONG)
@case("SELECT title FROM books WHERE pages > 300 ORDER BY pages DESC", expect=0, **LONG)
@probe("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", **LONG)
@reward(answer="sql", runs_completion=True, timeout=20)
def lending_query(completion: str, reference: str, databases: list[str], ordered: bool) -> bool:
    expected = [rows_of(script, reference) for script in databases]
    if not expected or not all(expected):
        raise Unscored("the reference gives no rows on some copy")
    blocks = FENCE.findall(completion) or [completion]
    found = [rows_of(script, blocks[0]) for script in databases] if len(blocks) == 1 else [None]
    return None not in found and (
        found == expected if ordered else list(map(Counter, found)) == list(map(Counter, expected))
    )
