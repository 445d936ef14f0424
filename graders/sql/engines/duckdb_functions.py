"""Which functions a query may call and which tables it may read, taken from the catalogue of the DuckDB that runs it.

Allowed are the scalar, aggregate and window functions that the catalogue calls CONSISTENT (same arguments, same result, no side effects),
the macros made of nothing else, five table functions, and what the fixture itself defines, such as its clock (`clock.py`). So
`random`, `pg_sleep`, `write_log`, `current_query_id` and what a later DuckDB adds of their kind stay out without being named here.

A table is named by itself or with a schema of the database. So the catalogue (`duckdb_tables`, `sqlite_master`, SHOW TABLES) is not read,
whose contents differ from process to process, and neither are other instances (`rk_instance_a1.people`) or the given rows beside a
generated instance (`memory.people`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import duckdb

from .duckdb_parsing import Node, name_of, nodes
from .refused_functions import refusal_of

INSTANCE_PREFIX = "rk_instance_"
"""What the catalogues of generated instances are called, before the instance's name."""

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
# DuckDB's own schemas and catalogues; the given rows are in the catalogue `memory`.
_ELSEWHERE = frozenset({"information_schema", "pg_catalog", "system", "memory", "temp"})
_HERE = "SELECT lower(function_name), function_type, internal FROM duckdb_functions()"
_CATALOGUE = """
    SELECT lower(view_name) FROM duckdb_views() WHERE internal
    EXCEPT SELECT lower(table_name) FROM duckdb_columns() WHERE NOT internal AND database_name = 'memory'
"""


@dataclass(frozen=True, slots=True)
class Functions:
    """Lower-case names of a fixture: the functions it knows, those a query may call, those it may read from as a table; and the
    views of the catalogue, which are none of its tables."""

    known: frozenset[str]
    allowed: frozenset[str]
    tables: frozenset[str]
    catalogue: frozenset[str]


def functions_of(connection: duckdb.DuckDBPyConnection) -> Functions:
    """What may be called on this connection's catalogue."""
    rows = connection.execute(_HERE).fetchall()
    own = {name for name, _, internal in rows if not internal}
    own_tables = {name for name, kind, internal in rows if not internal and kind == "table_macro"}
    return Functions(
        frozenset(name for name, _, _ in rows),
        _built_in() | own,
        frozenset(TABLE_FUNCTIONS | own_tables),
        frozenset(name for (name,) in connection.execute(_CATALOGUE).fetchall()),
    )


def refuse_functions(tree: Node, functions: Functions) -> str:
    """Why the functions of a query may not run; empty when they may."""
    for name, from_table in _calls(tree):
        if from_table and name not in functions.tables:
            return f"reads from the function {name}(); allowed: {', '.join(sorted(functions.tables))}"
        if name in functions.known and name not in functions.allowed | functions.tables:
            return refusal_of(name)
    return ""


def refuse_tables(tree: Node, functions: Functions) -> str:
    """Why what a query reads may not be read; empty when it may."""
    for node in nodes(tree):
        kind = node.get("type")
        if kind == "SHOW_REF":
            return "describes tables; only reading them is allowed"
        if kind == "COLUMN_REF" and [name.lower() for name in node["column_names"]] == ["current_catalog"]:
            return "current_catalog is not allowed: it differs between instances"
        if kind == "BASE_TABLE":
            *schema, table = [part.lower() for part in node["qualified_name"]["path"]]
            if len(schema) > 1 or any(map(_is_elsewhere, schema)) or table in functions.catalogue:
                name = ".".join(node["qualified_name"]["path"])
                return f"reads {name}; a table is named by itself or with its schema, and the catalogue is not to be read"
    return ""


def _is_elsewhere(schema: str) -> bool:
    return schema in _ELSEWHERE or schema.startswith(INSTANCE_PREFIX)


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
