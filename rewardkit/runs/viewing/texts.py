"""Texts of a run, cut: a page shows the start of a long one and leads to the rest, which comes in pieces.

Text("SELECT …", 1_000_000, {"what": "completion", "sample": "q7", ...})   # the address of the rest, as a query
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rewardkit.errors import DataError

from .store import Tables

PIECE = 100_000  # characters of a text that one page of it has

_KEY = ("stage", "decoding", "sample", "repeat", "grader")
_VALUE = "CASE WHEN type = 'VARCHAR' THEN value->>'$' ELSE value::VARCHAR END"


@dataclass(frozen=True, slots=True)
class Text:
    """The start of a text, the length of the whole in characters, and what asks for it."""

    shown: str
    length: int
    address: Mapping[str, str | int]

    @property
    def missing(self) -> int:
        """How many characters are not shown."""
        return self.length - len(self.shown)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, from a place on; `where` says whose it is."""

    text: str
    start: int
    length: int
    where: str

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + len(self.text)


def read_piece(tables: Tables, asked: Mapping[str, str]) -> Piece:
    """The piece of a text that a query asks for; DataError when the run has no such text."""
    what, name, start = asked.get("what", ""), asked.get("name", ""), _number(asked.get("from", "0"))
    source, expression, keys, values = _place(tables, what, name)
    key = [asked.get(each, "") for each in keys]
    condition = " AND ".join(f"CAST({each} AS VARCHAR) = ?" for each in keys)
    found = tables.one(
        f"SELECT substr(text, ?, ?), length(text) FROM (SELECT {expression} AS text FROM {source} WHERE {condition} LIMIT 1)",
        [start + 1, PIECE, *values, *key],
    )
    if found is None or found[0] is None:
        raise DataError("the run has no such text; it may have been written anew since the page was made")
    return Piece(found[0], start, found[1], " · ".join(part for part in (what, name, *key) if part))


def columns_of(tables: Tables, sample: str, cut: int) -> dict[str, Text]:
    """The further columns of a sample as texts, in their order."""
    rows = tables.rows(
        f'SELECT key, left({_VALUE}, ?), length({_VALUE}) FROM {tables.samples} s, json_each(s."columns") '
        "WHERE s.sample = ? ORDER BY s.rowid, id",
        [cut, sample],
    )
    return {
        key: Text(shown or "", length or 0, {"what": "column", "name": key, "sample": sample})
        for key, shown, length in rows
    }


def _place(tables: Tables, what: str, name: str) -> tuple[str, str, tuple[str, ...], list[object]]:
    """Where such a text is: the table, the expression, the columns that find it, and the values of the expression."""
    results, samples, faults = tables.results, tables.samples, tables.faults
    places: dict[str, tuple[str, str, tuple[str, ...], list[object]]] = {
        "completion": (results, "completion", _KEY, []),
        "reason": (results, "reason", _KEY, []),
        "part": (results, "list_filter(components, lambda c: c.name = ?)[1].reason", _KEY, [name]),
        "output": (faults, "output", _KEY, []),
        "prompt": (samples, "prompt", ("sample",), []),
        "column": (
            samples,
            f'(SELECT {_VALUE} FROM json_each("columns") WHERE key = ?)',
            ("sample",),
            [name],
        ),
    }
    if what not in places:
        raise DataError(f"there is no kind of text '{what:.40}'; there are {', '.join(places)}")
    return places[what]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
