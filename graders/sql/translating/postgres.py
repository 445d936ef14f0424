"""A Postgres query as a tree that sqlglot writes for DuckDB, where sqlglot alone would be wrong or at a loss.

    SELECT c.name, to_char(max(o.placed), 'YYYY-MM') FROM c JOIN o USING (id) GROUP BY c.id
    SELECT c.name, strftime(max(o.placed), '%Y-%m') FROM c JOIN o USING (id) GROUP BY c.id, c.name

What a query says is in `parse`, what it leaves unsaid in `postgres_outputs.py`, which function stands for which in `postgres_calls.py` and
`postgres_rules.py`. Not covered: what differs at run time only (a division by zero is an error in Postgres, NULL in DuckDB).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlglot
from sqlglot import Token, TokenType, exp

from .postgres_outputs import add_dependent_columns, drop_public, name_outputs
from .postgres_rules import RULES
from .postgres_types import MARK
from .query_types import copy_types, qualified
from .rewriting import apply_rules

_MARKED = frozenset({
    "to_char", "to_date", "to_timestamp", "to_number", "regexp_match", "regexp_matches", "make_interval", "date_bin", "date_part", "now",
})  # fmt: skip
_TYPES = frozenset({"date", "time", "timestamp", "timestamptz", "interval"})
_UNITS = frozenset({"year", "month", "day", "hour", "minute", "second"})


def parse(text: str, dialect: str) -> list[exp.Expr | None]:
    """sqlglot's trees of the statements in a text, with what sqlglot would lose kept.

    Functions whose patterns it would read as its own get a mark before their name. `date '2024-01-31'::text` casts the date, not the string,
    and `interval '1 day 12:30:00'` has a time of day.
    """
    tokens = sqlglot.tokenize(text, dialect=dialect)
    for place in reversed(range(len(tokens) - 1)):
        first, second = tokens[place], tokens[place + 1]
        if _is_marked(first, second):
            text = text[: first.start] + MARK + text[first.start :]
        elif _is_typed_literal(*tokens[place : place + 3]):
            literal = text[second.start : second.end + 1]
            text = f"{text[: first.start]}CAST({literal} AS {first.text}){text[second.end + 1 :]}"
    return sqlglot.parse(text, dialect=dialect)


def _is_marked(token: Token, following: Token) -> bool:
    named = token.token_type != TokenType.IDENTIFIER and token.text.lower() in _MARKED
    return named and following.token_type == TokenType.L_PAREN


def _is_typed_literal(kind: Token, literal: Token, following: Token | None = None) -> bool:
    """`interval '1 day'`, but not `interval '1' day`."""
    typed = kind.token_type not in (TokenType.IDENTIFIER, TokenType.STRING) and kind.text.lower() in _TYPES
    unit = following is not None and following.text.lower() in _UNITS
    return typed and literal.token_type == TokenType.STRING and not (unit and kind.text.lower() == "interval")


def rewritten(
    tree: exp.Expr,
    dialect: str,
    schema: Mapping[str, Mapping[str, str]],
    keys: Mapping[str, Sequence[Sequence[str]]],
) -> exp.Expr:
    """The tree, made by `parse`, in functions and clauses that mean in DuckDB what they meant; Unsupported when there are none."""
    drop_public(tree)
    copy = qualified(tree, schema, dialect)
    copy_types(tree, copy)
    add_dependent_columns(tree, copy, keys)
    name_outputs(tree)
    return apply_rules(tree, RULES)
