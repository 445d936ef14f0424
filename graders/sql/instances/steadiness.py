"""Whether what gold queries return depends on the order in which rows are stored.

    SELECT city, first(name) FROM people GROUP BY city
    SELECT * FROM visits WHERE person = (SELECT id FROM people ORDER BY pay LIMIT 1)      steady only if one has the least pay

Such a result is one of several right ones. To find out, the queries run once more on the same rows in reverse, where any two rows have changed
places, and shuffled. What a right answer is allowed anyway (rows that share a sort key at the outermost LIMIT) does not count.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..comparing.equality import Expected
from ..comparing.verdicts import is_right
from ..engines.engine import Database, Failure, PortableRow, Query, Table
from .lineage import tables_read

Expect = Callable[[Query, str, Table], Expected]
"""What a right result looks like on an instance where a gold query gave this table."""

Rows = Mapping[str, Sequence[PortableRow]]
_ORDERED = "ordered"
_REORDERED = "reordered"


@dataclass(frozen=True)
class Golds:
    """The accepted queries, which run on the database's given rows."""

    database: Database
    queries: Sequence[Query]
    expect: Expect

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
            found.append(self.expect(query, instance, table))
        return found

    def are_steady(self, rows: Rows, expected: Sequence[Expected]) -> bool:
        """Whether each query gives what is expected when the rows are stored in another order."""
        read = {name: members for name, members in rows.items() if name in self.tables}
        rng = random.Random(len(read))
        backwards = {name: members[::-1] for name, members in read.items()}
        shuffled = {name: rng.sample(members, len(members)) for name, members in read.items()}
        return all(self._give(expected, order) for order in (backwards, shuffled))

    def are_steady_on(self, given: Rows) -> bool:
        """Whether the results do not depend on the order of the given rows; where it cannot be found out, they do not."""
        try:
            self.database.add_instance(_ORDERED, given)
            expected = self.expected(_ORDERED)
            return expected is None or self.are_steady(given, expected)
        except ValueError:  # a value that does not go in as it came out
            return True
        finally:
            self.database.drop_instance(_ORDERED)

    def _give(self, expected: Sequence[Expected], rows: Rows) -> bool:
        self.database.add_instance(_REORDERED, rows)
        try:
            for query, right in zip(self.queries, expected, strict=True):
                again = self.database.run(query, _REORDERED)
                if isinstance(again, Failure) or not is_right(right, again):
                    return False
            return True
        finally:
            self.database.drop_instance(_REORDERED)
