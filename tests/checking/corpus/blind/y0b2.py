"""SQL on the staff database, compared with the rows that HR signed off."""

import re
from collections import Counter
from functools import lru_cache

import duckdb

from rewardkit import case, order, reward

STAFF = """
CREATE TABLE staff (name VARCHAR, team VARCHAR, salary INTEGER);
INSERT INTO staff VALUES ('Ines', 'ops', 52000), ('Jon', 'dev', 61000), ('Kai', 'dev', 58000);
"""


@lru_cache(maxsize=32)
def database(setup: str) -> duckdb.DuckDBPyConnection:
    """Building the tables takes longer than the query, so they are kept."""
    connection = duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": False})
    connection.execute(setup)
    return connection


def extract(text: str) -> str:
    blocks = re.findall(r"```(?:sql)?\s(.*?)```", text, flags=re.DOTALL)
    return (blocks[-1] if blocks else text).strip()


@case("SELECT name FROM staff WHERE team = 'dev'", setup=STAFF, reference=[["Jon"], ["Kai"]], expect=1)
@case("```sql\nSELECT max(salary) FROM staff;\n```", setup=STAFF, reference=[[61000]], expect=1)
@case("SELECT name FROM staff", setup=STAFF, reference=[["Jon"], ["Kai"]], expect=0)
@case("SELECT nmae FROM staff", setup=STAFF, reference=[["Jon"], ["Kai"]], expect=0)
@case("Jon and Kai", setup=STAFF, reference=[["Jon"], ["Kai"]], expect=0)
@order(
    "SELECT team FROM staff", "SELECT name FROM staff WHERE salary > 60000", setup=STAFF, reference=[["Jon"]]
)
@reward(answer="sql", runs_completion=True, timeout=5)
def staff_rows(completion: str, reference: list, setup: str) -> bool:
    """The query returns the expected rows, duplicates included, in any order."""
    connection = database(setup)
    try:
        rows = connection.execute(extract(completion)).fetchmany(10_000)
    except Exception:  # whatever the model's SQL provokes
        return False
    return Counter(map(tuple, rows)) == Counter(map(tuple, reference))
