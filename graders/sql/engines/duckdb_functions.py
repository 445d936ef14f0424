"""Which functions a query may call, taken from the catalogue of the DuckDB that runs it.

Allowed are the scalar, aggregate and window functions that the catalogue calls CONSISTENT (same arguments, same result, no side effects),
the macros made of nothing else, five table functions, and what the fixture itself defines, such as its clock (`clock.py`). So
`random`, `pg_sleep`, `write_log`, `current_query_id` and what a later DuckDB adds of their kind stay out without being named here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb

from .duckdb_parsing import Node, name_of, nodes

TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree"})
# CONSISTENT by the catalogue, or macros around a keyword, and still no pure functions: the real clock, a random sample, the query's own plan.
_LEFT_OUT = frozenset(
    {"ago", "pg_conf_load_time", "pg_postmaster_start_time", "reservoir_quantile", "json_serialize_plan"}
)

_BUILT_IN = """
    SELECT DISTINCT lower(function_name) FROM duckdb_functions()
    WHERE stability = 'CONSISTENT' AND NOT has_side_effects AND function_name NOT LIKE '\\_\\_%' ESCAPE '\\'
"""
_MACROS = """
    SELECT lower(function_name), json_serialize_sql('SELECT ' || macro_definition) FROM duckdb_functions()
    WHERE function_type = 'macro' AND internal
"""
_HERE = "SELECT lower(function_name), function_type, internal FROM duckdb_functions()"


@dataclass(frozen=True, slots=True)
class Functions:
    """The functions of a fixture by lower-case name: all it knows, those a query may call, and those it may read from as a table."""

    known: frozenset[str]
    allowed: frozenset[str]
    tables: frozenset[str]


def functions_of(connection: duckdb.DuckDBPyConnection) -> Functions:
    """What may be called on this connection's catalogue."""
    rows = connection.execute(_HERE).fetchall()
    own = {name for name, _, internal in rows if not internal}
    own_tables = {name for name, kind, internal in rows if not internal and kind == "table_macro"}
    return Functions(
        frozenset(name for name, _, _ in rows), _built_in() | own, frozenset(TABLE_FUNCTIONS | own_tables)
    )


def refuse_functions(tree: Node, functions: Functions) -> str:
    """Why the functions of a query may not run; empty when they may."""
    for name, from_table in _calls(tree):
        if from_table and name not in functions.tables:
            return f"reads from the function {name}(); allowed: {', '.join(sorted(functions.tables))}"
        if name in functions.known and name not in functions.allowed:
            return f"{name}() is not allowed: its result depends on more than its arguments, or it does more than give one"
    return ""


def _calls(tree: Node) -> Iterator[tuple[str, bool]]:
    """The name of each function that is called, and whether the query reads from it as from a table."""
    for node in nodes(tree):
        if node.get("type") == "TABLE_FUNCTION":
            yield name_of(node["function"]), True
        elif name := name_of(node):
            yield name, False


@cache
def _built_in() -> frozenset[str]:
    """The functions of this DuckDB that are pure; macros only where everything they call is."""
    with duckdb.connect(":memory:") as connection:
        allowed = {name for (name,) in connection.execute(_BUILT_IN).fetchall()} - _LEFT_OUT | {
            "unnest",
            "error",
        }
        macros: dict[str, set[str]] = {}
        for name, definition in connection.execute(_MACROS).fetchall():
            macros.setdefault(name, set()).update(called for called, _ in _calls(json.loads(definition)))
    while added := {name for name, called in macros.items() if called <= allowed} - allowed - _LEFT_OUT:
        allowed |= added  # macros of macros: until a round adds none
    return frozenset(allowed)
