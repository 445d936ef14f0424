"""Which functions a query may not call: those that differ from run to run, and those whose one call DuckDB cannot interrupt.

`repeat('x', 2000000000)` or an edit distance of two long texts is a single call: neither a time limit nor a memory limit of DuckDB stops it,
only the end of the process. So texts and lists may grow by plain numbers up to a cap, not by each other, and not inside edit
distances. What still slips through (a length that comes out of a table) ends at the grader's deadline.
"""

from __future__ import annotations

from sqlglot import exp

MAX_TEXT = 10_000  # characters that repeat(), lpad() and the like may ask for
MAX_RANGE = 1_000_000  # elements of range() and generate_series()
MAX_GROWING_CALLS = 20

_RANDOM = frozenset({
    "random", "rand", "randn", "setseed", "uuid", "uuidv4", "uuidv7", "gen_random_uuid", "nextval", "currval", "getvariable",
    "txid_current", "current_query", "current_setting",
})  # fmt: skip
_BY_NAME = frozenset({"query", "query_table"})
_QUADRATIC = frozenset(
    {
        "levenshtein",
        "editdist3",
        "damerau_levenshtein",
        "jaccard",
        "jaro_similarity",
        "jaro_winkler_similarity",
    }
)
_FORMATS = frozenset({"printf", "format"})
_TEXTS = frozenset({"repeat", "pad", "lpad", "rpad", "space", "bitstring"})
_RANGES = frozenset({"range", "generate_series", "generateseries"})
_GROWING = _TEXTS | _RANGES | _FORMATS
_TABLE_FUNCTIONS = frozenset(
    {"range", "generate_series", "generateseries", "unnest", "explode", "json_each", "json_tree"}
)


def refuse_functions(tree: exp.Expr) -> str:
    """Why the functions of a query may not run; empty when they may."""
    calls = list(tree.find_all(exp.Func))
    growing = [call for call in calls if _name(call) in _GROWING]
    if len(growing) > MAX_GROWING_CALLS:
        return f"{len(growing)} calls that make texts or lists longer; allowed: {MAX_GROWING_CALLS}"
    if growing and (quadratic := next((call for call in calls if _name(call) in _QUADRATIC), None)):
        return f"{_name(quadratic)}() beside {_name(growing[0])}()"
    return next(filter(None, map(_refuse, calls)), "")


def _refuse(call: exp.Func) -> str:
    name = _name(call)
    if name in _RANDOM:
        return f"{name}() gives another result each time"
    if name in _BY_NAME:
        return f"{name}() runs SQL hidden in a text"
    if isinstance(call.parent, exp.Table) and name not in _TABLE_FUNCTIONS:
        return f"reads from the function {name}(); allowed: {', '.join(sorted(_TABLE_FUNCTIONS))}"
    if name not in _GROWING:
        return ""
    inner = [node for node in call.walk() if node is not call]
    if any(isinstance(node, exp.Func) and _name(node) in _GROWING for node in inner):
        return f"{name}() around another call that makes texts or lists longer"
    if name in _TEXTS:
        return _refuse_length(name, call)
    return _refuse_numbers(name, [node for node in inner if isinstance(node, exp.Literal)])


def _refuse_length(name: str, call: exp.Func) -> str:
    """The length is the second argument, a plain number."""
    arguments = [*call.iter_expressions()]
    length = arguments[1] if len(arguments) > 1 else arguments[0] if name == "space" and arguments else None
    if not (isinstance(length, exp.Literal) and length.is_int):
        return f"{name}() of a length that is not a plain number"
    return f"{name}() of {length.this}; allowed: {MAX_TEXT:,}" if int(length.this) > MAX_TEXT else ""


def _refuse_numbers(name: str, literals: list[exp.Literal]) -> str:
    """No number beyond the cap, and in a format no width beyond it: `'%2000000000d'`, `'%*d'`."""
    cap = MAX_TEXT if name in _FORMATS else MAX_RANGE
    for literal in literals:
        if literal.is_string and name in _FORMATS:
            if "*" in literal.this:
                return f"{name}() with a width from an argument"
            widths = "".join(c if c.isdigit() else " " for c in literal.this).split()
            if any(len(width) > len(str(cap)) or int(width) > cap for width in widths):
                return f"{name}() with a width beyond {cap:,}"
        if literal.is_int and name in _RANGES and int(literal.this) > cap:
            return f"{name}() of {literal.this}; allowed: {cap:,}"
        if name in _RANGES and literal.is_number and not literal.is_int and float(literal.this) > cap:
            return f"{name}() of {literal.this}; allowed: {cap:,}"
    return ""


def _name(call: exp.Expr) -> str:
    return call.name.lower() if isinstance(call, exp.Anonymous) else call.key.lower()
