"""Read an answer and run it on every instance of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .engines.engine import Database, Failure, Query, Refusal, Table


@dataclass(frozen=True, slots=True)
class Ran:
    """A query that ran on every instance: its results, and what was rewritten to make it run (none as written)."""

    query: Query
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A query that did not run on one of the instances."""

    query: Query
    failure: Failure
    notes: tuple[str, ...] = ()


def run_everywhere(
    text: str, database: Database, instances: Sequence[str], dialect: str = ""
) -> Ran | Failed | Refusal:
    """The results of `text`, as written; with a `dialect`, and only where that does not bind, as translated from it."""
    written = _run(text, database, instances)
    if (
        not dialect
        or isinstance(written, Ran)
        or (isinstance(written, Failed) and written.failure.kind != "unbound")
    ):
        return written
    from .dialects import Translation, translate  # only where a translation is asked for

    translation = translate(
        text, read=dialect, write=database.engine, schema=database.schema.columns(), keys=_keys(database)
    )
    if not isinstance(translation, Translation):
        return written if isinstance(written, Failed) else Refusal(translation.why)
    ran = _run(translation.sql, database, instances)
    if isinstance(ran, Refusal) or (isinstance(ran, Failed) and ran.failure.kind == "unbound"):
        return written
    return (
        Ran(ran.query, ran.tables, translation.notes)
        if isinstance(ran, Ran)
        else Failed(ran.query, ran.failure, translation.notes)
    )


def _run(text: str, database: Database, instances: Sequence[str]) -> Ran | Failed | Refusal:
    query = database.read(text)
    if isinstance(query, Refusal):
        return query
    tables: list[Table] = []
    for instance in instances:
        table = database.run(query, instance)
        if isinstance(table, Failure):
            return Failed(query, table)
        tables.append(table)
    return Ran(query, tuple(tables))


def _keys(database: Database) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {name: table.keys for name, table in database.schema.tables.items()}
