"""What of a query for SQLite can be refused by its text alone, before SQLite compiles it.

Whether it reads only, and what it calls, is left to SQLite's compiler and the authorizer: that parser is the one that runs the query. Here
it is one statement of bounded size, and its WITH parts do not multiply: SQLite copies a part for every use before it compiles anything, so
twenty parts that use the one before twice are a million copies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .engine import Refusal

MAX_CHARACTERS = 10_000
MAX_DEPTH = 60  # of brackets
MAX_BRACKETS = 300  # hence calls
MAX_PATTERNS = 20  # of LIKE and GLOB
MAX_COPIES = 1_000  # of the parts of WITH, all together
MAX_READ = 16_000  # tokens, each counted as often as sqlglot reads it (see `gate.py`)

_FIRST_WORDS = ("select", "with", "values")
# A text without any of these, in lower case, is one reading statement as it stands.
_HINTS = (";", "--", "/*", "with", "insert", "update", "delete", "into")
_TYPE_CALL = re.compile(
    r"\b(?:char|date|datetime|json|time)\s*\("
)  # functions that sqlglot reads as types too
_TYPES = frozenset({"char", "date", "datetime", "json", "time"})
_PATTERN_WORD = re.compile(r"\b(?:like|glob)\b")
_TOKEN = re.compile(
    r"""\w+|[^\w\s'"`\[/-]|--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\S""",
    re.DOTALL,
)
_COMMENTS = ("--", "/*")
_QUOTES = "'\"`["
_WRITING = frozenset({"insert", "update", "delete"})  # reserved words: no unquoted name is one
_MEANINGFUL = _WRITING | {"as", "not", "materialized", "(", ")", ".", ";"}


def bare_query(text: str) -> str | Refusal:
    """The query in `text` without a trailing `;` or comments around it, or why it may not run."""
    if len(text) > MAX_CHARACTERS:
        return Refusal(f"{len(text)} characters of SQL; allowed: {MAX_CHARACTERS}")
    if "\0" in text or (not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text)):
        return Refusal("it holds a NUL or half a character (a lone surrogate), which is no text")
    sql = text.strip().rstrip("; \t\r\n\f")
    lower = sql.lower()
    if not any(hint in lower for hint in _HINTS) and sql.count("(") <= MAX_DEPTH:
        return _refuse_start(sql) or _refuse_counts(lower) or sql
    if ";" in sql or "--" in sql or "/*" in sql:
        sql = _without_ends(sql)
        lower = sql.lower()
    return _refuse_start(sql) or _refuse_tokens(_tokens(lower)) or _refuse_counts(lower) or sql


def _without_ends(sql: str) -> str:
    """From the first to the last token that is neither a comment nor a semicolon."""
    spans = [
        match.span() for match in _TOKEN.finditer(sql) if not match.group().startswith((*_COMMENTS, ";"))
    ]
    return sql[spans[0][0] : spans[-1][1]] if spans else ""


def _tokens(lower: str) -> list[str]:
    """Words, names and signs of a text in lower case, without comments."""
    tokens = _TOKEN.findall(lower)
    if "--" in lower or "/*" in lower:
        tokens = [token for token in tokens if not token.startswith(_COMMENTS)]
    if any(quote in lower for quote in _QUOTES):
        tokens = [_comparable(token) for token in tokens]
    return tokens


def _comparable(token: str) -> str:
    """Names without their quotes; SQLite takes a text in single quotes for a name too, where a name is due."""
    if token[0] not in _QUOTES or len(token) < 2:
        return token
    name = token[1:-1].replace(token[0] * 2, token[0])
    return f'"{name}' if name in _MEANINGFUL else name


def _refuse_start(sql: str) -> Refusal | None:
    if not sql:
        return Refusal("no SQL found")
    if not sql[:6].lower().startswith(_FIRST_WORDS):
        return Refusal(
            f"starts with '{sql.split(None, 1)[0][:30]}'; a query starts with SELECT, WITH or VALUES"
        )
    return None


def _refuse_tokens(tokens: Sequence[str]) -> Refusal | None:
    if ";" in tokens:
        return Refusal("more than one statement")
    if writing := _WRITING.intersection(tokens):
        return Refusal(f"{min(writing).upper()} inside the query: only reading is allowed")
    if tokens.count("(") > MAX_DEPTH and (deepest := _depth(tokens)) > MAX_DEPTH:
        return Refusal(f"brackets nested {deepest} deep; allowed: {MAX_DEPTH}")
    if _copies(tokens) > MAX_COPIES:
        return Refusal(
            f"its WITH parts are used more than {MAX_COPIES} times, counting what they use themselves"
        )
    return None


def _depth(tokens: Sequence[str]) -> int:
    depth = deepest = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        deepest = max(deepest, depth)
    return deepest


def _refuse_counts(lower: str) -> Refusal | None:
    if (brackets := lower.count("(")) > MAX_BRACKETS:
        return Refusal(f"{brackets} calls and brackets; allowed: {MAX_BRACKETS}")
    if lower.count("like") + lower.count("glob") > MAX_PATTERNS:
        patterns = len(_PATTERN_WORD.findall(lower))  # and not columns called likes
        if patterns > MAX_PATTERNS:
            return Refusal(f"{patterns} times LIKE or GLOB; allowed: {MAX_PATTERNS}")
    if len(_TYPE_CALL.findall(lower)) > 2 and _read(_tokens(lower)) > MAX_READ:
        return Refusal("calls of date() and its like nested too deeply to read")
    return None


def _read(tokens: Sequence[str]) -> int:
    """How many tokens sqlglot will read, where it looks at what an answer uses: those in the brackets of a type's name twice."""
    opened, twice, read = list[bool](), 0, 0
    before = ""
    for token in tokens:
        if token == "(":
            opened.append(before in _TYPES)
            twice += opened[-1]
        elif token == ")" and opened:
            twice -= opened.pop()
        read += 1 << twice
        before = token
    return read


def _copies(tokens: Sequence[str]) -> int:
    """How many parts of WITH SQLite makes of the query: each use of a part is a copy of it, with the copies inside it."""
    copies: dict[str, int] = {}
    sums, open_parts, depth = [0], list[tuple[int, str]](), 0
    for i, token in enumerate(tokens):
        if token == "(":
            depth += 1
            if name := _defined(tokens, i):
                open_parts.append((depth, name))
                sums.append(1)
        elif token == ")":
            if open_parts and open_parts[-1][0] == depth:
                copies[open_parts.pop()[1]] = sums.pop()
            depth -= 1
        elif token in copies and tokens[i + 1 : i + 2] != ["."]:
            sums[-1] += copies[token]
    return sum(sums)


def _defined(tokens: Sequence[str], bracket: int) -> str:
    """The name of the part that begins at this bracket: `name [(columns)] AS [[NOT] MATERIALIZED] (`; empty when none does."""
    at = bracket - 1
    if at >= 0 and tokens[at] == "materialized":
        at -= 2 if tokens[at - 1] == "not" else 1
    if at < 1 or tokens[at] != "as":
        return ""
    at -= 1
    if tokens[at] == ")":
        while at > 0 and tokens[at] != "(":
            at -= 1
        at -= 1
    return tokens[at]
