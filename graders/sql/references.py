"""The reference of a sample, made ready once per process: what the right result is and what it can tell.

A reference is a gold query (several accepted ones separated by `;`), or the expected rows: a list of lists or of objects, or its JSON text.
Gold queries run before any prediction and their results are kept, so that nothing a completion runs can change them.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot.errors import SqlglotError

from rewardkit import Unscored

from .comparing.cells import plain
from .engines.duckdb_databases import Database
from .comparing.equality import Expected, difference, expected_of
from .engines.duckdb_execution import Failure, Table, run
from .engines.gate import Refusal, split_statements
from .linking import Use, agreement, schema_use, text_use
from .ordering import expected_from
from .engines.duckdb_reading import Bound, Unbound, read_query
from .comparing.similarity import above_chance, table_f1

MAX_CACHED = 4_096
MAX_BLIND_TABLES = 8
_GUESSABLE = (None, 0, 1, "")
_CONSTANTS = (0, 1, None)

_Key = tuple[tuple[str, int, int, str], str, str, bool | None]
_golds: OrderedDict[_Key, tuple[Gold, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Gold:
    """One accepted answer.

    use, text: what the gold query uses of the schema, resolved and read off its text; None when only rows are known.
    chance: the most that answers which know nothing reach in `table_f1` on this fixture.
    empty: why this gold can never give full marks; "" when it can.
    guessable: its one row holds nothing but NULL, 0, 1 or '', which a blind constant meets too.
    """

    expected: Expected
    table: Table
    use: Use | None
    text: Use | None
    chance: float
    empty: str
    guessable: bool

    def linked_credit(self, answer: Use, answer_text: Use) -> float:
        """How well the answer's tables and columns agree with the gold's, 0 to 1; with rows only: whether it reads a table at all."""
        if self.use is None or self.text is None:
            return float(bool(answer.tables))
        resolved = self.use.resolved and answer.resolved
        return agreement(self.use, answer) if resolved else agreement(self.text, answer_text)

    def judge(self, answer: Table, tables: frozenset[str]) -> tuple[float, str]:
        """How much of the gold rows `answer`, which reads `tables`, holds beyond chance, 0 to 1; and why it is not exact, or ""."""
        why = self.empty or self._unread(tables)
        if why:
            return 0.0, why
        wrong = difference(self.expected, answer)
        return above_chance(table_f1(self.table, answer), self.chance) if wrong else 1.0, wrong

    def _unread(self, tables: frozenset[str]) -> str:
        """Why rows that happen to be right count for nothing: they were not read from the database. Empty when they were."""
        wanted = self.use.tables if self.use else frozenset[str]()
        if self.guessable and not wanted <= tables:
            return f"a constant would meet this result; it counts only when read from: {', '.join(sorted(wanted))}"
        if not tables and (wanted or self.use is None):
            return "the rows are written into the query instead of read from the database"
        return ""


def golds_of(
    reference: object, database: Database, dialect: str = "duckdb", ordered: bool | None = None
) -> tuple[Gold, ...]:
    """The accepted answers of `reference` on this fixture, from the cache where possible; Unscored (bad_reference) says what is wrong."""
    key = (database.key, _identity(reference), dialect, ordered)
    if key not in _golds:
        _golds[key] = _prepare(reference, database, dialect, ordered)
        while len(_golds) > MAX_CACHED:
            _golds.popitem(last=False)
    _golds.move_to_end(key)
    return _golds[key]


def _prepare(reference: object, database: Database, dialect: str, ordered: bool | None) -> tuple[Gold, ...]:
    if isinstance(reference, str) and not reference.lstrip().startswith(("[", "{")):
        try:
            statements = split_statements(reference, dialect=dialect)
        except SqlglotError as error:
            raise _bad(reference, str(error)) from None
        if not statements:
            raise Unscored(
                "the reference is empty; give a gold query or the expected rows", cause="bad_reference"
            )
        return tuple(_gold_of_query(statement, database, dialect, ordered) for statement in statements)
    table = _table_of_rows(reference)
    expected = expected_of(table, named=_has_names(reference), ordered=bool(ordered))
    return (_gold(expected, table, None, None, database, database.tables(), "the expected rows are empty"),)


def _gold_of_query(sql: str, database: Database, dialect: str, ordered: bool | None) -> Gold:
    read = read_query(sql, database, dialect)
    if isinstance(read, Refusal | Unbound):
        raise _bad(sql, read.why)
    assert isinstance(read, Bound)
    table = run(database, read.query.sql)
    if isinstance(table, Failure):
        raise _bad(sql, table.why)
    use, text = schema_use(read.query.tree, database.schema), text_use(read.query.tree)
    expected = expected_from(database, read.query.tree, table, ordered=ordered)
    empty = f"the gold query returns no rows on {database.name}, so an empty answer proves nothing: never full marks"
    return _gold(expected, table, use, text, database, _named(use.tables, database), empty)


def _gold(
    expected: Expected,
    table: Table,
    use: Use | None,
    text: Use | None,
    database: Database,
    tables: Sequence[str],
    empty: str,
) -> Gold:
    chance = max((table_f1(table, blind) for blind in _blind_answers(database, tables)), default=0.0)
    guessable = len(table.rows) == 1 and all(plain(cell) in _GUESSABLE for cell in table.rows[0])
    return Gold(expected, table, use, text, chance, "" if table.rows else empty, guessable)


def _blind_answers(database: Database, tables: Sequence[str]) -> list[Table]:
    """What somebody would answer who knows the tables but not the question."""
    queries = [
        f"SELECT {what} FROM {table}" for table in tables[:MAX_BLIND_TABLES] for what in ("*", "count(*)")
    ]
    results = [run(database, query) for query in queries]
    constants = [Table(("constant",), [(value,)]) for value in _CONSTANTS]
    return [*constants, *(result for result in results if isinstance(result, Table))]


def _named(tables: frozenset[str], database: Database) -> list[str]:
    """The quoted names of the tables that a query uses by lower-case bare name."""
    return [
        f'"{schema}"."{table}"'
        for schema, members in database.columns.items()
        for table in members
        if table.lower() in tables
    ]


def _table_of_rows(reference: object) -> Table:
    """Expected rows as a table; Unscored unless they are a list of lists, or of objects with the same keys, all of one width."""
    rows = reference
    if isinstance(rows, str):
        try:
            rows = json.loads(rows)
        except ValueError as error:
            raise _bad(rows, f"is no JSON: {error}") from None
    if not isinstance(rows, list | tuple):
        raise _bad(str(rows), "expected rows are a list of lists or of objects")
    if all(isinstance(row, dict) for row in rows) and rows:
        names = tuple(str(name) for name in rows[0])
        if any(tuple(row) != names for row in rows):
            raise _bad(str(rows), "the objects have different keys")
        return Table(names, [tuple(row.values()) for row in rows])
    if not all(isinstance(row, list | tuple) for row in rows) or len({len(row) for row in rows}) > 1:
        raise _bad(
            str(rows), "expected rows are a list of lists of one length (one value a row: [[42], [43]])"
        )
    width = len(rows[0]) if rows else 0
    return Table(tuple(f"column_{i}" for i in range(1, width + 1)), [tuple(row) for row in rows])


def _has_names(reference: object) -> bool:
    rows = json.loads(reference) if isinstance(reference, str) else reference
    return isinstance(rows, list | tuple) and bool(rows) and isinstance(rows[0], dict)


def _identity(reference: object) -> str:
    return reference if isinstance(reference, str) else f"rows {json.dumps(reference, default=str)}"


def _bad(reference: str, why: str) -> Unscored:
    return Unscored(
        f"the reference does not work: {why} (reference: {reference[:200]})", cause="bad_reference"
    )
