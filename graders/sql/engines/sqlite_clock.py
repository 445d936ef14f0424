"""A clock that stands still, for SQLite: date('now'), datetime(), CURRENT_TIMESTAMP and their like give one fixed moment, in any query.

SQLite's own date functions do the work; before, 'now' and a missing time become the moment. Times are UTC, so the modifiers 'localtime' and
'utc' change nothing, on any machine.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial

# The position of the first time among the arguments, and how many times there are.
_TIMES = {
    "date": (0, 1), "time": (0, 1), "datetime": (0, 1), "julianday": (0, 1), "unixepoch": (0, 1), "strftime": (1, 1), "timediff": (0, 2),
}  # fmt: skip
_ZONES = ("localtime", "utc")
_CACHED = 10_000
_SHORT = 64

Cell = int | float | str | bytes | None
Function = Callable[..., Cell]


def clock_functions(moment: datetime) -> dict[tuple[str, int], Function]:
    """SQL functions by name and number of arguments (-1: any) that take `moment` for now."""
    native = sqlite3.connect(":memory:", check_same_thread=False)
    known = {name for (name,) in native.execute("SELECT DISTINCT name FROM pragma_function_list")}
    now = f"{moment:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    functions: dict[tuple[str, int], Function] = {
        (name, -1): _remembering(partial(_call, native, name, at, times, now))
        for name, (at, times) in _TIMES.items()
        if name in known
    }
    words = {
        "current_timestamp": f"{moment:%Y-%m-%d %H:%M:%S}",
        "current_date": f"{moment:%Y-%m-%d}",
        "current_time": f"{moment:%H:%M:%S}",
    }
    return functions | {(word, 0): partial(str, text) for word, text in words.items()}


def _call(
    native: sqlite3.Connection, name: str, at: int, times: int, now: str, arguments: tuple[Cell, ...]
) -> Cell:
    given = [_text(argument) for argument in arguments]
    if len(given) == at:
        given.append(now)
    for position in range(at, min(at + times, len(given))):
        if _lower(given[position]) == "now":
            given[position] = now
    given = [value for i, value in enumerate(given) if i < at + times or _lower(value) not in _ZONES]
    holes = ", ".join("?" * len(given))
    result: Cell = native.execute(f"SELECT {name}({holes})", given).fetchone()[0]
    return result


def _text(argument: Cell) -> Cell:
    """Bytes as the text for which SQLite takes them: x'6e6f77' is 'now'."""
    return argument.decode("utf-8", "replace") if isinstance(argument, bytes) else argument


def _lower(argument: Cell) -> str:
    return argument.lower() if isinstance(argument, str) else ""


def _remembering(function: Callable[[tuple[Cell, ...]], Cell]) -> Function:
    """The same function, which remembers short answers: a column of dates repeats, and asking SQLite takes ten times as long."""
    known: dict[tuple[Cell, ...], Cell] = {}

    def remembering(*arguments: Cell) -> Cell:
        try:
            return known[arguments]
        except KeyError:
            result = function(arguments)
        if len(known) < _CACHED and all(type(each) is str and len(each) <= _SHORT for each in arguments):
            known[arguments] = result
        return result

    return remembering
