"""An engine's message about a name that is not there, in words that say what is.

    Binder Error: Referenced column "nam" not found in FROM clause! ...      there is no column 'nam'; nearest: people.name
    no such table: peple                                                     there is no table 'peple'; nearest: people

    Referenced column "Bern" not found ..., for city = "Bern"                there is no column 'Bern'; a text takes single quotes: 'Bern'

Both engines' wordings are known; any other message passes through, cut to its first line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from ..engines.schema import Schema, TableSchema
from .wording import shortened

MAX_NEAREST = 3
MAX_MESSAGE = 200
_ALIKE = 0.8  # DuckDB suggests now() for nope()

_COLUMN = re.compile(
    r'Referenced column "([^"]+)" not found'
    r'|Table "([^"]+)" does not have a column named "([^"]+)"'
    r'|Column "([^"]+)" does not exist on (?:left|right) side of join'
    r"|cannot join using column (.+) - column not present"
    r"|no such column: (.+)"
)
_TABLE = re.compile(
    r'Table with name "?([^"\s]+)"? does not exist'
    r'|Referenced table "([^"]+)" not found'
    r"|no such table: (.+)"
)
_FUNCTION = re.compile(r"Function with name (\S+) does not exist|no such function: (\S+)")
_SUGGESTED = re.compile(r'Did you mean "([^"]+)"')


def explain_unbound(why: str, schema: Schema, sql: str = "") -> str:
    """`why` retold where it names a column, table or function that does not exist in `sql`, with the nearest ones of the schema."""
    first = why.strip().partition("\n")[0]
    if found := _COLUMN.search(first):
        name = _name_in(found)
        return shortened(_no_column(name, schema) + _meant_as_text(name, schema, sql), MAX_MESSAGE)
    if found := _TABLE.search(first):
        return shortened(_no_table(_name_in(found), schema), MAX_MESSAGE)
    if found := _FUNCTION.search(first):
        name = _name_in(found)
        suggested = get_close_matches(name.lower(), _SUGGESTED.findall(why), cutoff=_ALIKE)
        return shortened(f"there is no function '{name}'{_nearest(suggested)}", MAX_MESSAGE)
    return shortened(first, MAX_MESSAGE)


def _name_in(found: re.Match[str]) -> str:
    """What the message calls the missing name, after its table where the message has one."""
    return ".".join(name for name in found.groups() if name is not None)


def _no_column(name: str, schema: Schema) -> str:
    owner, _, column = name.rpartition(".")
    table = schema.tables.get(owner.rpartition(".")[2].lower())
    if table is not None and _has(table, column):
        return _not_in_from(owner)
    if table is not None:
        own = _close(column, [one.name for one in table.columns])
        return (
            f"table '{table.name}' has no column '{column}'{_nearest(own or _columns_like(column, schema))}"
        )
    owners = [one.name for one in schema.tables.values() if _has(one, column)]
    if owners and not owner:
        return f"column '{column}' is not available there; it is in: {', '.join(owners[:MAX_NEAREST])}"
    return f"there is no column '{name}'{_nearest(_columns_like(column, schema))}"


def _meant_as_text(name: str, schema: Schema, sql: str) -> str:
    """A hint where the name stood in double quotes, by itself, and is that of no column."""
    if (
        f'"{name}"' not in sql
        or f'."{name}"' in sql
        or any(_has(table, name) for table in schema.tables.values())
    ):
        return ""
    return "; a text takes single quotes: '" + name.replace("'", "''") + "'"


def _no_table(name: str, schema: Schema) -> str:
    if name.lower() in schema.tables:
        return _not_in_from(name)
    tables = [table.name for table in schema.tables.values()]
    return f"there is no table '{name}'{_nearest(_close(name.rpartition('.')[2], tables))}"


def _not_in_from(table: str) -> str:
    return f"table '{table}' is not in the FROM clause there"


def _has(table: TableSchema, column: str) -> bool:
    return any(one.name.lower() == column.lower() for one in table.columns)


def _columns_like(name: str, schema: Schema) -> list[str]:
    """The nearest columns of all tables, as table.column."""
    owners: dict[str, list[str]] = {}
    for table in schema.tables.values():
        for column in table.columns:
            owners.setdefault(column.name, []).append(table.name)
    return [f"{table}.{column}" for column in _close(name, owners) for table in owners[column]]


def _close(name: str, names: Iterable[str]) -> list[str]:
    """The names that look like `name`, the most alike first, whatever their case."""
    lower: dict[str, str] = {}
    for one in names:
        lower.setdefault(one.lower(), one)
    return [lower[one] for one in get_close_matches(name.lower(), lower, n=MAX_NEAREST)]


def _nearest(names: Sequence[str]) -> str:
    return f"; nearest: {', '.join(names[:MAX_NEAREST])}" if names else ""
