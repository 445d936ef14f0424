"""Trees of SQL changed by small rules, which write what they want as text with places to fill.

def division(node):
    return fill("a // b", a=node.left, b=node.right)      # brackets come where they are needed

apply_rules(tree, {exp.Div: division})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import islice
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import UnsupportedError

Rule = Callable[[Any], exp.Expr | None]
"""Gets a node whose parts are done already; returns what stands in its place, or None where it stays (it may have changed inside)."""

MAX_REPEATED = 200  # nodes of a part that a template names more than once; nested, they would multiply

Rules = Mapping[type[exp.Expr], Rule]


class Unsupported(UnsupportedError):
    """Why a query cannot be translated."""


def apply_rules(tree: exp.Expr, rules: Rules) -> exp.Expr:
    """The tree with every rule applied once, innermost nodes first. What takes a node's place has its type."""
    holder = exp.Paren(this=tree)
    for node in reversed(list(tree.walk(bfs=False))):
        rule = rules.get(type(node))
        changed = rule(node) if rule else None
        if changed is not None:
            changed.type = changed.type or node.type
            node.replace(exp.Paren(this=changed) if _would_fall_apart(node, changed) else changed)
    done: exp.Expr = holder.this
    return done.pop()


def _would_fall_apart(node: exp.Expr, changed: exp.Expr) -> bool:
    """Whether an operation that takes the place of a call needs brackets: in `a / extract(...)`."""
    parent = node.parent
    operand = isinstance(parent, exp.Binary) or (
        isinstance(parent, exp.Condition) and not isinstance(parent, exp.Func | exp.Paren)
    )
    return operand and isinstance(changed, exp.Binary | exp.Unary) and not isinstance(node, exp.Binary)


def fill_in(dialect: str, template: str, /, **parts: exp.Expr) -> exp.Expr:
    """The tree of a template in which the columns named as in `parts` are replaced by these; they leave the tree they were in."""
    holder = exp.Paren(this=_tree(template, dialect).copy())
    columns = list(holder.find_all(exp.Column))
    for name, part in parts.items():
        places = [column for column in columns if column.name == name]
        if len(places) > 1 and sum(1 for _ in islice(part.walk(), MAX_REPEATED)) == MAX_REPEATED:
            raise Unsupported("a long expression that would be written out several times")
        part.pop()
        for column in places:
            _place(part if len(places) == 1 else part.copy(), column)
    filled: exp.Expr = holder.this
    return filled.pop()


def _place(part: exp.Expr, column: exp.Column) -> None:
    """Put a part where a column stands, in brackets unless a function's own are around it."""
    loose = isinstance(part, exp.Binary | exp.Unary) and not isinstance(column.parent, exp.Func)
    column.replace(exp.Paren(this=part) if loose else part)


@cache
def _tree(template: str, dialect: str) -> exp.Expr:
    return sqlglot.parse_one(template, dialect=dialect)


fill = partial(fill_in, "duckdb")


def quoted(text: str) -> str:
    """A string of SQL."""
    return "'" + text.replace("'", "''") + "'"
