"""Questions on a shop's books in SQL. Each query runs on two copies with different rows, so constants cannot pass."""

import re
import sqlite3
from collections import Counter

from rewardkit import case, preparing, probe, reward

TABLE = "create table orders (id integer primary key, customer text, day text, cents integer, paid integer);"
COPIES = (
    TABLE
    + "insert into orders values (1,'Abel','2024-01-02',4000,1),(2,'Bora','2024-01-02',2500,0),(3,'Abel','2024-01-09',4000,1),"
    "(4,'Cleo','2024-02-01',990,1),(5,'Bora','2024-02-11',7000,1),(6,'Dana','2024-03-05',1200,0);",
    TABLE
    + "insert into orders values (1,'Egon','2023-11-02',150,0),(2,'Egon','2023-11-03',150,0),(3,'Fay','2023-12-24',8800,1),"
    "(4,'Gus','2024-01-01',8800,1),(5,'Abel','2024-02-02',300,1),(6,'Fay','2024-02-03',51,1),(7,'Gus','2024-03-04',75,0);",
)
FENCE = re.compile(r"```(?:sql)?[ \t]*\n(.*?)```", re.DOTALL | re.IGNORECASE)
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def rows_of(query: str, script: str) -> list[tuple]:
    """The rows of one reading query, floats rounded to six digits."""
    books = sqlite3.connect(":memory:")
    try:
        books.executescript(script)
        books.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        books.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY
        )
        rows = books.execute(query).fetchmany(1000)
        return [tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row) for row in rows]
    finally:
        books.close()


@case(
    "select customer from orders where paid = 0",
    reference="SELECT customer FROM orders WHERE paid = 0",
    ordered=False,
    expect=1,
)
@case(
    "select distinct customer from orders", reference="SELECT customer FROM orders", ordered=False, expect=0
)
@case(
    "select id from orders order by cents, id",
    reference="SELECT id FROM orders ORDER BY cents DESC, id",
    ordered=True,
    expect=0,
)
@case("select count(*) from orders", reference="SELECT COUNT(id) FROM orders", ordered=False, expect=1)
@probe("select 6", reference="SELECT COUNT(id) FROM orders", ordered=False)
@reward(answer="sql", runs_completion=True, timeout=5)
def order_rows(completion: str, reference: str, ordered: bool) -> bool:
    """Full marks for the same rows, as often, on both copies; in the same order where the question asks for one."""
    with preparing():
        wanted = [rows_of(reference, script) for script in COPIES]
    fenced = FENCE.search(completion)
    query = (fenced.group(1) if fenced else completion).strip()
    try:
        rows = [rows_of(query, script) for script in COPIES]
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError):
        return False
    return (
        rows == wanted if ordered else [Counter(part) for part in rows] == [Counter(part) for part in wanted]
    )
