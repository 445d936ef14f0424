"""Equality of two results as bags of rows, by position.

Whole numbers and decimals are compared exactly, other numbers to a relative 1e-6; a date equals the timestamp of its midnight; NaN is
NULL. True is not 1, and the text '1' is not the number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from .facts import Cell

TOLERANCE = 1e-6
_MANY = 400  # rows up to which a bag is matched row by row where sorting did not decide
Row = tuple[Cell, ...]


def normal(cell: Cell) -> Cell:
    """A cell in the form in which cells are compared."""
    if isinstance(cell, float):
        return None if math.isnan(cell) else int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else cell
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, list | dict):
        return repr(cell)
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def same(one: Cell, other: Cell) -> bool:
    """Whether two normal cells are equal."""
    if isinstance(one, bool) or isinstance(other, bool) or not _numbers(one, other):
        return type(one) is type(other) and one == other
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-12)
    return bool(one == other)


def same_rows(one: Row, other: Row) -> bool:
    """Whether two rows are equal, cell by cell."""
    return len(one) == len(other) and all(map(same, one, other))


def same_bags(one: Sequence[Row], other: Sequence[Row]) -> bool:
    """Whether two bags hold the same rows as often."""
    if len(one) != len(other):
        return False
    if all(map(same_rows, sorted(one, key=_order), sorted(other, key=_order))):
        return True
    return len(one) <= _MANY and contained(one, other)


def contained(part: Sequence[Row], whole: Sequence[Row]) -> bool:
    """Whether every row of a bag has its own equal in another bag."""
    left = list(whole)
    for row in part:
        at = next((i for i, candidate in enumerate(left) if same_rows(row, candidate)), None)
        if at is None:
            return False
        del left[at]
    return True


def _numbers(one: Cell, other: Cell) -> bool:
    return isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal)


def _order(row: Row) -> tuple[tuple[str, Cell], ...]:
    return tuple(_rank(cell) for cell in row)


def _rank(cell: Cell) -> tuple[str, Cell]:
    if cell is None:
        return "", 0
    if isinstance(cell, bool):
        return "b", int(cell)
    if isinstance(cell, int | float | Decimal):
        return "n", float(f"{float(cell):.5g}") if math.isfinite(cell) else float(cell)
    return ("d", cell) if isinstance(cell, datetime) else (type(cell).__name__, str(cell))
