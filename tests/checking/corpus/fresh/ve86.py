"""Text to SQL on a small shop. The tables are built once per process, which makes a grade take microseconds."""

import sqlite3
from collections import Counter

from rewardkit import case, preparing, reward

SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, amount REAL NOT NULL, status TEXT NOT NULL);
INSERT INTO customers VALUES (1, 'Ada', 'Oslo'), (2, 'Ben', 'Rome'), (3, 'Cem', 'Oslo'), (4, 'Dia', 'Lima');
INSERT INTO orders VALUES (1, 1, 40, 'paid'), (2, 1, 15.5, 'open'), (3, 2, 99, 'paid'), (4, 3, 15.5, 'paid'),
                          (5, 3, 60, 'void'), (6, 1, 99, 'paid'), (7, 2, 10, 'open');
"""
MOST_ROWS = 1000

shop = sqlite3.connect(":memory:", check_same_thread=False)
shop.executescript(SHOP)


def rows(query: str) -> Counter:
    return Counter(shop.execute(query).fetchmany(MOST_ROWS))


def query_of(completion: str) -> str:
    """The query, out of its code fence if it has one."""
    text = completion.strip()
    if text.startswith("```"):
        text = text.strip("`").strip().removeprefix("sql")
    return text.strip().rstrip(";")


PAID = "SELECT name, SUM(amount) FROM customers JOIN orders ON customer_id = customers.id WHERE status = 'paid' GROUP BY name"


@case(PAID, reference=PAID, expect=1)
@case(f"```sql\n{PAID};\n```", reference=PAID, expect=1)
@case(
    "SELECT name, SUM(amount) FROM customers JOIN orders ON customer_id = customers.id GROUP BY name",
    reference=PAID,
    expect=0,
)
@case("SELECT nmae FROM customers", reference=PAID, expect=0)
@case("I would join the two tables.", reference=PAID, expect=0)
@reward(answer="sql", runs_completion=True)
def shop_query(completion: str, reference: str) -> bool:
    """The same rows as the gold query, in any order."""
    with preparing():
        expected = rows(reference)
    try:
        got = rows(query_of(completion))
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return False
    return got == expected
