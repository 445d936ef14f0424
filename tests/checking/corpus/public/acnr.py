"""Questions on a shop's orders, answered in SQLite: the result of the query is compared."""

import re
import sqlite3

from rewardkit import Unscored, case, preparing, reward

SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER, item TEXT, amount INTEGER);
INSERT INTO customers VALUES (1,'Ana','Porto'),(2,'Ben','Lyon'),(3,'Cleo','Porto'),(4,'Dov','Graz');
INSERT INTO orders VALUES (1,1,'lamp',40),(2,1,'desk',120),(3,2,'lamp',40),(4,3,'chair',60),(5,3,'lamp',45),(6,2,'desk',150);
"""
FENCE = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
CITIES = "SELECT city FROM customers WHERE id < 4"


def rows_of(query: str) -> list[tuple]:
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(SHOP)
        base.set_authorizer(
            lambda action, *rest: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY
        )
        steps = iter(range(200))
        base.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        return base.execute(query).fetchmany(1000)
    finally:
        base.close()


@case(CITIES, reference=CITIES, expect=1)
@case("```sql\nSELECT c.city FROM customers c WHERE c.id IN (1, 2, 3);\n```", reference=CITIES, expect=1)
@case("SELECT name FROM customers", reference=CITIES, expect=0)
@case("SELECT town FROM customers", reference=CITIES, expect=0)
@reward(answer="sql", runs_completion=True)
def same_result(completion: str, reference: str) -> bool:
    """The query returns what the reference returns."""
    with preparing():
        try:
            expected = rows_of(reference)
        except sqlite3.Error as error:
            raise Unscored(f"the reference does not run: {error}") from None
    fenced = FENCE.findall(completion)
    try:
        found = rows_of((fenced[-1] if fenced else completion).strip())
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return False
    return set(found) == set(expected)
