"""Text-to-SQL on two copies of a schema with different contents, so that a query cannot just list the expected rows."""

import re
import sqlite3
from collections import Counter

from rewardkit import Unscored, case, probe, reward

TABLE = "CREATE TABLE loan (id INTEGER PRIMARY KEY, member TEXT, book TEXT, days INTEGER);"
LOANS = [
    TABLE
    + "INSERT INTO loan VALUES (1,'Ida','Emma',3), (2,'Ida','Ulysses',30), (3,'Leo','Emma',12), (4,'Mia','Dune',30);",
    TABLE
    + "INSERT INTO loan VALUES (1,'Leo','Dune',9), (2,'Leo','Emma',41), (3,'Leo','Ulysses',15), (4,'Ida','Dune',22);",
]
LATE = "SELECT member FROM loan WHERE days > 14"
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
UNSTEADY = {"random", "randomblob"}
MOST_ROWS = 5_000


def permitted(action: int, table: str | None, name: str | None, *_: object) -> int:
    """Reading only, and nothing that differs from call to call."""
    return sqlite3.SQLITE_OK if action in ALLOWED and name not in UNSTEADY else sqlite3.SQLITE_DENY


def rows_of(query: str, setup: str) -> list[tuple] | None:
    """The rows of a query; None when it does not run, writes, or never ends."""
    database = sqlite3.connect(":memory:")
    budget = iter(range(2_000))
    try:
        database.executescript(setup)
        database.set_authorizer(permitted)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        database.set_progress_handler(lambda: next(budget, None) is None, 10_000)
        cursor = database.execute(query)
        if cursor.description is None:
            return None
        rows = cursor.fetchmany(MOST_ROWS + 1)
        return (
            [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in rows]
            if len(rows) <= MOST_ROWS
            else None
        )
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError):
        return None
    finally:
        database.close()


@case(
    "select l.member from loan as l where l.days >= 15;",
    reference=LATE,
    setups=LOANS,
    ordered=False,
    expect=1,
)
@case(
    "```sql\nSELECT member FROM loan WHERE days > 14 ORDER BY member\n```",
    reference=LATE,
    setups=LOANS,
    ordered=False,
    expect=1,
)
@case(
    "SELECT DISTINCT member FROM loan WHERE days > 14", reference=LATE, setups=LOANS, ordered=False, expect=0
)
@probe("VALUES ('Ida'), ('Mia')", reference=LATE, setups=LOANS, ordered=False)
@reward(answer="sql", runs_completion=True, timeout=5)
def library_query(completion: str, reference: str, setups: list[str], ordered: bool) -> bool:
    """Full marks when the rows agree on every database, each row as often as it should be, in order where the question asks for one."""
    blocks = re.findall(r"```[a-z]*[^\S\n]*\n(.*?)```", completion, re.DOTALL | re.IGNORECASE)
    query = blocks[-1] if blocks else completion
    agree = []
    for setup in setups:
        expected, given = rows_of(reference, setup), rows_of(query, setup)
        if expected is None:
            raise Unscored("the reference query does not run")
        agree.append(
            given is not None and (given == expected if ordered else Counter(given) == Counter(expected))
        )
    return all(agree)
