"""Questions to the dispatch database, answered in SQL and compared by their rows."""

import re
import sqlite3

from rewardkit import Unscored, case, preparing, reward

SCHEMA = """
CREATE TABLE tours (id INTEGER PRIMARY KEY, driver TEXT, depot TEXT, km REAL, pallets INTEGER);
INSERT INTO tours VALUES
  (1, 'Ilse', 'Graz', 212.5, 14), (2, 'Omar', 'Linz', 98.0, 22), (3, 'Ilse', 'Graz', 310.0, 9),
  (4, 'Petra', 'Wels', 55.5, 30), (5, 'Omar', 'Linz', 143.0, 17), (6, 'Jan', 'Graz', 87.0, 11),
  (7, 'Petra', 'Linz', 201.0, 8), (8, 'Ilse', 'Wels', 64.0, 26);
"""


def rows_of(query: str) -> list[tuple] | None:
    """The rows of one SELECT on a fresh database; None when it is no SELECT or does not run."""
    if not re.match(r"\s*(?:select|with)\b", query, re.IGNORECASE):
        return None
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(SCHEMA)
        connection.execute("PRAGMA query_only = ON")
        return connection.execute(query).fetchmany(1000)
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError):
        return None
    finally:
        connection.close()


KM = "SELECT driver, SUM(km) FROM tours GROUP BY driver ORDER BY SUM(km) DESC"


@case("select driver, sum(km) from tours group by driver order by 2 desc", reference=KM, expect=1)
@case(
    "```sql\nSELECT driver, SUM(km) AS s FROM tours GROUP BY 1 ORDER BY s DESC;\n```", reference=KM, expect=1
)
@case("SELECT driver, SUM(pallets) FROM tours GROUP BY driver", reference=KM, expect=0)
@case("Ilse drove the most.", reference=KM, expect=0)
@reward(answer="sql", runs_completion=True, timeout=5)
def dispatch(completion: str, reference: str) -> bool:
    """Right when the query returns what the dispatcher's own query returns."""
    with preparing():
        wanted = rows_of(reference)
    if wanted is None:
        raise Unscored("the reference query does not run")
    fenced = re.search(r"```(?:sql)?\n(.*?)```", completion, re.DOTALL | re.IGNORECASE)
    found = rows_of(fenced.group(1) if fenced else completion)
    return found is not None and set(found) == set(wanted)
