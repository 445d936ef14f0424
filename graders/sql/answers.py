"""Read an answer and run it on every instance of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .comparing.unbound import explain_unbound
from .engines.engine import GIVEN, Database, Failure, Query, Refusal, Table
from .engines.gate import check
from .translating.dialect_names import USUAL

MAX_ADVICE = 3


@dataclass(frozen=True, slots=True)
class Ran:
    """A query that ran on every instance: its results, and what was rewritten to make it mean the same here (nothing as written)."""

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
    text: str, database: Database, instances: Sequence[str], dialect: str = "", *, advise: bool = True
) -> Ran | Failed | Refusal:
    """The results of `text`; with a `dialect`, as translated from it.

    A text that needs no translation, or whose translation does not bind, runs as written. `advise`: where it does not bind, and no dialect is
    given, the failure says in which dialects it would run.
    """
    translated = _translated(text, database, instances, dialect) if dialect else None
    ran = translated or _run(text, database, instances)
    if dialect or not advise or isinstance(ran, Ran):
        return ran
    if isinstance(ran, Refusal):
        return Refusal(ran.why + _advice(text, database))
    if ran.failure.kind != "unbound":
        return ran
    return replace(ran, failure=Failure("unbound", ran.failure.why + _advice(text, database)))


def _advice(text: str, database: Database) -> str:
    """In which other dialects a text that does not run as written would run."""
    found = [dialect for dialect in USUAL if isinstance(_translated(text, database, [GIVEN], dialect), Ran)]
    shown = " or ".join(f'"{dialect}"' for dialect in found[:MAX_ADVICE])
    return f"; it runs with dialect={shown}" if shown else ""


def _translated(text: str, database: Database, instances: Sequence[str], dialect: str) -> Ran | Failed | None:
    """None where there is nothing to translate, or what came out does not bind."""
    from .translating.dialects import Translation, translate  # only where a translation is asked for

    checked = check(text, dialect=dialect)  # its size: translating looks at every part many times
    if isinstance(checked, Refusal):
        return None
    translation = translate(
        checked, read=dialect, write=database.engine, schema=database.schema.columns(), keys=_keys(database)
    )
    if not isinstance(translation, Translation) or not translation.notes:
        return None
    ran = _run(translation.sql, database, instances)
    if isinstance(ran, Refusal) or (isinstance(ran, Failed) and ran.failure.kind == "unbound"):
        return None
    return replace(ran, notes=translation.notes)


def _run(text: str, database: Database, instances: Sequence[str]) -> Ran | Failed | Refusal:
    query = database.read(text)
    if isinstance(query, Refusal):
        return query
    tables: list[Table] = []
    for instance in instances:
        table = database.run(query, instance)
        if isinstance(table, Failure):
            return Failed(query, _explained(table, query, database))
        tables.append(table)
    return Ran(query, tuple(tables))


def _explained(failure: Failure, query: Query, database: Database) -> Failure:
    if failure.kind != "unbound":
        return failure
    return Failure("unbound", explain_unbound(failure.why, database.schema, query.sql))


def _keys(database: Database) -> dict[str, list[tuple[str, ...]]]:
    """The unique keys of each table whose columns are never NULL."""
    return {
        name: [key for key in table.keys if not {c.name for c in table.columns if c.nullable} & set(key)]
        for name, table in database.schema.tables.items()
    }
