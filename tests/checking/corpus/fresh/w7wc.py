"""SQL over the shipping ledger. A query is right when it answers like ours on three ledgers, not only on the one in the prompt."""

import re
import sqlite3
from collections import Counter
from itertools import count

from rewardkit import Unscored, case, preparing, probe, reward

TABLE = "CREATE TABLE shipments (id INTEGER PRIMARY KEY, customer TEXT, country TEXT, weight REAL, express INTEGER, cost REAL)"
LEDGERS = [
    "(1,'Abel','Kenya',12.5,1,30.0),(2,'Abel','Peru',20.0,1,44.0),(3,'Abel','Kenya',31.0,0,52.5),(4,'Brook','Peru',25.0,1,61.0),(5,'Brook','Laos',8.0,0,NULL),"
    "(6,'Chen','Laos',40.0,0,75.0),(7,'Chen','Kenya',22.0,1,NULL),(8,'Chen','Kenya',5.0,1,18.0),(9,'Chen','Peru',14.0,0,27.0),(10,'Dara','Laos',60.0,1,90.0)",
    "(21,'Abel','Peru',20.0,1,15.0),(22,'Brook','Kenya',20.5,1,12.0),(23,'Brook','Kenya',19.0,1,NULL),(24,'Brook','Laos',33.0,0,40.0),"
    "(25,'Dara','Peru',90.0,0,88.0),(26,'Dara','Kenya',3.0,0,9.5),(27,'Eze','Kenya',21.0,1,32.5),(28,'Eze','Laos',20.0,0,21.0)",
    "(31,'Fay','Peru',21.0,1,5.0),(32,'Gus','Laos',50.0,1,7.0),(33,'Gus','Peru',2.0,0,6.5),(34,'Hal','Kenya',9.0,0,4.0),(35,'Hal','Kenya',1.0,0,NULL),(36,'Hal','Kenya',1.0,0,NULL)",
]
READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
UNSTEADY = re.compile(r"random|date|time|julianday|unixepoch|load_ext|sqlite_", re.IGNORECASE)
FENCE = re.compile(r"^[ \t]*```[a-z]*[ \t\r]*\n(.*?)```", re.IGNORECASE | re.DOTALL | re.MULTILINE)
TWICE = {
    "reference": "SELECT customer FROM shipments GROUP BY customer HAVING COUNT(*) > 2",
    "ordered": False,
}


def rows_of(query: str, ledger: str) -> list[tuple] | None:
    """The rows of one reading statement, or None. Steps are counted, not seconds, so that the load of the machine decides nothing."""
    connection, ticks = sqlite3.connect(":memory:"), count()
    try:
        connection.executescript(f"{TABLE}; INSERT INTO shipments VALUES {ledger};")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 200_000)
        connection.set_authorizer(
            lambda action, _, name, *__: int(
                action not in READING or bool(action == sqlite3.SQLITE_FUNCTION and UNSTEADY.search(name))
            )
        )
        connection.set_progress_handler(lambda: next(ticks) > 300, 1000)
        cursor = connection.execute(query)
        return (
            [
                tuple(round(cell, 6) if isinstance(cell, float) else cell for cell in row)
                for row in cursor.fetchmany(2000)
            ]
            if cursor.description
            else None
        )
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError):
        return None
    finally:
        connection.close()


def query_in(text: str) -> str:
    """The query of an answer that may have words around it: in a fence, or as a paragraph; else the whole text."""
    text = re.sub(
        r"^\s*the answer is:? ",
        "",
        text.rpartition("</think>")[2].replace("\u00a0", " "),
        flags=re.IGNORECASE,
    ).rstrip(" \r\n.")
    parts = FENCE.findall(text) or [
        part for part in re.split(r"\n[ \t\r]*\n", text) if re.match(r"(?i)\s*(?:select|with)\b", part)
    ]
    alone = len(parts) == 1 and not re.search(r"\bselect\b", text.replace(parts[0], "", 1), re.IGNORECASE)
    return parts[0] if alone else "" if "```" in text else text


@case("select customer from shipments group by 1 having count(id) >= 3 order by customer", expect=1, **TWICE)
@case("SELECT 'Abel' UNION SELECT 'Chen'", expect=0, **TWICE)
@probe("DELETE FROM shipments", **TWICE)
@reward(answer="sql", runs_completion=True, timeout=8)
def ledger_query(completion: str, reference: str, ordered: bool) -> bool:
    """The rows of our query on every ledger; their order counts where the question asks for one."""
    with preparing():
        wanted = [rows_of(reference, ledger) for ledger in LEDGERS]
    if None in wanted:
        raise Unscored("the reference query does not run")
    query, arranged = query_in(completion), list if ordered else Counter
    found = [rows_of(query, ledger) for ledger in LEDGERS]
    return None not in found and all(arranged(f) == arranged(w) for f, w in zip(found, wanted, strict=True))
