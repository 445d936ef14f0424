"""What may run at all: exactly one read-only query, of bounded size, that gives the same rows every time.

The gate looks at the text only. It comes before the sandbox (`duckdb_databases.py`, `duckdb_running.py`), not in its place: it refuses what the
sandbox would have to undo (a DELETE inside a WITH), what DuckDB cannot interrupt (an IN list of 200,000 literals), and what would make two
runs differ (samples). Which functions may be called, which tables are the database's, and how long texts may get, is decided where the
fixture is at hand: `duckdb_functions.py`, `duckdb_sizes.py`.

Reading has to end soon too. sqlglot reads what stands in the brackets of a type's name twice, as a type and as a call's arguments: twenty
times `date(` around a 1 take two minutes. So a token counts double for every such bracket around it.
"""

from __future__ import annotations

import re
from itertools import pairwise

import sqlglot
from sqlglot import Token, TokenType, exp
from sqlglot.errors import SqlglotError, TokenError
from sqlglot.parser import Parser

from .engine import Refusal

MAX_CHARACTERS = 10_000
MAX_TOKENS = 4_000
MAX_DEPTH = 60  # of brackets; deeper ones exhaust the parser's stack
MAX_READ = 16_000  # tokens, each counted as often as sqlglot reads it
MAX_CHAIN = 60  # of x[1][2] and x.f().g(), for which sqlglot takes the square of their length
MAX_NODES = 3_000
MAX_LIST = 1_000  # values of one IN list or VALUES

# sqlglot names any of the arguments that are missing, another one in another process.
_LACKING = re.compile(r"Required keyword: '\w+' missing for <class '[\w.]*?(\w+)'>")
_OPENING = re.compile(r"""['"`]|--|/\*|\$\w*\$""")
_ENDS = {"--": "\n", "/*": "*/"}  # all others end as they begin
_SHOWN = 40
_FIRST_WORDS = frozenset({"select", "with", "from", "values", "table"})
_OPEN = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE})
_CLOSE = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE})
_CHAINING = frozenset({TokenType.L_BRACKET, TokenType.DOT})
_TYPES = frozenset({*Parser.TYPE_TOKENS, TokenType.SET, TokenType.FILE})
_NOT_READING = (
    exp.DML, exp.DDL, exp.Command, exp.Set, exp.Pragma, exp.Describe, exp.Show, exp.Summarize, exp.Into,
)  # fmt: skip
_READING_DDL = (exp.Query, exp.Table)  # sqlglot files these under DDL or DML too
_BUILT_IN_SCHEMAS = frozenset({"system", "pg_catalog", "information_schema"})


def check(text: str, *, dialect: str = "duckdb") -> str | Refusal:
    """The single query in `text` without a trailing `;` or comments around it, or why it may not run. `dialect` is how sqlglot reads it."""
    if not text.strip():
        return Refusal("no SQL found")
    if len(text) > MAX_CHARACTERS:
        return Refusal(f"{len(text)} characters of SQL; allowed: {MAX_CHARACTERS}")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return Refusal("it holds half a character (a lone surrogate), which is no text")
    try:
        tokens = _tokens(text, dialect)
        refusal = _refuse_tokens(tokens)
        if refusal:
            return Refusal(refusal)
        sql = _bare(text, tokens)
        refusal = _refuse_tree(_tree(sql, dialect))
    except SqlglotError as error:
        return Refusal(f"does not parse: {_first_line(error)}")
    except RecursionError:
        return Refusal("nested too deeply to parse")
    except (
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
    ):  # sqlglot's own, over operators without an operand
        return Refusal("does not parse: it is not understood")
    return Refusal(refusal) if refusal else sql


def _tree(sql: str, dialect: str) -> exp.Expr:
    """sqlglot's tree; it takes no comment inside GROUP BY and the like, so it gets a second try without comments."""
    try:
        return sqlglot.parse_one(sql, dialect=dialect)
    except SqlglotError:
        bare = _without_comments(sql, sqlglot.tokenize(sql, dialect=dialect))
        if bare == sql:
            raise
        return sqlglot.parse_one(bare, dialect=dialect)


def _without_comments(sql: str, tokens: list[Token]) -> str:
    """The text with a blank for each comment: what is neither token nor white space."""
    gaps = [sql[one.end + 1 : other.start] for one, other in pairwise(tokens)]
    kept = [gap if not gap.strip() else " " for gap in gaps]
    return "".join(
        sql[token.start : token.end + 1] + gap for token, gap in zip(tokens, [*kept, ""], strict=True)
    )


def split_statements(text: str, *, dialect: str) -> list[str]:
    """The statements of a script, cut at its semicolons (not at those inside strings, comments or bodies). SqlglotError where there are none."""
    statements: list[str] = []
    current: list[Token] = []
    for token in _tokens(text, dialect):
        if token.token_type != TokenType.SEMICOLON:
            current.append(token)
        elif current:
            statements.append(_span(text, current))
            current = []
    return [*statements, _span(text, current)] if current else statements


def unclosed(text: str) -> str:
    """Which quote or comment has no end, with what comes behind it; "" when all have one."""
    place = 0
    while found := _OPENING.search(text, place):
        mark = found[0]
        end = text.find(_ENDS.get(mark, mark), found.end())
        if end < 0 and mark != "--":
            what = "comment" if mark == "/*" else "quote"
            return f"a {what} is not closed: {text[found.start() :].splitlines()[0][:_SHOWN]}"
        if end < 0:
            break
        place = end + len(_ENDS.get(mark, mark))
    return ""


def _tokens(text: str, dialect: str) -> list[Token]:
    try:
        return sqlglot.tokenize(text, dialect=dialect)
    except TokenError as error:
        raise TokenError(unclosed(text) or _first_line(error)) from None


def _span(text: str, tokens: list[Token]) -> str:
    return text[tokens[0].start : tokens[-1].end + 1]


def _bare(text: str, tokens: list[Token]) -> str:
    return _span(text, [token for token in tokens if token.token_type != TokenType.SEMICOLON])


def _refuse_tokens(tokens: list[Token]) -> str:
    """Refuse by what the tokens alone show, before a parser may be led into deep recursion; empty when nothing is wrong."""
    if len(tokens) > MAX_TOKENS:
        return f"{len(tokens)} tokens of SQL; allowed: {MAX_TOKENS}"
    words = [token for token in tokens if token.token_type != TokenType.SEMICOLON]
    if not words:
        return "no SQL found"
    if any(
        token.token_type == TokenType.SEMICOLON
        for token in tokens[tokens.index(words[0]) : tokens.index(words[-1])]
    ):
        return "more than one statement"
    first = next((token.text.lower() for token in words if token.token_type not in _OPEN), "")
    if first not in _FIRST_WORDS:
        return f"starts with '{first[:30]}'; a query starts with SELECT, WITH, FROM, VALUES or TABLE"
    return _refuse_brackets(words)


def _refuse_brackets(tokens: list[Token]) -> str:
    open_brackets: list[bool] = []  # whether each follows a type's name
    deepest = read = chain = twice = 0
    before = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        if kind in _OPEN:
            open_brackets.append(before in _TYPES)
            twice += open_brackets[-1]
            deepest = max(deepest, len(open_brackets))
        elif kind in _CLOSE and open_brackets:
            twice -= open_brackets.pop()
        chain += before in _CLOSE and kind in _CHAINING
        read += 1 << twice
        before = kind
    if deepest > MAX_DEPTH:
        return f"brackets nested {deepest} deep; allowed: {MAX_DEPTH}"
    if read > MAX_READ:
        return "calls of types nested too deeply to read"
    return f"a chain of {chain} brackets; allowed: {MAX_CHAIN}" if chain > MAX_CHAIN else ""


def _refuse_tree(tree: exp.Expr) -> str:
    """Refuse by what the parsed query holds; empty when nothing is wrong."""
    if not isinstance(tree, exp.Query | exp.Values):
        return f"{tree.key.upper()} is not a query"
    for count, node in enumerate(tree.walk(), start=1):
        if count > MAX_NODES:
            return f"more than {MAX_NODES} parts; allowed: {MAX_NODES}"
        if refusal := _refuse_node(node):
            return refusal
    return ""


def _refuse_node(node: exp.Expr) -> str:
    if isinstance(node, _NOT_READING) and not isinstance(node, _READING_DDL):
        return f"{node.key.upper()} inside the query: only reading is allowed"
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return "has a placeholder for a parameter"
    if isinstance(node, exp.TableSample):
        return "samples rows at random"
    if isinstance(node, exp.In | exp.Values) and len(node.expressions) > MAX_LIST:
        return f"a list of {len(node.expressions)} values; allowed: {MAX_LIST}"
    if isinstance(node, exp.Table) and (node.catalog or node.db.lower() in _BUILT_IN_SCHEMAS):
        return f"reads {node.sql()}; a table is named by itself or with its schema, and the catalogue is not to be read"
    if isinstance(node, exp.Dot) and node.name and node.this.name.lower() in _BUILT_IN_SCHEMAS:
        return f"calls a function through the schema '{node.this.name}'; use its bare name"
    return ""


def _first_line(error: Exception) -> str:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return _LACKING.sub(r"\1 lacks an argument", first)[:200]
