"""Meaning-preserving edits: each takes a whole query and offers others that must answer alike on every database.

They are thought to be safe, and run all the same: a rewrite that is found to differ is a bug of its edit or of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from ..facts import Schema
from .conditions import (
    between_split,
    comparison_flipped,
    double_negation,
    in_to_or,
    nots_moved,
    or_to_in,
    parentheses,
    range_to_between,
)
from .counting import case_to_filter, count_one, distinct_to_group, having_outside
from .joining import anti_join, comma_join, join_order, mirrored, using_subquery
from .naming import columns_aliased, order_by_position, pretty, tables_renamed
from .nesting import cte_inlined, derived_to_cte, in_to_exists, wrapped

Rewrite = Callable[[exp.Expr, Schema], Iterator[exp.Expr]]

REWRITES: dict[str, Rewrite] = {
    rewrite.__name__: rewrite
    for rewrite in (
        anti_join,
        between_split,
        case_to_filter,
        columns_aliased,
        comma_join,
        comparison_flipped,
        count_one,
        cte_inlined,
        derived_to_cte,
        distinct_to_group,
        double_negation,
        having_outside,
        in_to_exists,
        in_to_or,
        join_order,
        mirrored,
        nots_moved,
        or_to_in,
        order_by_position,
        parentheses,
        pretty,
        range_to_between,
        tables_renamed,
        using_subquery,
        wrapped,
    )
}

__all__ = ["REWRITES", "Rewrite"]
