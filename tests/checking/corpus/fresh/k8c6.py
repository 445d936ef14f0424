"""Questions on the library's loans. A query has to be right on every one of the row's fillings of the tables."""

import itertools
import sqlite3
from collections import Counter
from contextlib import closing

from rewardkit import Unscored, preparing, reward

ACTIONS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
FUNCTIONS = set(
    "abs avg coalesce count ifnull iif instr length like lower max min nullif rank round row_number".split()
)
FUNCTIONS |= set("dense_rank lag lead replace substr substring sum total trim upper".split())


def allow(action: int, first: str | None, second: str | None, *_: object) -> int:
    reads = action in ACTIONS or (action == sqlite3.SQLITE_FUNCTION and second in FUNCTIONS)
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def rows(query: str, script: str) -> list[tuple]:
    """The rows of a query on a database of its own; floats to six digits."""
    steps = itertools.count()
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(script)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 20_000)
        database.set_authorizer(allow)
        database.set_progress_handler(lambda: next(steps) > 5_000, 1_000)
        found = database.execute(query).fetchmany(2_000)
    return [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in found]


def query_of(completion: str) -> str:
    text = completion.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```") and len(text) > 6:
        text = text[3:-3].strip()
        text = text[3:] if text[:3].lower() == "sql" else text
    return text.strip().rstrip(";")


@reward(answer="sql", runs_completion=True)
def loans_query(
    completion: str, reference: str, schema: str, fills: list[str], ordered: bool = False
) -> bool:
    """The gold query's rows on every filling; in its order where the question asks for one."""
    shape = list if ordered else Counter
    with preparing():
        try:
            expected = [rows(reference, schema + fill) for fill in fills]
        except (sqlite3.Error, sqlite3.Warning, ValueError, TypeError) as error:
            raise Unscored(f"the gold query does not run: {error}") from None
    if len(fills) < 2 or not all(expected):
        raise Unscored("the gold query has to find rows on two fillings or more")
    try:
        got = [rows(query_of(completion), schema + fill) for fill in fills]
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return False
    return all(shape(mine) == shape(gold) for mine, gold in zip(got, expected))
