"""Whether what gold queries return depends on the order in which rows are stored.

    SELECT city, first(name) FROM people GROUP BY city
    SELECT * FROM visits WHERE person = (SELECT id FROM people ORDER BY pay LIMIT 1)      steady only if one has the least pay

Such a result is one of several right ones. To find out, the queries run once more on the same rows in reverse, where any two rows have changed
places, and shuffled. What a right answer is allowed anyway (rows that share a sort key at the outermost LIMIT) does not count. Queries that
choose nothing (no ORDER BY, no LIMIT, no window, no aggregate but counts, sums, means and extremes) are steady without a run.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from ..comparing.equality import Expected
from ..comparing.rules import Rules
from ..comparing.verdicts import is_right
from ..engines.engine import Database, Failure, PortableRow, Query, Table
from ..ordering import expected_from
from .lineage import tables_read

Stored = Mapping[str, Sequence[PortableRow]]
SHUFFLES = 4
"""Orders tried on the given rows, besides the reverse."""

_STEADY_AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.Stddev, exp.Variance)
_ORDERED = "ordered"
_REORDERED = "reordered"


@dataclass(frozen=True)
class Golds:
    """The accepted queries, which run on the database's given rows, and the rules by which answers are compared."""

    database: Database
    queries: Sequence[Query]
    rules: Rules

    @cached_property
    def tables(self) -> set[str]:
        """The tables whose rows the queries may read."""
        trees = [query.tree for query in self.queries]
        schema = self.database.schema
        if None in trees:
            return set(schema.tables)
        return set[str]().union(*(tables_read(tree, schema) for tree in trees if tree is not None))

    def expected(self, instance: str) -> list[Expected] | None:
        """The right result of each query on an instance; None where one fails."""
        found: list[Expected] = []
        for query in self.queries:
            table = self.database.run(query, instance)
            if isinstance(table, Failure):
                return None
            found.append(self.right(query, instance, table))
        return found

    def right(self, query: Query, instance: str, table: Table) -> Expected:
        """What a right result looks like on an instance where a query gave this table."""
        return expected_from(self.database, instance, query, table, self.rules)

    def are_steady(self, rows: Stored, expected: Sequence[Expected], *, shuffles: int = 1) -> bool:
        """Whether each query gives what is expected when the rows are stored in other orders."""
        if not self.may_depend_on_order:
            return True
        read = {name: members for name, members in rows.items() if name in self.tables}
        rng = random.Random(len(read))
        if not self._give(expected, {name: members[::-1] for name, members in read.items()}):
            return False
        return all(
            self._give(expected, {name: rng.sample(members, len(members)) for name, members in read.items()})
            for _ in range(shuffles)
        )

    def are_steady_on(self, given: Stored) -> bool:
        """Whether the results do not depend on the order of the given rows; where it cannot be found out, they do not."""
        if not self.may_depend_on_order:
            return True
        try:
            self.database.add_instance(_ORDERED, given)
            expected = self.expected(_ORDERED)
            return expected is None or self.are_steady(given, expected, shuffles=SHUFFLES)
        except ValueError:  # a value that does not go in as it came out
            return True
        finally:
            self.database.drop_instance(_ORDERED)

    @cached_property
    def may_depend_on_order(self) -> bool:
        """Whether a query has a part that may; always on SQLite, where a column beside an aggregate is any row's."""
        if self.database.engine == "sqlite":
            return True
        trees = [query.tree for query in self.queries]
        return any(tree is None or any(map(_may_choose, tree.walk())) for tree in trees)

    def _give(self, expected: Sequence[Expected], rows: Stored) -> bool:
        self.database.add_instance(_REORDERED, rows, keep_order=True)
        try:
            for query, right in zip(self.queries, expected, strict=True):
                again = self.database.run(query, _REORDERED)
                if isinstance(again, Failure) or not is_right(right, again):
                    return False
            return True
        finally:
            self.database.drop_instance(_REORDERED)


def _may_choose(node: exp.Expr) -> bool:
    """Whether a part of a query may take one row and leave another that is as good, or show in which order they come."""
    if isinstance(node, exp.AggFunc):
        return not isinstance(node, _STEADY_AGGREGATES)
    if isinstance(node, exp.Column):
        return node.name.lower() == "rowid"
    if isinstance(node, exp.Join):
        return (node.method or "").upper() not in ("", "NATURAL")
    if isinstance(node, exp.Distinct):
        return node.args.get("on") is not None
    return isinstance(
        node, exp.Limit | exp.Offset | exp.Fetch | exp.Order | exp.Window | exp.Anonymous | exp.TableSample
    )
