"""Whether a text is so plain that nothing in it needs a closer look: the ordinary query, recognised in a few microseconds.

A plain query is one SELECT made of known harmless words and ordinary functions: no comments, no quoting tricks, nothing that writes, reads a
file, samples or grows a text. Everything else is not refused but looked at closely (`duckdb_reading.py`: two parsers and their trees), which
takes a millisecond or two. So a word that is missing here costs time, never safety or a right answer.
"""

from __future__ import annotations

import re
from collections.abc import Set
from itertools import pairwise

MAX_PLAIN_CHARACTERS = 4_000
MAX_PLAIN_DEPTH = 30
MAX_JOINED_TEXTS = 6  # `||` and concat: each level of a query may double a text

_TOKEN = re.compile(
    r"\s+"
    r"|[a-z_]\w*(?!['\w])"  # no E'...' and the like, in which a backslash hides a quote
    r"|[(),.=*]"
    r"|'(?:[^'\x00-\x1f]|'')*'"
    r"|\d+(?:\.\d+)?(?![\w.'])"
    r'|"[^"\x00-\x1f]*"'
    r"|-(?!-)|/(?!\*)|<>|<=|>=|!=|::|\|\||[+%<>]",
    re.ASCII | re.IGNORECASE,
)

# Words that start something other than reading, or depend on who asks and when. As names of columns they only cost the closer look.
_SPECIAL = frozenset(["insert", "update", "delete", "merge", "into", "create", "drop", "alter", "truncate", "copy", "attach", "detach", "set", "reset", "pragma", "call", "describe", "show", "summarize", "explain", "analyze", "execute", "prepare", "deallocate", "begin", "commit", "rollback", "use", "load", "install", "export", "import", "checkpoint", "vacuum", "grant", "revoke", "sample", "tablesample", "pivot", "unpivot", "recursive", "values", "lambda", "columns", "unnest", "macro", "function", "table", "at", "current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "current_database", "catalog", "system", "pg_catalog", "information_schema", "memory", "temp"])  # fmt: skip

# Words that may stand before a bracket without being functions.
_BEFORE_BRACKET = frozenset(["cast", "try_cast", "extract", "coalesce", "ifnull", "percentile_cont", "percentile_disc", "select", "from", "join", "where", "and", "or", "not", "in", "exists", "on", "as", "by", "over", "filter", "any", "all", "some", "union", "intersect", "except", "distinct", "like", "ilike", "between", "having", "when", "then", "else", "case", "limit", "offset", "using", "within", "group", "decimal", "numeric", "varchar", "char", "order", "partition", "lateral", "with", "interval"])  # fmt: skip

# The functions of ordinary questions; none of them makes a long value out of a short one.
_ORDINARY = frozenset(["count", "sum", "avg", "min", "max", "round", "floor", "ceil", "ceiling", "abs", "nullif", "lower", "upper", "length", "trim", "ltrim", "rtrim", "substr", "substring", "left", "right", "strftime", "strptime", "date_trunc", "datetrunc", "date_part", "datepart", "year", "month", "monthname", "day", "dayname", "dayofweek", "dayofyear", "isodow", "hour", "minute", "second", "quarter", "week", "isoyear", "epoch", "row_number", "rank", "dense_rank", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "percent_rank", "cume_dist", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "corr", "median", "quantile_cont", "greatest", "least", "power", "pow", "sqrt", "date", "exp", "ln", "log", "log10", "sign", "mod", "position", "strpos", "instr", "contains", "starts_with", "split_part", "bool_and", "bool_or", "any_value", "count_if", "countif", "date_diff", "datediff", "date_add", "date_sub", "make_date", "age", "now", "last_day", "regexp_matches", "to_days", "to_months", "to_years", "concat", "string_agg", "julian"])  # fmt: skip

_QUOTES = frozenset("'\"")
_JOINING = frozenset({"||", "concat", "string_agg"})
_FROM_WORDS = frozenset({"from", "join", ","})


def is_plain(text: str, allowed: Set[str]) -> bool:
    """Whether `text` is a plain query; `allowed` are the functions of the database that may be called."""
    if len(text) > MAX_PLAIN_CHARACTERS or not text[:4].isalpha():
        return False
    tokens = _tokens(text)
    if not tokens or tokens[0] not in ("select", "with"):
        return False
    depth = joined = 0
    before = ""
    for place, token in enumerate(tokens):
        if token == "(":
            depth += 1
            if depth > MAX_PLAIN_DEPTH or not _may_open(before, tokens, place, allowed):
                return False
        elif token == ")":
            depth -= 1
        elif token in _SPECIAL:
            return False
        elif token[0] == "'" and before in _FROM_WORDS and before != ",":
            return False  # FROM 'file.csv'
        elif token == "." and tokens[place + 2 : place + 3] == ["."]:
            return False  # three parts: a catalogue, or a schema whose name shadows one
        joined += token in _JOINING
        before = token
    return depth == 0 and joined <= MAX_JOINED_TEXTS


def reads_one_of(text: str, tables: Set[str]) -> bool:
    """Whether a plain query certainly reads one of these tables (lower-case names). False says nothing: then its tree has to be looked at."""
    tokens = _tokens(text)
    own = (
        {name for name, after in pairwise(tokens) if after == "as"}
        if "with" in tokens
        else set()
    )
    for place, token in enumerate(tokens):
        if token in ("from", "join"):
            qualified = tokens[place + 2 : place + 3] == ["."]
            name = "".join(tokens[place + 3 : place + 4] if qualified else tokens[place + 1 : place + 2])
            if name in tables and (qualified or name not in own):
                return True
    return False


def _tokens(text: str) -> list[str]:
    """The tokens in lower case without white space and a final `;`; none when some character is not accounted for."""
    text = text.rstrip().removesuffix(";")
    tokens = _TOKEN.findall(text)
    if sum(map(len, tokens)) != len(text):
        return []
    return [token if token[0] in _QUOTES else token.lower() for token in tokens if not token.isspace()]


def _may_open(before: str, tokens: list[str], place: int, allowed: Set[str]) -> bool:
    """Whether a bracket may follow this token: a keyword, an operator, or an ordinary function by its bare name."""
    if before in _BEFORE_BRACKET or not (before[:1].isalpha() or before[:1] in ('"', "_")):
        return before != "."
    qualified = place >= 2 and tokens[place - 2] == "."
    return before in _ORDINARY and before in allowed and not qualified
