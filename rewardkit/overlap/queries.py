"""SQL queries that are the same but for their literals.

    select name from Pets where age > 5     and     SELECT "name" FROM pets WHERE age > -7;

Most queries differ in their words already, which costs microseconds to see; only where those agree does sqlglot read both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

_TEXT_OR_COMMENT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r'"[^"]*"')
_NAME = re.compile(r"[a-z_]\w*")
_OPTIONAL = frozenset({"as", "asc", "inner", "outer"})
_LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")


class Queries:
    """The evaluation's queries by row, each with its database; empty where a row has none."""

    def __init__(self, queries: Sequence[str], databases: Sequence[str]) -> None:
        self._queries, self._databases = queries, databases
        self._rows: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for row, query in enumerate(queries):
            if query:
                for names in _names(query):
                    self._rows[names].append(row)

    def like(self, query: str, database: str) -> list[int]:
        """The evaluation rows whose query is this one but for literals, on this database or one that is not named."""
        if not (query and self._rows):
            return []
        found = {row for names in _names(query) for row in self._rows.get(names, ())}
        return [
            row
            for row in sorted(found)
            if self._same_database(row, database)
            and without_literals(query) == without_literals(self._queries[row])
        ]

    def _same_database(self, row: int, database: str) -> bool:
        return not (database and self._databases[row]) or database == self._databases[row]


def _names(query: str) -> set[frozenset[str]]:
    """The words of a query outside texts, with those in double quotes and without: they may be names or, in some dialects, texts."""
    bare = _TEXT_OR_COMMENT.sub(" ", query).casefold()
    return {frozenset(_NAME.findall(text)) - _OPTIONAL for text in (bare, _QUOTED.sub(" ", bare))}


@lru_cache(maxsize=65_536)
def without_literals(query: str) -> str:
    """The query in one form, with `?` for every literal or list of them; of one that sqlglot cannot read, its text with `?`."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        trees = [tree.transform(_blank) for tree in sqlglot.parse(query) if tree is not None]
        return "; ".join(tree.sql(comments=False) for tree in trees)
    except (SqlglotError, RecursionError):
        return " ".join(_LITERAL.sub("?", query).casefold().rstrip("; \n").split())


def _blank(node: exp.Expression) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return exp.Placeholder()
    if isinstance(node, exp.Literal) or _is_quoted_text(node):
        return exp.Placeholder()
    if isinstance(node, exp.In) and all(isinstance(item, exp.Literal) for item in node.expressions):
        node.set("expressions", node.expressions[:1])
    if isinstance(node, exp.Identifier):
        return exp.to_identifier(node.name.casefold(), quoted=False)
    return node


def _is_quoted_text(node: exp.Expression) -> bool:
    """Whether it is `"France"` in `country = "France"`: SQLite and MySQL take it for text, the standard for a column."""
    from sqlglot import exp

    return (
        isinstance(node, exp.Column)
        and isinstance(node.this, exp.Identifier)
        and node.this.quoted
        and not node.table
        and isinstance(node.parent, exp.Binary)
        and node.arg_key == "expression"
    )
