"""What the grader asks of an engine, the same for DuckDB (`duckdb_databases.py`) and SQLite (`sqlite_databases.py`).

A database is opened once per process and holds several *instances*: the rows as given (`GIVEN`) and generated ones, which have the same
tables with other rows. A query is read once (`read`: the gate) and then run on as many instances as there are.

    query = database.read("SELECT name FROM people")           # Query, or a Refusal with its reason
    database.run(query)                                        # Table, or a typed Failure
    database.add_instance("a1", {"people": [(1, "Ann")]})
    database.run(query, "a1")

Every run is read-only, bounded in time and rows, and sees nothing that another run left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Protocol

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .schema import Schema

EngineName = Literal["duckdb", "sqlite"]
FailureKind = Literal["unbound", "error", "timeout", "memory", "too_many_rows", "broken"]
Row = tuple[Any, ...]
PortableRow = tuple[int | float | bool | str | None, ...]
"""A row to be stored or made up: what is no number, boolean or NULL is text that the engine reads as the column's type ('2024-01-31')."""

GIVEN = ""
"""The name of the instance that holds the rows as they were given."""

MAX_ROWS = 10_000
MAX_CELLS = 200_000
"""Of a result, rows x columns: a query may give a thousand columns as well."""
QUERY_LIMIT_MS = 2_000


@dataclass(frozen=True, slots=True)
class Table:
    """A result: column names (may repeat) and rows in the order in which they came."""

    names: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a query gave no table. "too_many_rows": or too many cells. "unbound": it names a table, column or function that is not there, or mixes up types; "broken": the database itself no longer answers."""

    kind: FailureKind
    why: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text may not run."""

    why: str


@dataclass(frozen=True)
class Query:
    """One query that may run: its text without a trailing `;` or comments around it, and the engine's own handle of it, if it has one."""

    sql: str
    dialect: EngineName
    handle: Any = None

    @cached_property
    def tree(self) -> exp.Expr | None:
        """sqlglot's tree; None where sqlglot cannot read what the engine can. Not to be changed: copy it first."""
        try:
            return sqlglot.parse_one(self.sql, dialect=self.dialect)
        except (SqlglotError, RecursionError):
            return None


class Database(Protocol):
    """An open database of either engine."""

    @property
    def key(self) -> str:
        """Identifies engine, content and clock: the same key means the same rows."""

    @property
    def name(self) -> str:
        """What messages call it: the file's or folder's name."""

    @property
    def engine(self) -> EngineName:
        """Which engine runs its queries; sqlglot's name of the dialect too."""

    @property
    def schema(self) -> Schema:
        """Its tables, columns and keys."""

    def read(self, text: str) -> Query | Refusal:
        """The single reading query in `text`, or why it may not run. Names and types are checked only when it runs."""

    def run(self, query: Query, instance: str = GIVEN, *, max_rows: int = MAX_ROWS) -> Table | Failure:
        """The rows of `query` on an instance; nothing it does outlives the call. A result of more than `max_rows` is a Failure."""

    def rows_of(self, table: str, limit: int) -> list[PortableRow]:
        """The first `limit` rows of a table as given, columns as in the schema; `table` is a name of the schema."""

    def add_instance(
        self, name: str, rows: Mapping[str, Sequence[PortableRow]], *, keep_order: bool = False
    ) -> None:
        """Make an instance: `rows` by the schema's table names, tables left out are empty. ValueError where a value does not fit its column.

        `keep_order`: the rows lie in the order in which they come, also those that their key would put in its own.
        """

    def drop_instance(self, name: str) -> None:
        """Forget an instance; one that is not there is no error."""

    def is_alive(self) -> bool:
        """Whether it still answers, as far as its runs have shown; a fatal error inside the engine ends every later query."""

    def close(self) -> None:
        """Release it; closing twice is no error."""
