"""Text-to-SQL: the query is run on a small SQLite database beside the reference query."""

import re
import sqlite3

from rewardkit import Unscored, case, reward

SHOP = (
    "CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, price REAL, maker TEXT);"
    "INSERT INTO product VALUES (1, 'lamp', 40, 'Lumo'), (2, 'desk', 210, 'Holz'), (3, 'chair', 95, 'Holz'), (4, 'shelf', 120, 'Holz');"
)
ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


def rows_of(query: str, schema: str) -> set[tuple] | None:
    """The rows of a query; None when it does not run or wants to write."""
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(schema)
        database.set_authorizer(
            lambda action, *_: sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY
        )
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
        cursor = database.execute(query)
        if cursor.description is None:
            return None
        return set(cursor.fetchmany(10_000))
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return None
    finally:
        database.close()


@case(
    "SELECT name FROM product WHERE price > 100",
    reference="SELECT name FROM product WHERE price > 100",
    schema=SHOP,
    expect=1,
)
@case(
    "```sql\nSELECT name FROM product WHERE NOT price <= 100;\n```",
    reference="SELECT name FROM product WHERE price > 100",
    schema=SHOP,
    expect=1,
)
@case(
    "SELECT name FROM product", reference="SELECT name FROM product WHERE price > 100", schema=SHOP, expect=0
)
@case("SELEC name", reference="SELECT name FROM product WHERE price > 100", schema=SHOP, expect=0)
@reward(answer="sql", runs_completion=True, timeout=5)
def shop_query(completion: str, reference: str, schema: str) -> bool:
    """Full marks when the query gives the rows of the reference query."""
    blocks = re.findall(r"```(?:sql)?\s*\n(.*?)```", completion, re.DOTALL | re.IGNORECASE)
    expected = rows_of(reference, schema)
    if expected is None:
        raise Unscored("the reference query does not run")
    return rows_of(blocks[-1] if blocks else completion, schema) == expected
