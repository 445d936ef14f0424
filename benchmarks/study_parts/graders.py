"""The study's graders: exact answers alone, the bare answer of a model that was taught to write it, and the fields of an order, for as much each or with most of the mark for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rewardkit import Score, Step, partial_credit, reward
from rewardkit.calling import call
from rewardkit.graders.json_answer import json_fields_grader
from rewardkit.graders.sql import text_to_sql

FIELDS = {"name": "text", "place": "text", "count": "number", "total": "number"}

order = json_fields_grader(fields=FIELDS, name="order")
order_exact = json_fields_grader(fields=FIELDS, partial=False, name="order_exact")
order_steep = json_fields_grader(fields=FIELDS, partial=0.3, name="order_steep")


@partial_credit(text_to_sql.levels, answer="sql", runs_completion=True, timeout=10, cache=True)
def query(completion: str, reference: object, database: str, ordered: bool) -> Iterator[Step]:
    """The ladder of examples/text_to_sql; its scores may be kept on disk."""
    yield from text_to_sql(completion, reference, database, instances="given", ordered=ordered)


FORM = {"parses": 0.1, "binds": 0.3, "linked": 0.6, "rows": 0.9, "exact": 1.0}


@partial_credit(FORM, answer="sql", runs_completion=True, timeout=10, cache=True)
def query_by_form(completion: str, reference: object, database: str, ordered: bool) -> Iterator[Step]:
    """The same ladder, most of whose credit is for a query that runs and uses the right tables and columns, less for rows that happen to be right."""
    yield from text_to_sql(completion, reference, database, instances="given", ordered=ordered)


@reward(answer="sql", runs_completion=True, timeout=10, cache=True)
def query_exact(completion: str, reference: object, database: str, ordered: bool) -> Score:
    """1 for a query that gives the right rows, 0 for any other; what leaves it open stays unscored."""
    columns = {"completion": completion, "reference": reference, "database": database, "ordered": ordered}
    score = call(query, columns)
    return score if score.value is None else Score(float(score.value == 1), reason=score.reason)


@reward
def rows_alone(completion: str, reference: Any, ordered: bool) -> float:
    """1 for the right rows as JSON, in any order unless the question asks for one."""
    try:
        rows = json.loads(completion)
        return float(_comparable(rows, ordered) == _comparable(reference, ordered))
    except (ValueError, TypeError):
        return 0.0


def _comparable(rows: Any, ordered: bool) -> list[str]:
    texts = [json.dumps(row) for row in rows]
    return texts if ordered else sorted(texts)
