"""Which part of a completion is the SQL answer.

The last ```sql block, else the last block of another or of no language, else the whole text (the gate decides whether that parses).
Reasoning between <think> tags is dropped first. It is never "the best of several blocks": a completion that
enumerates answers is judged by its last one.
"""

from __future__ import annotations

import re

_THINK = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_UNFINISHED_THINK = re.compile(r"<think(?:ing)?>.*\Z", re.DOTALL | re.IGNORECASE)
_LONE_THINK_END = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*```[ \t]*(\w*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_INLINE_FENCE = re.compile(r"```(?:sql\b)?([^`\n]+)```", re.IGNORECASE)
_SQL_LANGUAGES = frozenset({"sql", "duckdb", "postgres", "postgresql", "pgsql", "sqlite"})


def extract_sql(completion: str) -> str:
    """The text to be judged as SQL, stripped; empty when the completion holds none."""
    text = _without_thoughts(completion)
    blocks = [(match.group(1).lower(), match.group(2)) for match in _FENCE.finditer(text)]
    sql_blocks = [body for language, body in blocks if language in _SQL_LANGUAGES]
    if sql_blocks:
        return sql_blocks[-1].strip()
    if blocks:
        return blocks[-1][1].strip()
    inline = _INLINE_FENCE.findall(text)
    return (inline[-1] if inline else text).strip()


def _without_thoughts(text: str) -> str:
    """Drop reasoning; a block that was never closed swallows the rest, a lone end tag everything before it."""
    text = _THINK.sub("", text)
    text = _UNFINISHED_THINK.sub("", text)
    return _LONE_THINK_END.sub("", text)
