"""`text_to_sql`: partial credit for a SQL answer, by what it returns on a fixture database."""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, preparing, probe

from .engines.duckdb_clock import DEFAULT_CLOCK
from .engines.duckdb_databases import Database, open_database
from .engines.duckdb_execution import Failure, run
from .extraction import extract_sql
from .engines.gate import Query, Refusal
from .linking import Use, schema_use, text_use
from .engines.duckdb_reading import Unbound, check_dialect, read_query
from .references import golds_of

LEVELS = {"parses": 0.02, "binds": 0.05, "linked": 0.15, "rows": 0.70, "exact": 1.0}
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
    database: str,
    dialect: str = "duckdb",
    ordered: bool | str | None = None,
    clock: str = DEFAULT_CLOCK,
) -> Iterator[Step]:
    """Partial credit for a SQL query, up to full marks when it returns the right rows on the fixture database.

    Columns: `reference` is a gold query (several accepted ones separated by `;`) or the expected rows (a list of lists or of objects, or
    their JSON); `database` is the path of a .sql dump, a .duckdb or a .sqlite file; `dialect` "duckdb" or "postgres" (a query that does
    not run as written is then translated, and the step's reason says so); `ordered` overrules the gold query's ORDER BY;
    `clock` is the UTC moment at which NOW() and CURRENT_DATE stand still.

    What it rewards:
        parses .02    one read-only query that the gate lets through
        binds  .05    its tables, columns and types exist
        linked .15    a share: F1 of the tables x F1 of the columns it uses, against the gold query
        rows   .70    a share: F1 of the rows x F1 of the columns it returns, beyond what blind answers reach on this fixture
        exact  1.0    the result is right: duplicates count, row order only where the gold query orders, ties are forgiven

    How it can be gamed: one fixture cannot tell a right query from one that is right on these rows only (`WHERE id = 7`, a forgotten
    condition that filters nothing). Give the held-out questions other rows than the prompt shows. A completion that copies rows from its
    prompt as constants earns nothing for them, unless it also reads some table.

    Known problems: a gold query that returns no rows can never give full marks and the reason says so. A gold whose one row is NULL, 0 or 1
    gives full marks only to answers that read its tables. Expected rows carry no table names, so there any table earns `linked`.
    SQLite's own dialect is not read: write DuckDB or Postgres.

    Example: `rewardkit grade answers.csv --grader rewardkit.graders.sql:text_to_sql`, with the columns completion, reference, database.
    """
    dialect = dialect or "duckdb"  # an empty cell of a CSV file
    check_dialect(dialect)
    with preparing():  # before anything of the completion runs
        fixture = open_database(database, clock=clock or DEFAULT_CLOCK)
        golds = golds_of(reference, fixture, dialect, _flag(ordered))
    read = read_query(extract_sql(completion), fixture, dialect)
    if isinstance(read, Refusal):
        yield "parses", False, read.why
        return
    yield "parses", True
    if isinstance(read, Unbound):
        yield "binds", False, read.why
        return
    yield "binds", True, read.note
    use, text = _uses(read.query, fixture)
    yield "linked", max(gold.linked_credit(use, text) for gold in golds)
    answer = run(fixture, read.query.sql)
    if isinstance(answer, Failure):
        yield "rows", False, answer.why
        return
    verdicts = [gold.judge(answer, use.tables | text.tables) for gold in golds]
    credit, wrong = max(verdicts, key=lambda verdict: (not verdict[1], verdict[0]))
    yield "rows", credit, wrong
    yield "exact", not wrong, wrong


def _uses(query: Query, fixture: Database) -> tuple[Use, Use]:
    return schema_use(query.tree, fixture.schema), text_use(query.tree)


def _flag(ordered: bool | str | None) -> bool | None:
    """`ordered` as JSON or as a cell of a CSV file has it; an empty cell leaves it open."""
    words = {"": None, "none": None, "true": True, "false": False}
    word = "" if ordered is None else str(ordered).strip().lower()
    if word not in words:
        raise Unscored(f"ordered {ordered!r}; allowed: true, false, or nothing", cause="bad_reference")
    return words[word]
