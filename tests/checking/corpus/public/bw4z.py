"""Queries on a clinic's calendar: marks for running, for the size of the result, for the result itself."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, preparing

CLINIC = """
CREATE TABLE doctors (id INTEGER PRIMARY KEY, name TEXT, ward TEXT);
CREATE TABLE visits (id INTEGER PRIMARY KEY, doctor_id INTEGER, patient TEXT, day TEXT, minutes INTEGER);
INSERT INTO doctors VALUES (1,'Aziz','eye'),(2,'Bauer','ear'),(3,'Costa','eye');
INSERT INTO visits VALUES (1,1,'Ida','2026-01-05',20),(2,1,'Jo','2026-01-05',35),(3,2,'Ida','2026-01-06',15),
 (4,3,'Kim','2026-01-07',50),(5,3,'Lea','2026-01-07',10),(6,2,'Jo','2026-01-08',25);
"""
FENCE = re.compile(r"```(?:sqlite|sql)?(.*?)```", re.DOTALL | re.IGNORECASE)
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
PER_WARD = "SELECT ward, COUNT(*) FROM doctors GROUP BY ward"


def rows_of(query: str) -> list[tuple] | None:
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(CLINIC)
        base.set_authorizer(
            lambda action, *rest: sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY
        )
        steps = iter(range(200))
        base.set_progress_handler(lambda: next(steps, None) is None, 10_000)
        return base.execute(query).fetchmany(1000)
    except (sqlite3.Error, sqlite3.Warning, ValueError):
        return None
    finally:
        base.close()


def normal(rows: list[tuple]) -> Counter:
    """Rows without an order, values as text."""
    return Counter(tuple(sorted(str(value) for value in row)) for row in rows)


@case("```sql\nselect ward, count(id) from doctors group by 1;\n```", reference=PER_WARD, expect="rows")
@case("SELECT ward, COUNT(*) FROM doctors", reference=PER_WARD, expect="runs")
@case("SELECT ward, id FROM doctors WHERE id < 3", reference=PER_WARD, expect="size")
@case("count the doctors", reference=PER_WARD, expect=0)
@order("no", "SELECT 1", "SELECT ward, id FROM doctors LIMIT 2", PER_WARD, reference=PER_WARD)
@partial_credit({"runs": 0.1, "size": 0.3, "rows": 1.0}, answer="sql", runs_completion=True)
def calendar_query(completion: str, reference: str) -> Iterator[Step]:
    """It runs, it returns as many rows and columns, it returns those rows."""
    with preparing():
        expected = rows_of(reference)
    if expected is None:
        raise Unscored("the reference does not run")
    fenced = FENCE.findall(completion)
    text = (fenced[-1] if fenced else completion).strip()
    found = rows_of(text) if text else None
    yield "runs", found is not None
    yield "size", [len(row) for row in found] == [len(row) for row in expected]
    yield "rows", normal(found) == normal(expected)
