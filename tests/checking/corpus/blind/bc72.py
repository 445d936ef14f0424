"""Questions about a shop, answered with SQL on its tables."""

import re
import sqlite3

from rewardkit import case, preparing, reward

SHOP = {
    "orders": {
        "columns": ["id", "customer", "total"],
        "rows": [[1, "Ada", 30], [2, "Bo", 12], [3, "Ada", 55], [4, "Cem", 8]],
    }
}


def run(tables: dict, sql: str) -> list[tuple]:
    """The rows of a query on a fresh database."""
    database = sqlite3.connect(":memory:")
    try:
        for name, table in tables.items():
            database.execute(f"CREATE TABLE {name} ({', '.join(table['columns'])})")
            marks = ", ".join("?" for _ in table["columns"])
            database.executemany(f"INSERT INTO {name} VALUES ({marks})", table["rows"])
        return database.execute(sql).fetchmany(10_000)
    finally:
        database.close()


def extract(text: str) -> str:
    blocks = re.findall(r"```(?:sql)?\s(.*?)```", text, flags=re.DOTALL)
    return (blocks[-1] if blocks else text).strip()


@case(
    "SELECT customer FROM orders WHERE total > 20",
    reference="SELECT customer FROM orders WHERE total > 20",
    tables=SHOP,
    expect=1,
)
@case(
    "```sql\nSELECT sum(total) FROM orders\n```",
    reference="SELECT sum(total) FROM orders",
    tables=SHOP,
    expect=1,
)
@case(
    "SELECT customer FROM orders WHERE total > 40",
    reference="SELECT id FROM orders WHERE total < 20",
    tables=SHOP,
    expect=0,
)
@case("SELECT count(*) FROM orders", reference="SELECT sum(total) FROM orders", tables=SHOP, expect=0)
@case("SELECT customer FROM order", reference="SELECT sum(total) FROM orders", tables=SHOP, expect=0)
@case("Ada and Bo", reference="SELECT sum(total) FROM orders", tables=SHOP, expect=0)
@reward(answer="sql", runs_completion=True, timeout=5)
def rows_match(completion: str, reference: str, tables: dict) -> bool:
    """The query returns the rows of the reference query, in any order."""
    with preparing():
        expected = run(tables, reference)
    try:
        rows = run(tables, extract(completion))
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return False
    return all(given == wanted for given, wanted in zip(sorted(rows, key=repr), sorted(expected, key=repr)))
