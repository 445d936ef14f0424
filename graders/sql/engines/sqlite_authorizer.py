"""What a query on SQLite may do, decided by SQLite's compiler: it asks for every table read and every function called, inside views too.

Allowed is what is listed: SELECT, recursion, reading the database's own tables and the two table functions of JSON, and functions
whose result depends on their arguments alone. So ATTACH, PRAGMA, writing, transactions, temporary tables, load_extension, the
catalogue (sqlite_master, pragma_table_info) and what a later SQLite adds stay out without being named.

PRAGMA trusted_schema stays on: off, it would refuse our own clock functions inside the database's views; what a view calls is asked for here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from .refused_functions import refusal_of
from .sqlite_limits import Bounds

FUNCTIONS = frozenset({
    "abs", "char", "coalesce", "concat", "concat_ws", "format", "glob", "hex", "if", "ifnull", "iif", "instr", "length", "like",
    "likelihood", "likely", "lower", "ltrim", "max", "min", "nullif", "octet_length", "printf", "quote", "replace", "round", "rtrim",
    "sign", "soundex", "substr", "substring", "trim", "typeof", "unhex", "unicode", "unistr", "unlikely", "upper", "zeroblob",
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "ceil", "ceiling", "cos", "cosh", "degrees", "exp", "floor", "ln",
    "log", "log10", "log2", "mod", "pi", "pow", "power", "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc",
    "current_date", "current_time", "current_timestamp", "date", "datetime", "julianday", "strftime", "time", "timediff", "unixepoch",
    "avg", "count", "cume_dist", "dense_rank", "first_value", "group_concat", "lag", "last_value", "lead", "median", "nth_value",
    "ntile", "percent_rank", "percentile", "percentile_cont", "percentile_disc", "rank", "row_number", "string_agg", "sum", "total",
    "->", "->>", "json", "json_array", "json_array_insert", "json_array_length", "json_error_position", "json_extract",
    "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch", "json_pretty", "json_quote", "json_remove",
    "json_replace", "json_set", "json_type", "json_valid",
})  # fmt: skip
TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})

_READING = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
_DONE_BY = {
    sqlite3.SQLITE_INSERT: "INSERT",
    sqlite3.SQLITE_UPDATE: "UPDATE",
    sqlite3.SQLITE_DELETE: "DELETE",
    sqlite3.SQLITE_PRAGMA: "PRAGMA",
}


class Authorizer:
    """Answers SQLite for one connection; `denied` says why it last said no, empty when it did not.

    tables: the names as declared; hidden: those in lower case that may not be read.
    """

    def __init__(self, tables: Iterable[str], hidden: Iterable[str], bounds: Bounds) -> None:
        self.denied = ""
        self._tables = TABLE_FUNCTIONS.union(tables)
        self._hidden = frozenset(hidden)
        self._bounds = bounds

    def __call__(
        self, action: int, first: str | None, second: str | None, database: str | None, source: str | None
    ) -> int:
        if self._bounds.is_over():
            self.denied = "takes too long to compile"
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_READ:
            allowed = first in self._tables or (not second and self._is_visible(first or ""))
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = second in FUNCTIONS
        else:
            allowed = action in _READING
        if allowed:
            return sqlite3.SQLITE_OK
        self.denied = _reason(action, first, second)
        return sqlite3.SQLITE_DENY

    def _is_visible(self, name: str) -> bool:
        """Without a column SQLite gives the name as the query writes it, which may be one of its own WITH parts."""
        return not name.lower().startswith("sqlite_") and name.lower() not in self._hidden


def _reason(action: int, first: str | None, second: str | None) -> str:
    if action == sqlite3.SQLITE_FUNCTION:
        return refusal_of((second or "").lower())
    if action == sqlite3.SQLITE_READ:
        return f"reads {first}; only the tables of the database may be read, not its catalogue"
    if first == "sqlite_master":  # SQLite sets a table function up when it is first used
        return f"reads from a table function; allowed: {', '.join(sorted(TABLE_FUNCTIONS))}"
    return f"{_DONE_BY.get(action, 'what it does')} is not allowed: only reading is"
