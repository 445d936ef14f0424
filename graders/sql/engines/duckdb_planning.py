"""How much of a query DuckDB would have to plan.

Its time limit holds for running only: while a query is bound and planned nothing interrupts it. Two things grow beyond all bounds there,
and both are weighed in the tree of what is about to run:

    joins      thirty correlated subqueries, or sixty LATERAL ones, take half a minute
    columns    SELECT *, *, *, * FROM (SELECT *, *, *, * FROM (...)) ten deep is a million columns
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .duckdb_parsing import Node, nodes

MAX_PLANNED = 100
MAX_COLUMNS = 10_000
TABLE_COLUMNS = 10  # assumed of a table

# In tables that are joined on a condition. A subquery may be correlated, and its own tables count beside it.
_EXPRESSION_SUBQUERY = 4
_FROM_SUBQUERY = 3
_TABLE = 1
_SHARED_COLUMNS = 1  # NATURAL and USING: every shared column is a condition

_Known = Mapping[str, int]
"""The columns of the parts of WITH that are in scope."""


class _TooWide(ValueError):
    """Why a part has too many columns."""


def refuse_planning(tree: Node) -> str:
    """Why DuckDB would plan this query for too long; empty when it would not."""
    planned = sum(map(_planned, nodes(tree)))
    if planned > MAX_PLANNED:
        return f"its tables and subqueries count {planned}; allowed: {MAX_PLANNED}, of which a subquery takes up to {_EXPRESSION_SUBQUERY}"
    try:
        _columns(tree, {})
    except _TooWide as error:
        return str(error)
    except RecursionError:
        return "nested too deeply to check"
    return ""


def _planned(node: Node) -> int:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        return _TABLE
    if kind == "JOIN":
        return _SHARED_COLUMNS * (node.get("ref_type") == "NATURAL" or "using_columns" in node)
    if kind == "SUBQUERY":
        return _EXPRESSION_SUBQUERY if "subquery_type" in node else _FROM_SUBQUERY
    return 0


def _columns(query: Node, known: _Known) -> int:
    """How many columns a query gives; _TooWide where it or a query inside it has too many."""
    parts = dict(known)
    for part in query.get("cte_map", {}).get("map", []):
        parts[str(part["key"]).lower()] = _columns(part["value"]["query_node"], parts)
    if query.get("type") != "SELECT_NODE":
        _look_inside(query.get("modifiers"), parts)
        return max((_columns(arm, parts) for arm in _arms(query)), default=1)
    source = _source(query.get("from_table", {}), parts)
    given = sum(source if _has_star(item) else 1 for item in query.get("select_list", []))
    if max(source, given) > MAX_COLUMNS:
        raise _TooWide(f"up to {max(source, given):,} columns; allowed: {MAX_COLUMNS:,}")
    _look_inside([value for key, value in query.items() if key not in ("cte_map", "from_table")], parts)
    return given


def _look_inside(expressions: object, known: _Known) -> None:
    for query in _subqueries(expressions):
        _columns(query, known)


def _subqueries(tree: object) -> Iterator[Node]:
    """The outermost subqueries of expressions."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "subquery" in node:
                yield node["subquery"]["node"]
            waiting.extend(value for key, value in node.items() if key != "subquery")
        elif isinstance(node, list):
            waiting.extend(node)


def _arms(node: Node) -> Iterator[Node]:
    """The arms of a UNION, a recursion and the like."""
    for value in node.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and str(each.get("type", "")).endswith("_NODE"):
                yield each


def _source(table: Node, known: _Known) -> int:
    """The columns of what stands in FROM."""
    kind = table.get("type")
    if kind == "SUBQUERY":
        return _columns(table["subquery"]["node"], known)
    _look_inside([value for key, value in table.items() if key not in ("left", "right", "source")], known)
    if kind == "JOIN":
        return _source(table["left"], known) + _source(table["right"], known)
    if kind == "PIVOT":
        values = sum(1 for node in nodes(table.get("pivots", [])) if node.get("type") == "VALUE_CONSTANT")
        return _source(table["source"], known) + values
    if kind == "EXPRESSION_LIST":
        rows = table.get("values", [])
        return len(rows[0]) if rows else 1
    return known.get(str(table.get("table_name", "")).lower(), TABLE_COLUMNS)


def _has_star(item: Any) -> bool:
    return any(node.get("type") == "STAR" for node in nodes(item))
