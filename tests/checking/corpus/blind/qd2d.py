"""Questions about a lending library: the query must return the right rows on every copy of the database."""

import re
import sqlite3
from collections import Counter

from rewardkit import Unscored, case, preparing, probe, reward

CALLS = frozenset(
    "count sum total avg min max abs round lower upper length substr substring trim coalesce ifnull nullif like glob instr row_number rank dense_rank iif lag lead first_value last_value".split()
)
NAMES = "CREATE TABLE t (name TEXT, n INTEGER);"
TWO = [
    NAMES + "INSERT INTO t VALUES ('a', 1), ('b', 2), ('b', 2)",
    NAMES + "INSERT INTO t VALUES ('c', 2), ('d', NULL)",
]


def allow(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    reads = action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
    known = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in CALLS
    return sqlite3.SQLITE_OK if reads or known else sqlite3.SQLITE_DENY


def rows_of(sql: str, script: str) -> list[tuple]:
    """The rows of a reading query on a fresh copy; floats rounded, at most two million steps."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(script)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
        steps = iter(range(2000))
        database.set_progress_handler(lambda: int(next(steps, None) is None), 1000)
        database.set_authorizer(allow)
        rows = database.execute(sql).fetchmany(1001)
        return [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in rows]
    finally:
        database.close()


def query(text: str) -> str:
    """The last code block of an answer, or all of it."""
    blocks = text.rpartition("</think>")[2].partition("<think>")[0].split("```")
    return re.sub(
        r"^(?:sqlite|sql)\b", "", blocks[-2 if len(blocks) > 2 else -1].strip(), flags=re.IGNORECASE
    )


@case(
    "SELECT name FROM t WHERE n > 1",
    reference="SELECT name FROM t WHERE n > 1",
    databases=TWO,
    ordered=False,
    expect=1,
)
@case(
    "select t.name from t where not n <= 1;",
    reference="SELECT name FROM t WHERE n > 1",
    databases=TWO,
    ordered=False,
    expect=1,
)
@case(
    "SELECT DISTINCT name FROM t WHERE n > 1",
    reference="SELECT name FROM t WHERE n > 1",
    databases=TWO,
    ordered=False,
    expect=0,
)
@case(
    "SELECT name FROM t ORDER BY name DESC",
    reference="SELECT name FROM t ORDER BY name",
    databases=TWO,
    ordered=True,
    expect=0,
)
@case("SELECT name FROM t", reference="SELECT nam FROM t", databases=TWO, ordered=False, expect="unscored")
@probe("DELETE FROM t", reference="SELECT name FROM t", databases=TWO, ordered=False)
@probe("SELECT name FROM t WHERE 0", reference="SELECT name FROM t", databases=TWO, ordered=False)
@reward(answer="sql", runs_completion=True, timeout=10)
def library(completion: str, reference: str, databases: list, ordered: bool) -> bool:
    """The same rows as the librarian's query on every copy, duplicates included; in order where the question asks for one."""
    try:
        with preparing():
            wanted = [rows_of(reference, script) for script in databases]
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise Unscored(f"the reference does not run: {error}") from None
    try:
        given = [rows_of(query(completion), script) for script in databases]
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return False
    return all(a == b if ordered else Counter(a) == Counter(b) for a, b in zip(given, wanted, strict=True))
