"""Tables that are written into a sample instead of lying in a file.

    {"people": [{"id": 1, "name": "Ann"}, {"id": 2, "name": None}]}
    {"people": {"columns": ["id", "name"], "rows": [[1, "Ann"], [2, None]]}}

The two forms are the same table. None is NULL. A column's type follows its values: whole numbers BIGINT, numbers DOUBLE, Decimals DECIMAL,
True and False BOOLEAN, bytes BLOB, Python dates DATE, datetimes TIMESTAMP, text VARCHAR, nothing but None VARCHAR. Text stays text, also
where it looks like a date or a number: '2024-01-02' in JSON is compared as text. Values of one column must be of one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from typing import Any, TypeGuard

from .engine import Row

_FORMS = '[{"id": 1, "name": "Ann"}, ...] or {"columns": ["id", "name"], "rows": [[1, "Ann"], ...]}'
_CELLS = "None, bool, int, float, Decimal, str, bytes, date and datetime"
_DIGITS = 38  # of a DECIMAL; longer ones are held as DOUBLE
_INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """Column names, their types in DuckDB's words, and rows whose values are of those types."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[Row]


def written_tables(tables: Mapping[object, object]) -> dict[str, WrittenTable]:
    """The tables by name, in the order given; ValueError says what is wrong and what to write instead."""
    if not tables:
        raise ValueError(f"holds no tables; write each as 'name': {_FORMS}")
    _check_names([*tables], "table", "its tables")
    return {str(name): _table(str(name), table) for name, table in tables.items()}


def _table(name: str, table: object) -> WrittenTable:
    columns, rows = _columns_and_rows(name, table)
    _check_names(columns, "column", f"table {name!r}")
    for position, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            raise ValueError(f"table {name!r}, row {position}: {len(row)} values for {len(columns)} columns")
    if not rows:
        return WrittenTable(columns, ("VARCHAR",) * len(columns), [])
    typed = [
        _typed(f"table {name!r}, column {column!r}", values)
        for column, values in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    return WrittenTable(
        columns,
        tuple(kind for kind, _ in typed),
        list(zip(*(values for _, values in typed), strict=True)),
    )


def _columns_and_rows(name: str, table: object) -> tuple[tuple[str, ...], list[Row]]:
    if isinstance(table, Mapping) and set(table) == {"columns", "rows"}:
        columns, rows = table["columns"], table["rows"]
        if _is_list(columns) and columns and _is_list(rows) and all(_is_list(row) for row in rows):
            return tuple(columns), [tuple(row) for row in rows]
    elif _is_list(table) and table and table[0] and all(isinstance(row, Mapping) for row in table):
        columns = tuple(table[0])
        return columns, [_values(name, columns, row, i) for i, row in enumerate(table, start=1)]
    elif _is_list(table) and not table:
        raise ValueError(
            f"table {name!r} has no rows, so its columns are not known; "
            'write {"columns": ["id", "name"], "rows": []}'
        )
    raise ValueError(f"table {name!r} is not a list of rows; write {_FORMS}")


def _values(name: str, columns: tuple[str, ...], row: Mapping[str, object], position: int) -> Row:
    if row.keys() != set(columns):
        missing = [column for column in columns if column not in row]
        more = [column for column in row if column not in columns]
        what = f"no {missing[0]!r}" if missing else f"{more[0]!r}, which row 1 does not have"
        raise ValueError(
            f"table {name!r}, row {position} has {what}; give every row the same columns, None for NULL"
        )
    return tuple(row[column] for column in columns)


def _check_names(names: Sequence[object], what: str, where: str) -> None:
    """Names are texts, and no two are the same to SQL, which does not tell capitals apart."""
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not name.strip() or "\0" in name or _is_broken(name):
            raise ValueError(f"{where}: {name!r} is no {what} name; a name is a text that is not empty")
        if name.lower() in seen:
            raise ValueError(f"{where}: two {what}s are called {name!r}; capitals make no difference in SQL")
        seen.add(name.lower())


def _is_list(value: object) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _typed(where: str, values: Iterable[object]) -> tuple[str, list[object]]:
    """The column's type, and its values as that type."""
    cells = list(values)
    kinds = {_kind(where, cell) for cell in cells if cell is not None}
    if not kinds:
        return "VARCHAR", cells
    for members, kind, convert in _MIXTURES:
        if kinds <= members:
            if kind == "DECIMAL":
                return _decimals(cells)
            return kind, [None if cell is None else convert(cell) for cell in cells]
    raise ValueError(f"{where} mixes {' and '.join(sorted(kinds))}; write its values as one kind")


# What a column may hold together -> its type and how each value is made one. The first that holds all kinds counts.
_MIXTURES: tuple[tuple[frozenset[str], str, Callable[..., object]], ...] = (
    (frozenset({"truth values"}), "BOOLEAN", bool),
    (frozenset({"truth values", "whole numbers"}), "BIGINT", int),
    (frozenset({"whole numbers", "decimals"}), "DECIMAL", Decimal),
    (frozenset({"truth values", "whole numbers", "decimals", "numbers"}), "DOUBLE", float),
    (frozenset({"text"}), "VARCHAR", str),
    (frozenset({"bytes"}), "BLOB", bytes),
    (frozenset({"dates"}), "DATE", lambda day: day),
    (
        frozenset({"dates", "moments"}),
        "TIMESTAMP",
        lambda day: day if isinstance(day, datetime) else datetime.combine(day, time()),
    ),
)
_KINDS: tuple[tuple[type, str], ...] = (  # a bool is an int too and a datetime a date: these come first
    (bool, "truth values"), (int, "whole numbers"), (float, "numbers"), (str, "text"), (bytes, "bytes"),
    (Decimal, "decimals"), (datetime, "moments"), (date, "dates"),
)  # fmt: skip


def _kind(where: str, cell: object) -> str:
    kind = next((name for type_, name in _KINDS if isinstance(cell, type_)), "")
    if not kind:
        raise ValueError(f"{where} holds a {type(cell).__name__}; allowed: {_CELLS}")
    if isinstance(cell, int) and cell not in _INT64:
        raise ValueError(f"{where} holds {cell}, more than 64 bits; write it as a float or as text")
    if isinstance(cell, str) and _is_broken(cell):
        raise ValueError(f"{where} holds half a character (a lone surrogate), which is no text")
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        raise ValueError(f"{where} holds a moment with a time zone; write it in UTC without one")
    return kind


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def _decimals(cells: Sequence[object]) -> tuple[str, list[object]]:
    """DECIMAL with the digits that the values need; DOUBLE where they are NaN or too long."""
    numbers = [None if cell is None else Decimal(str(cell)) for cell in cells]
    parts = [number.as_tuple() for number in numbers if number is not None]
    exponents = [part.exponent for part in parts if isinstance(part.exponent, int)]
    scale = max(0, *(-exponent for exponent in exponents), 0)
    whole = max(chain((1,), (len(part.digits) + e for part, e in zip(parts, exponents, strict=False))))
    if len(exponents) < len(parts) or whole + scale > _DIGITS:
        return "DOUBLE", [None if number is None else float(number) for number in numbers]
    return f"DECIMAL({whole + scale},{scale})", list(numbers)
