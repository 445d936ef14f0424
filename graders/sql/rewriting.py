"""Trees of SQL changed by small rules, which write what they want as text with places to fill.

def division(node):
    return fill("a // b", a=node.left, b=node.right)      # brackets come where they are needed

apply_rules(tree, {exp.Div: division})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import UnsupportedError

Rule = Callable[[Any], exp.Expr | None]
"""Gets a node whose parts are done already; returns what stands in its place, or None where it stays (it may have changed inside)."""

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
            node.replace(changed)
    done: exp.Expr = holder.this
    return done.pop()


def fill_in(dialect: str, template: str, /, **parts: exp.Expr) -> exp.Expr:
    """The tree of a template in which the columns named as in `parts` are replaced by copies of them."""
    holder = exp.Paren(this=_tree(template, dialect).copy())
    for column in list(holder.find_all(exp.Column)):
        part = parts.get(column.name, column).copy()
        needs_brackets = isinstance(part, exp.Binary | exp.Unary) and not isinstance(column.parent, exp.Func)
        column.replace(exp.Paren(this=part) if needs_brackets else part)
    filled: exp.Expr = holder.this
    return filled.pop()


@cache
def _tree(template: str, dialect: str) -> exp.Expr:
    return sqlglot.parse_one(template, dialect=dialect)


fill = partial(fill_in, "duckdb")


def quoted(text: str) -> str:
    """A string of SQL."""
    return "'" + text.replace("'", "''") + "'"
