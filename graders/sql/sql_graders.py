"""`text_to_sql`: partial credit for a SQL answer by what it returns on databases, and `sql_grader` to make one with other settings.

What it rewards
    parses 0.02    one query that only reads, within the size limits
    binds  0.05    its tables, columns and types exist
    linked 0.12    a share: F1 of the tables x F1 of the columns that reach its output or a condition, against the gold query
    rows   0.70    a share: F1 of the rows x F1 of the columns on the generated instances, beyond what blind answers reach there, squared
    exact  1.0     the right result on the given database and on every generated instance of it

How it can be gamed
    Answers that ignore the question stay below 0.12 on average (docs/graders/sql.md has the table). What is left: a query that is wrong only on
    data that no instance holds. `rewardkit test` shows how many wrong variants of each gold are told apart, and which are not.

Known problems
    Expected rows instead of a gold query hold for the given database only: nothing can be generated for them. What the schema does not
    declare (NOT NULL, PRIMARY KEY, FOREIGN KEY) may be otherwise on a generated instance. Rules about the data that no constraint says
    (end after start, one currency a country) are not kept.

Example
    rewardkit grade answers.csv --grader rewardkit.graders.sql:text_to_sql     # columns completion, reference, database

    orders = sql_grader(database="shop.sql", engine="sqlite", extra_columns="allow")      # Python

    [orders]                                                                              # TOML
    use = "sql"
    database = "shop.sql"
    engine = "sqlite"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

from rewardkit import Grader, Step, Unscored, case, order, partial_credit, probe
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from ..settings import with_options, wrong
from .engines.duckdb_clock import DEFAULT_CLOCK, parse_clock
from .ladder import LEVELS, climb
from .settings import DEFAULT_INSTANCES, Settings, with_columns

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
@probe("SELECT * FROM customers, orders", reference=_SPENT, database="shop.sql", ceiling=0.12)
@probe("SELECT count(*) FROM orders WHERE 1 = 0", reference=_SPENT, database="shop.sql", ceiling=0.12)
@partial_credit(
    LEVELS, answer="sql", files=("database",), runs_completion=True, timeout=15, memory_mb=MEMORY_MB
)
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
    """Partial credit for a SQL query, up to full marks when it returns the right rows on every instance of the database.

    reference: a gold query (several accepted ones separated by `;`), or the expected rows: a list of lists or of objects, or their JSON.
    database: a .sql dump, a .duckdb or .sqlite file, a folder of CSV and Parquet files, or the tables themselves.
    engine: "duckdb" (default) or "sqlite". dialect: one to translate from, where a query does not run as written.
    instances: "auto:K", K databases on which the result must be right, the given one among them; "given" for that one alone.
    clock: the UTC moment at which NOW() stands still. ordered: overrules the gold's ORDER BY, true or false.
    """
    columns = {
        "engine": engine,
        "dialect": dialect,
        "instances": instances,
        "clock": clock,
        "ordered": ordered,
    }
    yield from climb(completion, reference, database, with_columns(Settings(), columns))


def sql_grader(
    *,
    database: object = None,
    engine: str = "duckdb",
    dialect: str = "",
    instances: str | int = DEFAULT_INSTANCES,
    clock: str = DEFAULT_CLOCK,
    order: str = "gold",
    duplicates: str = "bag",
    column_order: str = "any",
    extra_columns: str = "reject",
    types: str = "lenient",
    text: str = "exact",
    rel_tol: float = 1e-6,
    abs_tol: float = 0.0,
    null_is_nan: bool = True,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A ladder like `text_to_sql` with other settings; a sample's columns engine, dialect, instances, clock and ordered overrule them.

    database: for samples that name none. The others: see `text_to_sql`, and `comparing.rules.Rules` for the rules of comparison.
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    rules = {
        "order": order, "duplicates": duplicates, "column_order": column_order, "extra_columns": extra_columns, "types": types,
        "text": text, "rel_tol": rel_tol, "abs_tol": abs_tol, "null_is_nan": null_is_nan,
    }  # fmt: skip
    settings = _settings(
        {"engine": engine, "dialect": dialect, "instances": instances, "clock": clock, **rules}
    )
    fixed = database

    @partial_credit(
        LEVELS, answer="sql", files=("database",), runs_completion=True, timeout=15, memory_mb=MEMORY_MB
    )
    def grade(
        completion: str,
        reference: object,
        database: object = fixed,  # as the default, so that it counts among the files that the grader reads
        engine: str | None = None,
        dialect: str | None = None,
        instances: object = None,
        clock: str | None = None,
        ordered: bool | str | None = None,
    ) -> Iterator[Step]:
        """Partial credit for a SQL query, up to full marks when it returns the right rows on every instance of the database."""
        columns = {
            "engine": engine,
            "dialect": dialect,
            "instances": instances,
            "clock": clock,
            "ordered": ordered,
        }
        where = database if database not in (None, "") else fixed
        if where is None:
            raise Unscored(
                "no database: the sample has no column `database`, and the grader none of its own",
                cause="bad_reference",
            )
        yield from climb(completion, reference, where, with_columns(settings, columns))

    return made_here(with_options(grade, options, sql_grader), options.get("name", ""))


def _settings(given: dict[str, Any]) -> Settings:
    """The settings of a factory's call; GraderError names the first that is wrong."""
    for name, value in given.items():
        if name == "clock":
            try:
                parse_clock(str(value))
            except ValueError as error:
                raise wrong(name, value, f"a UTC moment such as '{DEFAULT_CLOCK}' ({error})") from None
        try:
            with_columns(Settings(), {name: value})
        except Unscored as error:
            raise wrong(name, value, str(error).partition("allowed: ")[2] or str(error)) from None
    return with_columns(Settings(), given)
