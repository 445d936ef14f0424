"""Whether a text is so plain that nothing in it needs a closer look: the ordinary query, recognised in a few microseconds.

A plain query is one SELECT made of known harmless words and ordinary functions: no comments, no quoting tricks, nothing that writes, reads a
file or the catalogue, or samples; and so little of what could grow (joins, `*`, `||`) that its sizes need no estimate. Everything else is not
refused but looked at closely (`duckdb_reading.py`: two parsers and their trees), which takes a millisecond or two. So a word that is missing
here costs time, never safety or a right answer. A test holds the two against each other: what is plain, the closer look accepts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import pairwise

from .duckdb_functions import INSTANCE_PREFIX, Functions

MAX_PLAIN_CHARACTERS = 4_000
MAX_PLAIN_TOKENS = 1_000
MAX_PLAIN_DEPTH = 30
MAX_PLAIN_WORK = 80  # tables, subqueries and commas, weighed as `duckdb_planning.py` does
MAX_PLAIN_COLUMNS = 500  # that the stars may stand for, in tables
MAX_PLAIN_LENGTH = 50_000  # of a text that `||` and the like make
MAX_MATCHED_LENGTH = 1_000  # of one that a regular expression looks at

_TOKEN = re.compile(
    r"\s+"
    r"|[a-z_]\w*(?!['\w])"  # no E'...' and the like, in which a backslash hides a quote
    r"|[(),.=*]"
    r"|'(?:[^'\x00-\x1f\ud800-\udfff]|'')*'"
    r"|\d+(?:\.\d+)?(?![\w.'])"
    r'|"[^"\x00-\x1f\ud800-\udfff]*"'
    r"|-(?!-)|/(?!\*)|<>|<=|>=|!=|::|\|\||!?~|[+%<>]",
    re.ASCII | re.IGNORECASE,
)

# Words that start something other than reading, or depend on who asks and when. As names of columns they only cost the closer look.
_SPECIAL = frozenset(["insert", "update", "delete", "merge", "into", "create", "drop", "alter", "truncate", "copy", "attach", "detach", "set", "reset", "pragma", "call", "describe", "show", "summarize", "explain", "analyze", "execute", "prepare", "deallocate", "begin", "commit", "rollback", "use", "load", "install", "export", "import", "checkpoint", "vacuum", "grant", "revoke", "sample", "tablesample", "pivot", "unpivot", "recursive", "values", "lambda", "columns", "unnest", "macro", "function", "table", "at", "current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "current_database", "catalog", "system", "pg_catalog", "information_schema", "memory", "temp", "variant"])  # fmt: skip

# Words that may stand before a bracket without being functions.
_BEFORE_BRACKET = frozenset(["cast", "try_cast", "extract", "coalesce", "ifnull", "percentile_cont", "percentile_disc", "select", "from", "join", "where", "and", "or", "not", "in", "exists", "on", "as", "by", "over", "filter", "any", "all", "some", "union", "intersect", "except", "distinct", "like", "ilike", "between", "having", "when", "then", "else", "case", "limit", "offset", "using", "within", "group", "decimal", "numeric", "varchar", "char", "order", "partition", "lateral", "with", "interval"])  # fmt: skip

# The functions of ordinary questions.
_ORDINARY = frozenset(["count", "sum", "avg", "min", "max", "round", "floor", "ceil", "ceiling", "abs", "nullif", "lower", "upper", "length", "trim", "ltrim", "rtrim", "substr", "substring", "left", "right", "strftime", "strptime", "date_trunc", "datetrunc", "date_part", "datepart", "year", "month", "monthname", "day", "dayname", "dayofweek", "dayofyear", "isodow", "hour", "minute", "second", "quarter", "week", "isoyear", "epoch", "row_number", "rank", "dense_rank", "ntile", "lag", "lead", "first_value", "last_value", "nth_value", "percent_rank", "cume_dist", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop", "corr", "median", "quantile_cont", "greatest", "least", "power", "pow", "sqrt", "date", "exp", "ln", "log", "log10", "sign", "mod", "position", "strpos", "instr", "contains", "starts_with", "split_part", "bool_and", "bool_or", "any_value", "count_if", "countif", "date_diff", "datediff", "date_add", "date_sub", "make_date", "age", "now", "last_day", "regexp_matches", "to_days", "to_months", "to_years", "to_timestamp", "concat", "string_agg", "julian"])  # fmt: skip

_JOINING = frozenset({"||", "concat", "string_agg"})
_MATCHING = frozenset({"regexp_matches", "~", "!~", "similar"})
NOT_GROWING = _ORDINARY - _JOINING - {"strftime"}
"""Functions that make no value longer than those that they get."""

CELL = 100
"""Characters assumed of a column's value."""

_QUOTES = frozenset("'\"")
_FILES = [["csv"], ["tsv"], ["txt"], ["json"], ["jsonl"], ["ndjson"], ["parquet"], ["db"], ["duckdb"]]
_BEFORE_STAR = frozenset({"select", "distinct", ",", "."})


def is_plain(text: str, functions: Functions) -> bool:
    """Whether `text` is a plain query, on the database that knows these functions."""
    if len(text) > MAX_PLAIN_CHARACTERS or not text[:4].isalpha() or INSTANCE_PREFIX in text.lower():
        return False
    tokens = _tokens(text)
    if not tokens or len(tokens) > MAX_PLAIN_TOKENS or tokens[0] not in ("select", "with"):
        return False
    words = set(tokens)
    if '"' in text:
        words |= {token[1:-1].lower() for token in tokens if token[0] == '"'}
    if not (_SPECIAL.isdisjoint(words) and functions.catalogue.isdisjoint(words)):
        return False
    return _is_well_formed(tokens, functions.allowed) and _is_small(text, tokens, words)


def _is_well_formed(tokens: Sequence[str], allowed: Set[str]) -> bool:
    opened: list[int] = []
    before = ""
    for place, token in enumerate(tokens):
        if token == "(":
            if len(opened) == MAX_PLAIN_DEPTH or not _may_open(before, tokens, place, allowed):
                return False
            opened.append(place)
        elif token == ")":
            if not opened or not _may_close(tokens, opened.pop(), place):
                return False
        elif token == ".":
            if tokens[place + 2 : place + 3] == ["."] or tokens[place + 1 : place + 2] in _FILES:
                return False  # three parts: a catalogue, or a schema whose name shadows one; or FROM file.csv
        elif token[0] == "'" and before in ("from", "join"):
            return False  # FROM 'file.csv'
        before = token
    return not opened


def _is_small(text: str, tokens: Sequence[str], words: Set[str]) -> bool:
    """Whether nothing in the query can get out of hand: the work of planning it, the columns of its parts, the lengths of its texts."""
    commas, joins, froms = map(tokens.count, (",", "join", "from"))
    if 4 * max(tokens.count("select"), froms) + froms + 2 * joins + commas > MAX_PLAIN_WORK:
        return False
    if "*" in words:
        stars = sum(after == "*" and token in _BEFORE_STAR for token, after in pairwise(tokens))
        if (1 + commas + joins) ** stars > MAX_PLAIN_COLUMNS:
            return False
    length = max(CELL, len(text))
    if not _JOINING.isdisjoint(words):
        arguments = (commas + 1).bit_length()
        length <<= tokens.count("||") + tokens.count("string_agg") + tokens.count("concat") * arguments
    matched = not _MATCHING.isdisjoint(words)
    return length <= MAX_PLAIN_LENGTH and not (matched and (length > MAX_MATCHED_LENGTH or "{" in text))


def reads_one_of(text: str, tables: Set[str]) -> bool:
    """Whether a plain query certainly reads one of these tables (lower-case names). False says nothing: then its tree has to be looked at."""
    tokens = _tokens(text)
    own = {name for name, after in pairwise(tokens) if after == "as"} if "with" in tokens else set()
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


def _may_close(tokens: Sequence[str], opened: int, place: int) -> bool:
    """Whether what the brackets hold needs no look: a format is written out, so that it is not longer than the query."""
    if tokens[opened - 1] != "strftime":
        return True
    first, last = tokens[opened + 1 : opened + 3], tokens[place - 2 : place]
    return (first[0][0] == "'" and first[1:] == [","]) or (last[0] == "," and last[1][0] == "'")


def _may_open(before: str, tokens: Sequence[str], place: int, allowed: Set[str]) -> bool:
    """Whether a bracket may follow this token: a keyword, an operator, or an ordinary function by its bare name."""
    if before in _BEFORE_BRACKET or not (before[:1].isalpha() or before[:1] in ('"', "_")):
        return before != "." and tokens[place + 1 : place + 2] != ["desc"]  # DESC people describes it
    if before not in _ORDINARY or before not in allowed:
        return False
    ahead = tokens[place - 2]  # people.upper(), FROM upper(...); but EXTRACT(year FROM age(...))
    return ahead not in (".", "from", "join") or (ahead == "from" and "extract" in tokens[:place][-5:-4])
