"""Cells, rows and counts in the words of a reason; never longer than a line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

from .cells import height

MAX_CELL = 40
MAX_ROW = 90
MAX_CELLS = 8
_CONTEXT = 12  # characters shown before the first difference of two long texts


def cell_text(cell: object, start: int = 0) -> str:
    """A cell as SQL would write it, from character `start` of a text."""
    if cell is None:
        return "NULL"
    if isinstance(cell, str):
        line = cell[start : start + MAX_CELL + 1].replace("\n", "\\n")
        return f"'{'…' if start else ''}{shortened(line, MAX_CELL)}'"
    if isinstance(cell, bool | int | float | Decimal):
        return shortened(str(cell), MAX_CELL)
    if isinstance(cell, date | datetime | time):
        return f"'{cell}'"
    if isinstance(cell, bytes):
        return shortened(f"x'{cell.hex()}'", MAX_CELL)
    return shortened(str(cell), MAX_CELL)


def name_text(name: str) -> str:
    """A column's name in quotes; DuckDB calls count(*) count_star()."""
    return cell_text(name.replace("count_star()", "count(*)"))


def row_text(row: Sequence[object]) -> str:
    """A row in parentheses, a single cell without, cut after as many cells as fit."""
    if len(row) == 1:
        return cell_text(row[0])
    shown: list[str] = []
    for cell in row:
        text = cell_text(cell)
        if len(shown) == MAX_CELLS or (shown and sum(map(len, shown)) + len(text) > MAX_ROW):
            return f"({', '.join(shown)}, …)"
        shown.append(text)
    return f"({', '.join(shown)})"


def cells_apart(got: object, wanted: object) -> str:
    """Two cells that differ, in words."""
    if got is None or wanted is None:
        return f"{cell_text(got)} where {cell_text(wanted)} was expected"
    start = _where_they_part(got, wanted)
    hint = _hint(got, wanted)
    return f"{cell_text(got, start)}; expected {cell_text(wanted, start)}{f' ({hint})' if hint else ''}"


def counted(number: int, noun: str) -> str:
    """`1 row`, `3 rows`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"


def shortened(text: str, length: int) -> str:
    """At most `length` characters."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _where_they_part(got: object, wanted: object) -> int:
    """Where to begin showing two texts, so that their difference is seen."""
    if not (isinstance(got, str) and isinstance(wanted, str)):
        return 0
    first = next((i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b), None)
    first = min(len(got), len(wanted)) if first is None else first
    return max(0, first - _CONTEXT) if first >= MAX_CELL - _CONTEXT else 0


def _hint(got: object, wanted: object) -> str:
    """What the difference may come from."""
    if isinstance(got, str) and isinstance(wanted, str):
        if got.strip() == wanted.strip():
            return "outer blanks count"
        return "upper and lower case count" if got.casefold() == wanted.casefold() else ""
    if isinstance(got, str) or isinstance(wanted, str):
        return f"a text in {_side(isinstance(got, str))}"
    if isinstance(got, int | float | Decimal) and isinstance(wanted, int | float | Decimal):
        return _number_hint(height(got), height(wanted))
    return ""


def _number_hint(got: float, wanted: float) -> str:
    if got == -wanted:
        return "the sign"
    if abs(got - wanted * 100) <= 1e-6 * abs(got) or abs(got * 100 - wanted) <= 1e-6 * abs(wanted):
        return "a factor of 100"
    if _is_rounded(got, wanted) or _is_rounded(wanted, got):
        return f"rounded in {_side(_is_rounded(got, wanted))}"
    return ""


def _side(answer: bool) -> str:
    return "the answer" if answer else "the reference"


def _is_rounded(number: float, whole: float) -> bool:
    return any(number == round(whole, digits) for digits in range(8))
