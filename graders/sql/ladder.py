"""`text_to_sql`: partial credit for a SQL answer, by what it returns on a fixture database."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, preparing, probe

from .engines.opening import open_database
from .extraction import extract_sql
from .outcomes import Outcome, outcome_of
from .references import task_of
from .settings import Settings, with_columns

LEVELS = {"parses": 0.02, "binds": 0.05, "linked": 0.12, "rows": 0.70, "exact": 1.0}
MEMORY_MB = 2_048  # of the process, where one call of DuckDB allocates past its own limit

_SPENT = "SELECT c.name, sum(o.total) AS spent FROM customers c JOIN orders o USING (customer_id) GROUP BY c.name ORDER BY spent DESC"
_RECENT = "SELECT count(*) FROM orders WHERE ordered_at >= CURRENT_DATE - INTERVAL '30 days'"
_LATER_DELETED = "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone"


@case(
    f"The best customers:\n```sql\n{_SPENT};\n```",
    prompt="How much has each customer spent, the most first?",
    reference=_SPENT,
    database="shop.sql",
    expect=1,
)
@case(
    _RECENT,
    prompt="How many orders are from the last 30 days?",
    reference=_RECENT,
    database="shop.sql",
    expect=1,
)
@case(
    _SPENT.replace("AS spent", "AS money").replace("BY spent", "BY 2"),
    reference=_SPENT,
    database="shop.sql",
    expect=1,
)
@case(_SPENT.replace(" DESC", ""), reference=_SPENT, database="shop.sql", expect="rows")
@case(_SPENT.replace("orders", "order_lines"), reference=_SPENT, database="shop.sql", expect="parses")
@case(_LATER_DELETED, reference=_SPENT, database="shop.sql", expect=0)
@case(_SPENT, reference="SELECT name FROM no_such_table", database="shop.sql", expect="unscored")
@order(
    "SELECT 1",
    "SELECT name FROM customers",
    _SPENT.replace("sum", "max"),
    _SPENT,
    reference=_SPENT,
    database="shop.sql",
)
@probe("SELECT * FROM customers, orders", reference=_SPENT, database="shop.sql", ceiling=0.2)
@probe("SELECT count(*) FROM orders WHERE 1 = 0", reference=_SPENT, database="shop.sql", ceiling=0.2)
@partial_credit(LEVELS, answer="sql", runs_completion=True, timeout=15, memory_mb=MEMORY_MB)
def text_to_sql(
    completion: str,
    reference: object,
    database: object,
    engine: str | None = None,
    dialect: str | None = None,
    instances: object = None,
    clock: str | None = None,
    ordered: bool | str | None = None,
) -> Iterator[Step]:
    """Partial credit for a SQL query, up to full marks when it returns the right rows on every database instance."""
    columns = {
        "engine": engine, "dialect": dialect, "instances": instances, "clock": clock, "ordered": ordered,
    }  # fmt: skip
    yield from climb(completion, reference, database, with_columns(Settings(), columns))


def climb(completion: str, reference: object, database: object, settings: Settings) -> Iterator[Step]:
    """The steps of one answer under these settings."""
    outcome = _outcome(extract_sql(completion), reference, database, settings)
    if outcome.refused:
        yield "parses", False, outcome.refused
        return
    yield "parses", True
    if outcome.unbound:
        yield "binds", False, outcome.unbound
        return
    yield "binds", True, outcome.note
    yield "linked", outcome.linked
    if outcome.failed:
        yield "rows", False, outcome.failed
        return
    yield "rows", outcome.rows, outcome.wrong
    yield "exact", not outcome.wrong, outcome.wrong


def _outcome(sql: str, reference: object, database: object, settings: Settings) -> Outcome:
    for _ in range(
        2
    ):  # a database that no longer answers is opened again: an earlier completion may have broken it
        with preparing():  # before anything of the completion runs
            opened = open_database(database, engine=settings.engine, clock=settings.clock)
            task = task_of(reference, opened, settings)
        outcome = outcome_of(sql, task, settings)
        if opened.is_alive():
            break
    return outcome
