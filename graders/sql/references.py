"""The reference of a sample, made ready once per process: the accepted answers, and the instances on which they are told from wrong ones.

A reference is a gold query (several accepted ones separated by `;`), or the expected rows: a list of lists or of objects, or its JSON text.
Gold queries run before any prediction and their results are kept, so that nothing a completion runs can change them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from sqlglot.errors import SqlglotError

from rewardkit import Unscored

from .answers import Failed, Ran, run_everywhere
from .comparing.equality import expected_of
from .engines.duckdb_clock import parse_clock
from .engines.engine import GIVEN, Database, Query, Refusal
from .engines.gate import split_statements
from .expected_rows import has_names, table_of_rows
from .golds import Gold, gold_of, gold_of_rows
from .instances.searching import Search, given_rows, search
from .instances.storing import key_of, store, stored
from .settings import Settings

MAX_TASKS = 64
MAX_PROOF = 600


class BadReference(Unscored):
    """A reference that will not work another time either; where it might (a time limit, a database that died), a plain Unscored is raised."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A task, or why there is none, and the database on which this was found out."""

    database: Database
    task: Task | BadReference

    def close(self) -> None:
        if isinstance(self.task, Task):
            self.task.close()


_prepared: OrderedDict[tuple[str, str, Settings], _Prepared] = OrderedDict()
_PASSING = frozenset({"timeout", "memory", "broken"})


@dataclass(frozen=True)
class Task:
    """What an answer is held against.

    database: where it runs. instances: the names of its instances, the given one first, if it judges; labels: what each is like, "" for the given
    one. golds: the accepted answers. search: how the generated instances were found; None for expected rows. outcomes: what answers earned, by their SQL.
    """

    database: Database
    instances: tuple[str, ...]
    labels: tuple[str, ...]
    golds: tuple[Gold, ...]
    search: Search | None = None
    outcomes: dict[str, object] = field(default_factory=dict)

    @cached_property
    def proof(self) -> str:
        """What a right answer was held against, for its reason; `rewardkit test` shows it to the author."""
        notes = "".join(f"; {note}" for note in self.search.notes) if self.search else ""
        if self.search is None or not self.search.instances:
            return f"note: right on the given rows{notes}"
        told = self.search.mutants - len(self.search.survivors)
        alive = (
            "; not told apart: " + ", ".join(m.sql for m in self.search.survivors[:2])
            if self.search.survivors
            else ""
        )
        others = len(self.search.instances)
        where = "the given rows and " if self.search.judges_given else ""
        where += f"{others} generated instance{'s' if others > 1 else ''}"
        proof = f"note: right on {where}, which tell {told} of {self.search.mutants} wrong variants apart{notes}{alive}"
        return proof[:MAX_PROOF]

    def close(self) -> None:
        """Drop the generated instances."""
        for name in self.instances:
            if name != GIVEN and self.database.is_alive():
                self.database.drop_instance(name)


def task_of(reference: object, database: Database, settings: Settings) -> Task:
    """The task of `reference` on this database, from the cache where possible; Unscored (bad_reference) says what is wrong."""
    key = (database.key, _identity(reference), settings)
    known = _prepared.get(key)
    if known is None or known.database is not database:  # one that was opened again has lost its instances
        name = sha256(repr(key).encode()).hexdigest()[:12]
        known = _prepared[key] = _Prepared(database, _task_or_why_not(reference, database, settings, name))
        while len(_prepared) > MAX_TASKS:
            _prepared.popitem(last=False)[1].close()
    _prepared.move_to_end(key)
    if isinstance(known.task, BadReference):
        raise known.task.with_traceback(None)
    return known.task


def _task_or_why_not(
    reference: object, database: Database, settings: Settings, name: str
) -> Task | BadReference:
    try:
        return _prepare(reference, database, settings, name)
    except BadReference as error:
        return error


def _prepare(reference: object, database: Database, settings: Settings, name: str) -> Task:
    if not isinstance(reference, str) or reference.lstrip().startswith(("[", "{")):
        table = table_of_rows(reference)
        expected = expected_of(table, settings.rules, named=has_names(reference))
        return Task(
            database,
            (GIVEN,),
            ("",),
            (gold_of_rows(expected, table, database),),
        )
    statements = _statements(reference, settings.dialect or database.engine)
    golds = [_run_gold(statement, database, (GIVEN,), settings) for statement in statements]
    found = _found([gold.query for gold in golds], database, settings)
    instances, labels = ([GIVEN], [""]) if found.judges_given else ([], [])
    for number, instance in enumerate(found.instances, start=1):
        database.add_instance(f"{name}_{number}", instance.rows)
        instances.append(f"{name}_{number}")
        labels.append(f"generated instance {number} ({instance.label})")
    golds = [
        _run_gold(statement, database, instances, settings) if found.instances else gold
        for gold, statement in zip(golds, statements, strict=True)
    ]
    prepared = tuple(gold_of(gold.query, gold.tables, database, instances, settings.rules) for gold in golds)
    task = Task(database, tuple(instances), tuple(labels), prepared, found)
    if not any(table.rows for gold in prepared for table in gold.tables):
        task.close()
        raise BadReference(_says_nothing(prepared[0], database, settings))
    return task


def _statements(reference: str, dialect: str) -> list[str]:
    try:
        statements = split_statements(reference, dialect=dialect)
    except SqlglotError as error:
        raise _bad(reference, str(error)) from None
    if not statements:
        raise BadReference("the reference is empty; give a gold query or the expected rows")
    return statements


def _run_gold(sql: str, database: Database, instances: Sequence[str], settings: Settings) -> Ran:
    ran = run_everywhere(sql, database, instances, settings.dialect)
    if isinstance(ran, Refusal):
        raise _bad(sql, ran.why)
    if isinstance(ran, Failed):
        kind = Unscored if ran.failure.kind in _PASSING else BadReference
        raise _bad(sql, ran.failure.why, kind)
    return ran


def _found(golds: Sequence[Query], database: Database, settings: Settings) -> Search:
    """The search for these golds, from disk where it was made before."""
    given = given_rows(database)
    key = key_of(database.engine, database.schema, given, [gold.sql for gold in golds], settings)
    found = stored(key)
    if found is None:
        found = search(
            database,
            golds,
            settings.instances - 1,
            given=given,
            clock=parse_clock(settings.clock),
            rules=settings.rules,
        )
        store(key, found)
    return found


def _says_nothing(gold: Gold, database: Database, settings: Settings) -> str:
    where = f"on {database.name}" + ("" if settings.instances == 1 else " nor on any generated instance")
    return f"the gold query returns no rows {where}, so an empty answer would be right: it cannot tell right from wrong ({gold.sql[:200]})"


def _identity(reference: object) -> str:
    return reference if isinstance(reference, str) else f"rows {json.dumps(reference, default=str)}"


def _bad(reference: str, why: str, kind: type[Unscored] = BadReference) -> Unscored:
    return kind(f"the reference does not work: {why} (reference: {reference[:200]})")
