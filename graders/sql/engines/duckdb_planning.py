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


def refuse_planning(tree: Node) -> str:
    """Why DuckDB would plan this query for too long; empty when it would not."""
    planned = sum(map(_planned, nodes(tree)))
    if planned > MAX_PLANNED:
        return f"its tables and subqueries count {planned}; allowed: {MAX_PLANNED}, of which a subquery takes up to {_EXPRESSION_SUBQUERY}"
    try:
        columns = _columns(tree, {})
    except RecursionError:
        return "nested too deeply to check"
    return f"up to {columns:,} columns; allowed: {MAX_COLUMNS:,}" if columns > MAX_COLUMNS else ""


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
    """The most columns that a query, or one of those inside it, gives."""
    parts = dict(known)
    inner = 0
    for part in query.get("cte_map", {}).get("map", []):
        own = _columns(part["value"]["query_node"], parts)
        parts[str(part["key"]).lower()] = own
        inner = max(inner, own)
    if query.get("type") != "SELECT_NODE":
        arms = [_columns(value, parts) for value in _queries(query)]
        return max([inner, *arms], default=1)
    source = _source(query.get("from_table", {}), parts)
    own = sum(source if _has_star(item) else 1 for item in query.get("select_list", []))
    rest = [value for key, value in query.items() if key not in ("cte_map", "from_table")]
    inside = [_columns(node["subquery"]["node"], parts) for node in nodes(rest) if "subquery" in node]
    return max(own, inner, *inside, 1)


def _queries(node: Node) -> Iterator[Node]:
    """The arms of a UNION, a recursion and the like."""
    for value in node.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and str(each.get("type", "")).endswith("_NODE"):
                yield each


def _source(table: Node, known: _Known) -> int:
    """The columns of what stands in FROM."""
    kind = table.get("type")
    if kind == "JOIN":
        return _source(table["left"], known) + _source(table["right"], known)
    if kind == "SUBQUERY":
        return _columns(table["subquery"]["node"], known)
    if kind == "PIVOT":
        values = sum(1 for node in nodes(table.get("pivots", [])) if node.get("type") == "VALUE_CONSTANT")
        return _source(table["source"], known) + values
    if kind == "EXPRESSION_LIST":
        rows = table.get("values", [])
        return len(rows[0]) if rows else 1
    return known.get(str(table.get("table_name", "")).lower(), TABLE_COLUMNS)


def _has_star(item: Any) -> bool:
    return any(node.get("type") == "STAR" for node in nodes(item))
