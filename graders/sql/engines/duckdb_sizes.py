"""How long the texts and lists of a query may get.

DuckDB interrupts a query between calls, never inside one, and neither its time limit nor its memory limit sees what one call allocates:
`repeat('x', 2000000000)` and eight nested `replace(..., 'x', 'xxxxxxxxxx')` are one call each. So the longest value is estimated before
the query runs, from the lengths of its literals and an assumed 100 characters for a column's cell:

    replace(replace(name, 'a', 'bb'), 'b', 'cc')      100 x 2 x 2 = 400

The estimate does not see what the rows hold, how many of them string_agg() joins, or how often a recursion doubles a text; there the
process's memory limit and its deadline decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import Any

from .duckdb_parsing import Node, arguments_of, is_literal, literal_of, name_of, nodes
from .duckdb_ranges import elements, largest_number
from .plain_queries import CELL, NOT_GROWING

MAX_SIZE = 100_000  # characters or elements of one value; DuckDB works on 2,048 of them at a time
MAX_RANGE = 1_000_000  # rows of range() and generate_series() as a table

# The position of the argument that says how long the result gets.
_COUNTED = {
    "repeat": 1, "lpad": 1, "rpad": 1, "bitstring": 1, "list_resize": 1, "array_resize": 1, "equi_width_bins": 2,
}  # fmt: skip
_RANGES = frozenset({"range", "generate_series"})
_FORMATS = frozenset({"printf", "format"})
_REPLACING = frozenset({"replace", "regexp_replace"})
_REDUCING = frozenset({"reduce", "list_reduce", "array_reduce"})
# The most characters that these write for one.
_TIMES = {
    "bin": 8, "to_binary": 8, "hex": 2, "to_hex": 2, "url_encode": 3, "to_base64": 2, "base64": 2, "regexp_escape": 2,
    "json_quote": 2, "to_json": 2, "json_pretty": 10,
}  # fmt: skip
_CHOOSING = NOT_GROWING | {"first", "last"}
# They give a number, however long what they look at is.
_NUMBERS = frozenset(
    {"+", "-", "*", "/", "//", "%", "length", "len", "strlen", "strpos", "instr", "position", "count", "hash"}
)
_FORMATTED = 12  # the same for strftime(): '%c' is a date and a time
_QUADRATIC = frozenset({
    "levenshtein", "editdist3", "damerau_levenshtein", "jaccard", "jaro_similarity", "jaro_winkler_similarity",
})  # fmt: skip
_MAX_FRAGILE = 1_000
_REGEXES = frozenset({
    "regexp_matches", "regexp_full_match", "regexp_replace", "regexp_extract", "regexp_extract_all", "regexp_split_to_array",
    "string_split_regex", "str_split_regex", "regexp_split_to_table",
})  # fmt: skip
_MAX_REPEATED = 100  # all counts in a pattern: 'a{1,900}b{1,900}' has 1,802 states, each of which every character is held against
_COUNTS = re.compile(r"\{(\d*),?(\d*)\}")
_GATHERING = frozenset({"string_agg", "group_concat", "listagg", "list", "array_agg"})
_NESTED_WIDTH = re.compile(r"\{[^{}]*\{")  # '{:{}}' takes the width from an argument


class _Refused(ValueError):
    """Why a call may not run."""


def refuse_sizes(tree: Node) -> str:
    """Why a value of this query would get too long; empty when none does."""
    try:
        _size(tree, CELL)
    except _Refused as refused:
        return str(refused)
    except RecursionError:
        return "nested too deeply to check"
    names = {name_of(node) for node in nodes(tree)}
    slow, gathering = min(names & _QUADRATIC, default=""), min(names & _GATHERING, default="")
    return f"{slow}() beside {gathering}(), which makes texts of any length" if slow and gathering else ""


def _is_slow_regex(node: Node) -> bool:
    arguments = arguments_of(node) if name_of(node) in _REGEXES else []
    if len(arguments) < 2:
        return False
    counts = [int(count[:9]) for pair in _COUNTS.findall(literal_of(arguments[1])) for count in pair if count]
    return not is_literal(arguments[1]) or sum(counts) > _MAX_REPEATED


def _size(node: Any, cell: int) -> int:
    """The length of the longest value in `node`, where a column's cell has `cell`; _Refused when it is beyond the limit."""
    if isinstance(node, list):
        return max((_size(item, cell) for item in node), default=1)
    if not isinstance(node, dict):
        return 1
    if node.get("type") in ("COLUMN_REF", "STAR"):
        return cell
    if node.get("type") == "VALUE_CONSTANT":
        return max(1, len(literal_of(node)))
    if node.get("type") == "TABLE_FUNCTION":
        return _table_size(node["function"], cell)
    if "cte_map" in node:
        return _query_size(node, cell)
    if name := name_of(node):
        return _checked(name, _call_size(node, name, cell))
    size = max((_size(value, cell) for value in node.values()), default=1)
    # DuckDB crashes when JSON of 50,000 brackets becomes a VARIANT
    if any(each.get("type_name", "").upper() == "VARIANT" for each in nodes(node.get("type_expr"))):
        _refuse_long("VARIANT", size)
    return size


def _query_size(node: Node, cell: int) -> int:
    """A column may hold the longest value of any WITH or FROM part so far, of a recursion's start, or of the SELECT list under its alias."""
    start = [node["left"]] if node.get("type") == "RECURSIVE_CTE_NODE" else []
    for part in [*node["cte_map"].get("map", []), *start, *_joined(node.get("from_table", {}))]:
        cell = max(cell, _size(part, cell))
    columns = {str(names[-1]).lower() for each in nodes(node) if (names := each.get("column_names"))}
    largest = 1
    for item in node.get("select_list", []):
        size = _size(item, cell)
        largest = max(largest, size)
        if str(item.get("alias", "")).lower() in columns:
            cell = max(cell, size)
    rest = [value for key, value in node.items() if key not in ("cte_map", "from_table", "select_list")]
    return max(largest, _size(rest, cell))


def _joined(table: Node) -> list[Node]:
    """The sides of joins from left to right: a LATERAL one reads the columns of those before it."""
    if table.get("type") != "JOIN":
        return [table]
    condition = {key: value for key, value in table.items() if key not in ("type", "left", "right")}
    return [*_joined(table["left"]), *_joined(table["right"]), condition]


def _table_size(call: Node, cell: int) -> int:
    """Rows of a table function are not one value; what they are made of is."""
    if name_of(call) in _RANGES:
        _refuse_more(name_of(call), max(map(largest_number, arguments_of(call)), default=1.0), MAX_RANGE)
        return CELL
    return _size(call, cell)


def _call_size(node: Node, name: str, cell: int) -> int:
    arguments = arguments_of(node)
    if name in _QUADRATIC or _is_slow_regex(node):
        _refuse_long(f"{name}()", _size(arguments, cell))
    if name in _COUNTED and len(arguments) > _COUNTED[name]:
        at = _COUNTED[name]
        return _length(name, arguments[at]) * _size([*arguments[:at], *arguments[at + 1 :]], cell)
    if name in _RANGES:
        size = elements(arguments)
        _refuse_more(name, size, MAX_SIZE)
        return max(int(size), _size(arguments, cell))
    if name in _FORMATS and arguments:
        return _format_width(name, arguments[0]) + _sum(arguments, cell)
    if name == "strftime":
        formats = [_size(each, cell) for each in arguments if is_literal(each)]
        return _FORMATTED * min(formats or [_sum(arguments, cell)])
    if name in _REPLACING and len(arguments) > 2:
        return _size(arguments[0], cell) * _growth(name, arguments[1], arguments[2], cell)
    if lambdas := [each for each in arguments if each.get("type") == "LAMBDA"]:
        return _lambda_size(name, lambdas, [each for each in arguments if each.get("type") != "LAMBDA"], cell)
    if name in _NUMBERS:
        _size(list(node.values()), cell)
        return 1
    if name in _CHOOSING or (node.get("is_operator") and name != "||"):
        return _size(list(node.values()), cell)
    rest = {key: value for key, value in node.items() if key != "arguments"}
    return max(_sum(arguments, cell) * _TIMES.get(name, 1), _size(list(rest.values()), cell))


def _sum(arguments: Sequence[Any], cell: int) -> int:
    return sum(_size(argument, cell) for argument in arguments)


def _growth(name: str, old: Node, new: Node, cell: int) -> int:
    """How many characters replace one."""
    length = len(literal_of(new)) if is_literal(new) else _size(new, cell)
    if name == "regexp_replace":
        return length + 1  # a pattern may match nothing, at every place
    replaced = max(1, len(literal_of(old))) if is_literal(old) else 1
    return max(1, -(-length // replaced))


def _lambda_size(name: str, lambdas: Sequence[Node], arguments: Sequence[Node], cell: int) -> int:
    """The elements together are as long as the list; each may grow as the lambda's body does."""
    growth = max(_size(each["expr"], cell if _reads_others(each) else 1) for each in lambdas)
    if name in _REDUCING and growth > 1 and any(_names_twice(each["expr"]) for each in lambdas):
        raise _Refused(f"{name}() whose lambda joins a variable with itself: it may double at every element")
    return _size([*arguments, *(each["lhs"] for each in lambdas)], cell) * growth


def _reads_others(function: Node) -> bool:
    """Whether the body of a lambda reads more than its own variables."""
    own, read = (
        {str(n["column_names"]) for n in nodes(function[part]) if "column_names" in n}
        for part in ("lhs", "expr")
    )
    return not read <= own


def _names_twice(body: Node) -> bool:
    names = [tuple(node["column_names"]) for node in nodes(body) if "column_names" in node]
    return len(set(names)) < len(names)


def _length(name: str, argument: Node) -> int:
    if not is_literal(argument) or not literal_of(argument).isdigit():
        raise _Refused(f"{name}() of a length that is not a plain number")
    return _checked(name, int(literal_of(argument)))


def _refuse_long(what: str, size: int) -> None:
    if size > _MAX_FRAGILE:
        raise _Refused(f"{what} of a text of up to {size:,} characters; allowed: {_MAX_FRAGILE:,}")


def _refuse_more(name: str, size: float, most: int) -> None:
    if size > most:
        told = f"{size:,.0f}" if isfinite(size) else "a number that cannot be told before it runs"
        raise _Refused(f"{name}() of {told}; allowed: {most:,}")


def _format_width(name: str, pattern: Node) -> int:
    """The widths in a format: `'%2000000000d'`, `'{:2000000000d}'`."""
    if not is_literal(pattern):
        raise _Refused(f"{name}() of a pattern that is not a plain text")
    text = literal_of(pattern)
    if "*" in text or _NESTED_WIDTH.search(text.replace("{{", "")):
        raise _Refused(f"{name}() with a width from an argument")
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    return sum(_checked(name, int(width[:12])) for width in digits)


def _checked(name: str, size: int) -> int:
    if size > MAX_SIZE:
        raise _Refused(
            f"{name}() makes a value of up to {size:,} characters or elements; allowed: {MAX_SIZE:,}"
        )
    return size
