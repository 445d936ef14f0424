"""One accepted answer with its results, and what another answer earns beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .comparing.equality import Expected
from .comparing.rules import Rules
from .comparing.similarity import above_chance, table_f1
from .engines.engine import GIVEN, Database, Query, Table
from .instances.blind import blind_queries
from .instances.mutants import relaxed
from .instances.searching import says_nothing
from .linking import Use, agreement, schema_use, tables_f1, text_use
from .ordering import expected_from


@dataclass(frozen=True)
class Gold:
    """One accepted answer; sequences have one entry for each instance.

    tables, expected: its result, and what a right result looks like. chance: the most that answers which know nothing of the question reach
    in `table_f1`; wide_chance: the same where extra columns are allowed, none where they are not. tells: whether its result says something: it has rows, and is not a single NULL, 0 or 1.
    use, text: what it uses of the schema, resolved and read off its text; None when only rows are known.
    given: how many of the instances hold the given rows: the first one, or none.
    """

    sql: str
    tables: tuple[Table, ...]
    expected: tuple[Expected, ...]
    chance: tuple[float, ...]
    tells: tuple[bool, ...]
    use: Use | None = None
    text: Use | None = None
    given: int = 1
    wide_chance: tuple[float, ...] = ()

    def share(self, answers: Sequence[Table]) -> float:
        """How much of the right rows the answers hold beyond chance, 0 to 1: the mean over the instances that say something.

        The given rows count only where no other instance says anything: a prompt may have shown them, and then they can be copied.
        Extra columns that are allowed cost nothing, but then dumping a table is a better blind answer, so an answer may do without them.
        """
        share = self._share(answers, self.chance)
        return max(share, self._share(answers, self.wide_chance, wide=True)) if self.wide_chance else share

    def _share(self, answers: Sequence[Table], chances: Sequence[float], *, wide: bool = False) -> float:
        shares = [
            (above_chance(table_f1(expected, answer, extra_columns=wide), chance) if tells else None)
            for expected, answer, chance, tells in zip(
                self.expected, answers, chances, self.tells, strict=True
            )
        ]
        told = [share for share in shares[self.given :] if share is not None] or [shares[0] or 0.0]
        return sum(told) / len(told)

    def reads(self, tables: frozenset[str]) -> float:
        """How far an answer that reads these tables can have found the rows by reading, 0 to 1: F1 of the tables, or whether there is any."""
        return tables_f1(self.use.tables, tables) if self.use is not None else float(bool(tables))

    def linked(self, answer: Use, answer_text: Use) -> float:
        """How well the answer's tables and columns agree with the gold's, 0 to 1; with rows only: whether it reads a table at all."""
        if self.use is None or self.text is None:
            return float(bool(answer.tables))
        resolved = self.use.resolved and answer.resolved
        return agreement(self.use, answer) if resolved else agreement(self.text, answer_text)

    def unread(self, tables: frozenset[str]) -> str:
        """Why right rows count for nothing, since an answer that reads only these tables cannot have found them; "" when it can."""
        wanted = self.use.tables if self.use else frozenset[str]()
        if not any(self.tells) and not wanted <= tables:
            return f"a constant would meet this result; it counts only when read from: {', '.join(sorted(wanted))}"
        if not tables and (wanted or self.use is None):
            return "the rows are written into the query instead of read from the database"
        return ""

    @cached_property
    def is_constant(self) -> bool:
        """Whether an answer that reads nothing could be right: the result is the same on every instance."""
        return all(table.rows == self.tables[0].rows for table in self.tables)


def gold_of(
    query: Query,
    tables: Sequence[Table],
    database: Database,
    instances: Sequence[str],
    rules: Rules,
) -> Gold:
    """A gold query with its results on the instances."""
    assert query.tree is not None
    use = schema_use(query.tree, database.schema)
    known = frozenset(use.tables & database.schema.tables.keys())
    ignorant = [*blind_queries(database.schema, known), *relaxed(query.tree, database.engine)]
    expected = [
        expected_from(database, i, query, table, rules if i == GIVEN else rules.on_generated)
        for i, table in zip(instances, tables, strict=True)
    ]
    measured = (database, instances, expected, ignorant)
    return Gold(
        query.sql,
        tuple(tables),
        tuple(expected),
        _chances(*measured),
        tuple(not says_nothing(table.rows) for table in tables),
        use,
        text_use(query.tree),
        instances.count(GIVEN),
        _chances(*measured, wide=True) if rules.extra_columns == "allow" else (),
    )


def gold_of_rows(expected: Expected, table: Table, database: Database) -> Gold:
    """Expected rows, which hold for the given instance only."""
    measured = (
        database,
        [GIVEN],
        [expected],
        blind_queries(database.schema, frozenset(database.schema.tables)),
    )
    wide = _chances(*measured, wide=True) if expected.rules.extra_columns == "allow" else ()
    return Gold("", (table,), (expected,), _chances(*measured), (True,), wide_chance=wide)


def _chances(
    database: Database,
    instances: Sequence[str],
    expected: Sequence[Expected],
    ignorant: Sequence[str],
    *,
    wide: bool = False,
) -> tuple[float, ...]:
    """The most that any of these queries reaches against the gold's result on each instance; `wide`: extra columns cost nothing."""
    return tuple(
        _chance(database, i, right, ignorant, wide=wide) for i, right in zip(instances, expected, strict=True)
    )


def _chance(
    database: Database, instance: str, expected: Expected, ignorant: Sequence[str], *, wide: bool
) -> float:
    best = 0.0
    for sql in ignorant:
        answer = database.run(Query(sql, database.engine), instance)
        if isinstance(answer, Table):
            best = max(best, table_f1(expected, answer, extra_columns=wide))
    return best
