"""The expert's grader: the bundled ladder for SQL answers, with cases from this database.

Calling a grader does what its author wrote, so a ladder can hand its climb over to another one.
"""

from __future__ import annotations

from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, probe
from rewardkit.graders.sql import text_to_sql

DATABASE = "examples/text_to_sql/bikeshare.sql"
CHAINS = {"reference": [[66], [15], [50], [43]], "ordered": True, "database": DATABASE}
HOURS = {
    "reference": "SELECT model, sum(hours) FROM repairs JOIN bikes USING (bike_id) GROUP BY model",
    "database": DATABASE,
}


@case("SELECT repair_id FROM repairs WHERE part = 'chain' ORDER BY cost DESC LIMIT 4", expect=1, **CHAINS)
@case("SELECT repair_id FROM repairs WHERE part = 'chain' ORDER BY cost LIMIT 4", expect=[0, 0.7], **CHAINS)
@case('SELECT repair_id FROM repairs WHERE part = "chain"', expect="parses", **CHAINS)
@case("I would look at the repairs of chains.", expect=0, **CHAINS)
@case(
    "select b.model, sum(r.hours) from repairs r join bikes b on r.bike_id = b.bike_id group by b.model",
    expect=1,
    **HOURS,
)
@order(
    "SELECT model FROM bike",
    "SELECT model FROM bikes",
    "SELECT model, count(*) FROM repairs JOIN bikes USING (bike_id) GROUP BY model",
    "SELECT model, sum(hours) FROM repairs JOIN bikes USING (bike_id) GROUP BY model",
    **HOURS,
)
@probe("SELECT * FROM repairs", ceiling=0.2, **HOURS)
@probe("SELECT * FROM repairs, bikes", ceiling=0.2, **HOURS)
@probe("SELECT 1", ceiling=0.1, **HOURS)
@probe("DROP TABLE repairs", **HOURS)
@partial_credit(text_to_sql.levels, answer="sql", runs_completion=True, timeout=10)
def query(completion: str, reference: object, database: str, ordered: bool | None = None) -> Iterator[Step]:
    """Full marks for the right rows; on the way: it parses, it binds, the right tables and columns, some of the rows."""
    # The given rows alone: the references of the training questions are rows, and the demo should be quick.
    yield from text_to_sql(completion, reference, database, instances="given", ordered=ordered)
