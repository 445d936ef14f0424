"""A query as DuckDB's own parser reads it: the tree that is about to run, not what another parser takes the text for.

parsed(connection, "SELECT upper(name) FROM people")     # {"type": "SELECT_NODE", "select_list": [{"function_name": "upper", ...
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb

Node = dict[str, Any]

_SERIALIZE = (
    "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)"
)


def parsed(connection: duckdb.DuckDBPyConnection, sql: str) -> Node:
    """The tree of the single SELECT in `sql`; ValueError with DuckDB's message when there is none, duckdb.Error when it fails itself."""
    try:
        (text,) = connection.execute(_SERIALIZE, [sql]).fetchone() or ("",)
        answer: Node = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply to read") from None
    if answer["error"]:
        raise ValueError(str(answer["error_message"]))
    statements = answer["statements"]
    if len(statements) != 1:
        raise ValueError(f"{len(statements)} statements; allowed: one")
    tree: Node = statements[0]["node"]
    return tree


def nodes(tree: object) -> Iterator[Node]:
    """Every node of a tree, parents first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def name_of(node: Node) -> str:
    """The function that a node calls, in lower case; "" when it calls none."""
    return str(node.get("function_name", "")).lower()


def arguments_of(node: Node) -> list[Any]:
    """The arguments of a call, in order."""
    return [argument["expression"] for argument in node.get("arguments", [])]


def is_literal(node: Node) -> bool:
    """Whether a node is a number, a text or another constant."""
    return node.get("type") == "VALUE_CONSTANT"


def literal_of(node: Node) -> str:
    """The text of a literal; "" for NULL and for what is none."""
    return str(node.get("literal", {}).get("text", ""))
