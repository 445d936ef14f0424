"""From a text to a query that this fixture can run, in DuckDB's dialect or, only if asked for, translated from Postgres's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot.errors import ErrorLevel, SqlglotError

from rewardkit import Unscored

from .duckdb_databases import Database
from .duckdb_execution import bind
from .duckdb_functions import refuse_functions, unknown_function
from .gate import Query, Refusal, check
from .duckdb_parsing import parsed
from .duckdb_sizes import refuse_sizes

DIALECTS = ("duckdb", "postgres")


@dataclass(frozen=True, slots=True)
class Bound:
    """A query whose tables, columns and types exist. `note` says what was rewritten, and why; empty when it runs as written."""

    query: Query
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unbound:
    """A readable query that names something the fixture does not have, or is otherwise not valid on it."""

    query: Query
    why: str


def read_query(text: str, database: Database, dialect: str = "duckdb") -> Bound | Unbound | Refusal:
    """Read `text` as written; with dialect="postgres" and only where that fails, once more as sqlglot translates it."""
    written = _read(text, database)
    if isinstance(written, Bound) or dialect == "duckdb":
        return written
    translated = _translated(text, dialect)
    if isinstance(translated, Refusal):
        return written if isinstance(written, Unbound) else translated
    read = _read(translated, database)
    if isinstance(read, Bound):
        return Bound(read.query, f"rewritten from {dialect} to DuckDB, since as written: {written.why}")
    return written if isinstance(written, Unbound) or isinstance(read, Refusal) else read


def check_dialect(dialect: str) -> None:
    """Unscored (bad_reference) unless the dialect is one that this grader reads."""
    if dialect not in DIALECTS:
        raise Unscored(f"dialect {dialect!r}; allowed: {', '.join(DIALECTS)}", cause="bad_reference")


def _read(text: str, database: Database) -> Bound | Unbound | Refusal:
    query = check(text)
    if isinstance(query, Refusal):
        return query
    try:
        tree = parsed(database.connection, query.sql)
    except ValueError as error:
        return Unbound(query, str(error))
    refusal = refuse_functions(tree, database.functions) or refuse_sizes(tree)
    if refusal:
        return Refusal(refusal)
    if unknown := unknown_function(tree, database.functions):
        return Unbound(query, unknown)
    failure = bind(database, query.sql)
    return Unbound(query, failure.why) if failure else Bound(query)


def _translated(text: str, dialect: str) -> str | Refusal:
    query = check(text, dialect=dialect)
    if isinstance(query, Refusal):
        return query
    try:
        return query.tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
    except (SqlglotError, ValueError, RecursionError) as error:
        return Refusal(f"cannot be translated from {dialect}: {error}")
