"""The grader of examples/text_to_sql for a TRL script of one's own: there the answer rows come as JSON text.

A column of the data set that TRL is given has one Arrow type, and answer rows are numbers in one question and names in the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rewardkit import Step, case, partial_credit
from rewardkit.graders.sql import text_to_sql

DATABASE = "examples/text_to_sql/bikeshare.sql"


@case(
    "SELECT repair_id FROM repairs WHERE part = 'chain' ORDER BY cost DESC LIMIT 4",
    expect=1,
    reference="[[66], [15], [50], [43]]",
    ordered=True,
    database=DATABASE,
)
@case("SELECT 1", expect=[0, 0.1], reference="[[66], [15], [50], [43]]", ordered=True, database=DATABASE)
@partial_credit(text_to_sql.levels, answer="sql", runs_completion=True, timeout=10)
def query(completion: str, reference: str, database: str, ordered: bool | None = None) -> Iterator[Step]:
    """Full marks for the right rows, partial credit on the way to them."""
    yield from text_to_sql(completion, json.loads(reference), database, instances="given", ordered=ordered)
