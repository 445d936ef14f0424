"""A reference that is the expected rows themselves: a list of lists or of objects, or its JSON text."""

from __future__ import annotations

import json

from rewardkit import Unscored

from .engines.engine import Table


def table_of_rows(reference: object) -> Table:
    """Expected rows as a table; Unscored (bad_reference) unless they are lists, or objects with the same keys, all of one width and at least one."""
    rows = reference
    if isinstance(rows, str):
        try:
            rows = json.loads(rows)
        except ValueError as error:
            raise _bad(rows, f"is no JSON: {error}") from None
    if not isinstance(rows, list | tuple):
        raise _bad(rows, "expected rows are a list of lists or of objects")
    if not rows:
        raise _bad(
            rows,
            "the expected rows are empty, so an empty answer would be right: they cannot tell right from wrong",
        )
    if all(isinstance(row, dict) for row in rows):
        names = tuple(str(name) for name in rows[0])
        if any(tuple(row) != names for row in rows):
            raise _bad(rows, "the objects have different keys")
        return Table(names, [tuple(row.values()) for row in rows])
    if not all(isinstance(row, list | tuple) for row in rows) or len({len(row) for row in rows}) > 1:
        raise _bad(rows, "expected rows are a list of lists of one length (one value a row: [[42], [43]])")
    return Table(tuple(f"column_{i}" for i in range(1, len(rows[0]) + 1)), [tuple(row) for row in rows])


def has_names(reference: object) -> bool:
    """Whether the rows are objects, whose keys name the columns."""
    rows = json.loads(reference) if isinstance(reference, str) else reference
    return isinstance(rows, list | tuple) and bool(rows) and isinstance(rows[0], dict)


def _bad(reference: object, why: str) -> Unscored:
    return Unscored(
        f"the reference does not work: {why} (reference: {str(reference)[:200]})", cause="bad_reference"
    )
