"""Queries on pupils and marks: credit for running, for the columns, for some of the rows, for all of them."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, preparing

SCHEMA = """CREATE TABLE pupils (id INTEGER PRIMARY KEY, name TEXT, form TEXT);
CREATE TABLE marks (pupil_id INTEGER, subject TEXT, mark INTEGER);"""
SCHOOLS = [
    """INSERT INTO pupils VALUES (1,'Abe','5a'),(2,'Bea','5a'),(3,'Cy','5b'),(4,'Di','5c');
    INSERT INTO marks VALUES (1,'maths',4),(1,'music',9),(2,'maths',7),(3,'maths',7),(3,'art',5),(2,'art',6);""",
    """INSERT INTO pupils VALUES (7,'Eli','5b'),(8,'Abe','5b'),(9,'Flo','5a');
    INSERT INTO marks VALUES (7,'music',6),(8,'maths',6),(8,'music',3),(9,'maths',2),(9,'art',10);""",
]
READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
FENCE = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
GOOD = "SELECT name FROM pupils JOIN marks ON id = pupil_id WHERE subject = 'maths' AND mark > 6"


def permit(action: int, first: str | None, second: str | None, *rest: object) -> int:
    steady = action == sqlite3.SQLITE_FUNCTION and not str(second).lower().startswith(("random", "current"))
    return sqlite3.SQLITE_OK if action in READING or steady else sqlite3.SQLITE_DENY


def rows_of(query: str, school: str) -> list[tuple] | None:
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(SCHEMA + school)
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        base.set_authorizer(permit)
        base.set_progress_handler(iter([0] * 200 + [1] * 9).__next__, 10_000)
        cursor = base.execute(query)
        return [tuple(column[0] for column in cursor.description or ()), *cursor.fetchmany(500)]
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return None


@case(f"```sql\n{GOOD};\n```", reference=GOOD, expect="exact")
@case("SELECT name FROM pupils", reference=GOOD, expect=[0.2, 0.6])
@order("?", "SELECT 1, 2", "SELECT 1", "SELECT name FROM pupils", GOOD, reference=GOOD)
@partial_credit({"runs": 0.1, "columns": 0.2, "some": 0.6, "exact": 1.0}, answer="sql", runs_completion=True)
def school_query(completion: str, reference: str) -> Iterator[Step]:
    """A ladder over two schools; an ORDER BY at the end of the reference makes the order count."""
    with preparing():
        gold = [rows_of(reference, school) for school in SCHOOLS]
    if None in gold:
        raise Unscored("the reference does not run")
    fenced = FENCE.findall(completion)
    query = (fenced[-1] if fenced else completion.rpartition("</think>")[2]).strip()
    mine = [rows_of(query, school) if query else None for school in SCHOOLS]
    yield "runs", all(rows and rows[0] for rows in mine)
    yield "columns", all(len(rows[0]) == len(right[0]) for rows, right in zip(mine, gold, strict=True))
    pairs = [(rows[1:], right[1:]) for rows, right in zip(mine, gold, strict=True)]
    common = sum((Counter(rows) & Counter(right)).total() for rows, right in pairs)
    yield "some", 2 * common / max(1, sum(len(rows) + len(right) for rows, right in pairs))
    ordered = re.search(r"order\s+by[^()]*$", reference, re.IGNORECASE) is not None
    yield "exact", all(a == b or (not ordered and Counter(a) == Counter(b)) for a, b in pairs)
