"""Questions on a library, answered in SQLite; the query must be right on three libraries."""

import re
import sqlite3
from collections import Counter

from rewardkit import Unscored, case, order, preparing, reward

SCHEMA = """
CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT, author TEXT, year INTEGER, copies INTEGER);
CREATE TABLE loans (id INTEGER PRIMARY KEY, book_id INTEGER, reader TEXT, taken TEXT, returned TEXT);
"""
LIBRARIES = [
    """INSERT INTO books VALUES (1,'Dune','Orr',1950,2),(2,'Ash','Orr',1949,3),(3,'Reed','Lam',1931,6),(4,'Loam','Poe',2003,1);
    INSERT INTO loans VALUES (1,1,'Ida','2026-01-03','2026-01-20'),(2,1,'Jon','2026-02-01',NULL),(3,3,'Ida','2026-02-02',NULL),(4,3,'Ida','2026-02-09',NULL);""",
    """INSERT INTO books VALUES (5,'Salt','Lam',1899,5),(6,'Ash','Kim',1951,4),(7,'Tin','Kim',1950,2),(8,'Oak','Lam',1977,1);
    INSERT INTO loans VALUES (5,8,'Mia','2026-03-01',NULL),(6,8,'Jon','2026-03-02','2026-03-04'),(7,6,'Jon','2026-03-05',NULL),(8,5,'Pia','2026-03-06','2026-03-08');""",
    "INSERT INTO books VALUES (9,'Fen','Ott',1912,6),(10,'Fen','Ude',1912,5);",
]
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
FENCE = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
OLD = "SELECT title FROM books WHERE year < 1950"


def permit(action: int, first: str | None, second: str | None, *rest: object) -> int:
    changing = action == sqlite3.SQLITE_FUNCTION and str(second).lower().startswith(("random", "current"))
    return sqlite3.SQLITE_OK if action in ALLOWED and not changing else sqlite3.SQLITE_DENY


def outcome(query: str, ordered: bool) -> list[tuple] | None:
    """Width and rows on every library; None when the query does not run, or takes too long."""
    found: list[tuple] = []
    for library in LIBRARIES:
        base = sqlite3.connect(":memory:")
        base.executescript(SCHEMA + library)
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        base.set_authorizer(permit)
        base.set_progress_handler(iter([0] * 200 + [1] * 9).__next__, 10_000)
        try:
            cursor = base.execute(query.strip())
            rows = cursor.fetchmany(500)
        except (sqlite3.Error, sqlite3.Warning, ValueError):
            return None
        found.append((len(cursor.description or ()), rows if ordered else Counter(rows)))
    return found


@case("```\nselect title from books where 1950 > year;\n```", reference=OLD, ordered=False, expect=1)
@case("SELECT title FROM books WHERE year <= 1950", reference=OLD, ordered=False, expect=0)
@case("SELECT DISTINCT title FROM books WHERE year < 1950", reference=OLD, ordered=False, expect=0)
@order("SELECT year FROM books", OLD, reference=OLD, ordered=False)
@reward(answer="sql", runs_completion=True)
def library_query(completion: str, reference: str, ordered: bool) -> bool:
    """The same rows on every library, in the same order where the question asks for one."""
    with preparing():
        expected = outcome(reference, ordered)
    if expected is None:
        raise Unscored("the reference does not run")
    fenced = FENCE.findall(completion)
    return outcome(fenced[-1] if fenced else completion.rpartition("</think>")[2], ordered) == expected
