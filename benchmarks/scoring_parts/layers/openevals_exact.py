"""openevals: its `exact_match` of the last word, called once for each completion; tracing off."""

from __future__ import annotations

from typing import Any

from openevals.exact import exact_match

from scoring_parts.rows import Row


def prepare(rows: list[Row]) -> list[Row]:
    return rows


def score(rows: list[Row]) -> list[Any]:
    return [
        exact_match(outputs=row.completion.rsplit(None, 1)[-1], reference_outputs=row.reference)
        for row in rows
    ]


def values(results: list[Any]) -> list[float]:
    return [float(result["score"]) for result in results]
