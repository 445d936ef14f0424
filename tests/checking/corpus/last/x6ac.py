"""Questions to the shop database: the query must give the rows of the analyst's query, on both copies of the data."""

import re
import sqlite3

from rewardkit import Unscored, case, reward

FENCE = re.compile(r"\A```(?:sql)?\s*(.*?)\s*```\Z", re.DOTALL | re.IGNORECASE)
READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
SHOP = "CREATE TABLE items (name TEXT, price INTEGER);"
COPIES = [
    SHOP + "INSERT INTO items VALUES ('pen', 2), ('ink', 9), ('pad', 4);",
    SHOP + "INSERT INTO items VALUES ('cup', 7), ('jug', 21), ('pan', 35);",
]


def rows_of(script: str, query: str) -> set[tuple] | None:
    steps = iter(range(500))
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(script)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 20_000)
        connection.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY
        )
        connection.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        cursor = connection.execute(query)
        if cursor.description is None:
            return None
        return set(cursor.fetchmany(5000))
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return None
    finally:
        connection.close()


@case(
    "SELECT name FROM items WHERE price > 5",
    reference="SELECT name FROM items WHERE price > 5",
    databases=COPIES,
    expect=1,
)
@case(
    "```sql\nselect i.name from items i where i.price >= 6;\n```",
    reference="SELECT name FROM items WHERE price > 5",
    databases=COPIES,
    expect=1,
)
@case(
    "SELECT name FROM items", reference="SELECT name FROM items WHERE price > 5", databases=COPIES, expect=0
)
@case("SELECT 'ink'", reference="SELECT name FROM items WHERE price > 5", databases=COPIES, expect=0)
@case("DROP TABLE items", reference="SELECT name FROM items WHERE price > 5", databases=COPIES, expect=0)
@reward(answer="sql", runs_completion=True)
def shop_query(completion: str, reference: str, databases: list[str]) -> bool:
    """Same rows as the reference on every copy."""
    match = FENCE.match(completion.strip())
    query = match[1] if match else completion
    for script in databases:
        expected = rows_of(script, reference)
        if not expected:
            raise Unscored("the reference gives no rows")
        if rows_of(script, query) != expected:
            return False
    return True
