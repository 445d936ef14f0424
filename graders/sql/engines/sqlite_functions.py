"""instr, replace, trim and printf for SQLite, in time proportional to the text.

SQLite's own take length x length and cannot be interrupted inside a call: instr of half a million characters in a million takes 7 s,
printf('%.*c', 2000000000, 'x') 15 s, although the result is too long to be given. These give the same results and look at the deadline.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence

from .sqlite_clock import Cell, Function
from .sqlite_limits import Bounds

_LONG = 1_000  # characters; shorter texts are not worth a look at the clock
_MAX_TRIMMED = 1_000
_CONVERSION = re.compile(r"%[-+ #0,!]*(\*|\d*)(?:\.(\*|\d*))?l{0,2}(.?)", re.DOTALL)
_DIGITS = re.compile(r"\d+")


def bounded_functions(bounds: Bounds) -> dict[tuple[str, int], Function]:
    """SQL functions by name and number of arguments (-1: any); what gets longer than the bounds allow is "string or blob too big"."""
    native = sqlite3.connect(":memory:", check_same_thread=False)

    def text(value: Cell) -> str | None:
        """As SQLite casts it."""
        if value is None or type(value) is str:
            result = value
        elif isinstance(value, bytes):
            result = value.decode("utf-8", "replace")
        elif isinstance(value, int):
            result = str(value)
        else:
            result = str(native.execute("SELECT CAST(? AS TEXT)", (value,)).fetchone()[0])
        if result is not None and len(result) > _LONG and bounds.is_over():
            raise TimeoutError
        return result

    def instr(value: Cell, part: Cell) -> Cell:
        if isinstance(value, bytes) and isinstance(part, bytes):
            return value.find(part) + 1
        whole, searched = text(value), text(part)
        return None if whole is None or searched is None else whole.find(searched) + 1

    def replace(value: Cell, old: Cell, new: Cell) -> Cell:
        whole, pattern = text(value), text(old)
        if whole is None or pattern is None:
            return None
        if not pattern:
            return whole if isinstance(value, bytes) else value
        other = text(new)
        if other is None:
            return None
        growth = len(other) - len(pattern)
        if growth > 0 and len(whole) + whole.count(pattern) * growth > bounds.longest:
            raise OverflowError  # SQLite says: string or blob too big
        return whole.replace(pattern, other)

    def trimming(strip: Callable[[str, str], str]) -> Function:
        def trim(value: Cell, characters: Cell) -> Cell:
            whole, ends = text(value), text(characters)
            if whole is None or ends is None:
                return None
            if len(ends) > _MAX_TRIMMED:
                raise OverflowError
            return strip(whole, ends)

        return trim

    def printf(*arguments: Cell) -> Cell:
        if arguments and _widths(text(arguments[0]) or "", arguments[1:]) > bounds.longest:
            raise OverflowError
        holes = ", ".join("?" * len(arguments))
        result: Cell = native.execute(f"SELECT printf({holes})", arguments).fetchone()[0]
        return result

    return {
        ("instr", 2): instr,
        ("replace", 3): replace,
        ("trim", 2): trimming(str.strip),
        ("ltrim", 2): trimming(str.lstrip),
        ("rtrim", 2): trimming(str.rstrip),
        ("printf", -1): printf,
        ("format", -1): printf,
    }


def _widths(pattern: str, arguments: Sequence[Cell]) -> float:
    """The widths and precisions that a pattern asks for, together; `*` takes one from an argument."""
    total, values = 0.0, iter(arguments)
    for *sizes, letter in _CONVERSION.findall(pattern):
        for size in sizes:
            total += _largest(next(values, None) if size == "*" else size)
        if letter != "%":
            next(values, None)
    return total


def _largest(value: Cell) -> float:
    """The largest number that SQLite could take a value for."""
    if isinstance(value, int | float):
        return abs(value)
    text = value.decode("latin-1") if isinstance(value, bytes) else value or ""
    return max((float(digits) for digits in _DIGITS.findall(text)), default=0.0)
