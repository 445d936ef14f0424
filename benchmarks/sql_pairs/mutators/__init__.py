"""Typed edits of a query's tree: each takes one node and offers what might stand in its place, None for nothing.

An edit is a guess that the answer changes. Whether it does is found by running, so an edit only avoids what it can see to be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from .aggregates import aggregate, counted, window
from .conditions import boundary, connector, dropped_filter, negated
from .constants import date_part, interval, number, pattern, text
from .context import Context
from .expressions import arithmetic, cast, conditional, fallback, null_if
from .filters import null_excluded, on_to_where, ties_kept
from .joins import join_key, join_kind
from .shapes import distinct, grouping, limit, order, projection, union

Edits = Iterator[tuple[str, exp.Expr | None]]
Edit = Callable[[exp.Expr, Context], Edits]

EDITS: tuple[Edit, ...] = (
    aggregate,
    arithmetic,
    boundary,
    cast,
    conditional,
    connector,
    counted,
    date_part,
    distinct,
    dropped_filter,
    fallback,
    grouping,
    interval,
    join_key,
    join_kind,
    limit,
    negated,
    null_excluded,
    null_if,
    number,
    on_to_where,
    order,
    pattern,
    projection,
    text,
    ties_kept,
    union,
    window,
)

__all__ = ["EDITS", "Context", "Edit", "Edits"]
