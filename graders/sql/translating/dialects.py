"""Queries of other dialects, translated for the engine that runs them, never silently.

    translate("SELECT to_char(d, 'YYYY') FROM t", read="postgres", write="duckdb", schema={"t": {"d": "DATE"}})
    Translation("SELECT STRFTIME(d, '%Y') FROM t", ("TO_CHAR(d, 'YYYY') -> STRFTIME(d, '%Y')",))

sqlglot does most of it; what it misses of Postgres is in `postgres.py`. The caller checks what comes out as it would any text: nothing
here looks at what a query may do, or at its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from . import other_dialects, postgres, to_sqlite
from .dialect_notes import differences
from .postgres_types import POSTGRES_FAMILY
from .rewriting import Unsupported


@dataclass(frozen=True, slots=True)
class Translation:
    """A query in the dialect of the engine. `notes` say what was rewritten, for the person; empty when nothing was."""

    sql: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untranslatable:
    """Why a text has no counterpart that means the same."""

    why: str


def translate(
    text: str,
    *,
    read: str,
    write: str,
    schema: Mapping[str, Mapping[str, str]],
    keys: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Translation | Untranslatable:
    """The single query in `text`, of dialect `read`, as the engine `write` ("duckdb" or "sqlite") understands it.

    schema: types by lower-case column by lower-case table. keys: for each table the sets of its columns that are unique together and never NULL.
    """
    try:
        sql = _translated(text, read, write, schema, keys or {})
        return Translation(sql, differences(text, sql, read=read, write=write))
    except SqlglotError as error:
        why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    except RecursionError:
        why = "it is nested too deeply"
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ):  # sqlglot's own, over calls without their arguments
        why = "it is not understood"
    return Untranslatable(f"cannot be translated from {read}: {why}")


def _translated(
    text: str,
    read: str,
    write: str,
    schema: Mapping[str, Mapping[str, str]],
    keys: Mapping[str, Sequence[Sequence[str]]],
) -> str:
    trees = postgres.parse(text, read) if read in POSTGRES_FAMILY else sqlglot.parse(text, dialect=read)
    if len(trees) != 1 or not isinstance(trees[0], exp.Query | exp.Values):
        raise Unsupported("it is not one query")
    tree: exp.Expr = trees[0]
    if write == "duckdb":
        source = postgres if read in POSTGRES_FAMILY else other_dialects
        tree = source.rewritten(tree, read, schema, keys)
    else:
        tree = to_sqlite.rewritten(tree, read, schema)
    return tree.sql(dialect=write, unsupported_level=ErrorLevel.RAISE)
