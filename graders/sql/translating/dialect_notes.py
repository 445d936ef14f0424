"""What a translation changed, said in a few short lines.

differences("SELECT to_char(d, 'YYYY') FROM t", "SELECT STRFTIME(d, '%Y') FROM t", ...)     # ("TO_CHAR(d, 'YYYY') -> STRFTIME(d, '%Y')",)

Compared are the words of the text, spelled as the engine's dialect would spell them, and of its translation. So no change goes unsaid, and
`x::date` beside `CAST(x AS DATE)` is none.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

import sqlglot
from sqlglot import Token, TokenType
from sqlglot.errors import ErrorLevel, SqlglotError

from . import postgres
from .postgres_types import MARK

MAX_NOTES = 6
_NEAR = 4  # words that stay the same between two changes of one note
_AROUND = 4  # words shown before a change
_MAX_WIDTH = 90


class _Change(NamedTuple):
    """The words old[old_start:old_end] that became new[new_start:new_end]."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def differences(text: str, sql: str, *, read: str, write: str) -> tuple[str, ...]:
    """Each change as "before -> after", at most MAX_NOTES of them and one more line that counts the rest."""
    before = _spelled(text, read, write)
    old, new = sqlglot.tokenize(before, dialect=write), sqlglot.tokenize(sql, dialect=write)
    notes: dict[str, None] = {}
    for change in _changes(old, new):
        left, right = _context(change, old)
        was = _shown(before, old[change.old_start - left : change.old_end + right])
        now = _shown(sql, new[change.new_start - left : change.new_end + right])
        notes[f"{was} -> {now}"] = None
    rest = len(notes) - MAX_NOTES
    return (*list(notes)[:MAX_NOTES], *([f"and {rest} more"] if rest > 0 else []))


def _spelled(text: str, read: str, write: str) -> str:
    """The text as sqlglot writes it without translating it."""
    for dialect in (write, read):
        try:
            (tree,) = postgres.parse(text, dialect)
            assert tree is not None
            spelled = tree.sql(dialect=dialect, unsupported_level=ErrorLevel.IGNORE)
        except SqlglotError:
            continue
        return re.sub(rf"\b{MARK}(?=\w+\()", "", spelled, flags=re.IGNORECASE)
    return text


def _changes(old: list[Token], new: list[Token]) -> list[_Change]:
    """The changed stretches, each with the brackets that it opens; those with few words between them are one."""
    matcher = SequenceMatcher(None, [_word(token) for token in old], [_word(token) for token in new])
    changes: list[_Change] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" and changes:
            changes[-1] = _extended(changes[-1], old, new, b - a)
        elif kind != "equal":
            near = changes and a - changes[-1].old_end <= _NEAR
            start = changes.pop() if near else _Change(a, b, c, d)
            changes.append(_Change(start.old_start, b, start.new_start, d))
    return changes


def _extended(change: _Change, old: list[Token], new: list[Token], most: int) -> _Change:
    """The change with up to `most` of the same words behind it, as long as a bracket is open."""
    for _ in range(most):
        open_old = _is_open(old, change.old_start, change.old_end)
        if not open_old and not _is_open(new, change.new_start, change.new_end):
            break
        change = change._replace(old_end=change.old_end + 1, new_end=change.new_end + 1)
    return change


def _is_open(words: list[Token], start: int, end: int) -> bool:
    """Whether a bracket is open behind words[start:end], or about to be: the last of them is the name of a function."""
    called = end > start and _is(words, end, TokenType.L_PAREN) and words[end - 1].text.isidentifier()
    kinds = [token.token_type for token in words[start:end]]
    return called or kinds.count(TokenType.L_PAREN) > kinds.count(TokenType.R_PAREN)


def _is(words: list[Token], place: int, kind: TokenType) -> bool:
    return place < len(words) and words[place].token_type == kind


def _context(change: _Change, old: list[Token]) -> tuple[int, int]:
    """How many words before and behind a change to show: none around a call."""
    if _is(old, change.old_start + 1, TokenType.L_PAREN) and change.old_end > change.old_start:
        return 0, 0
    return min(_AROUND, change.old_start, change.new_start), int(change.old_end > change.old_start)


def _word(token: Token) -> str:
    return f"{token.token_type.name}:{token.text.lower()}"


def _shown(text: str, words: list[Token]) -> str:
    """The words as they stand in the text, cut in the middle when long."""
    shown = text[words[0].start : words[-1].end + 1] if words else "nothing"
    half = _MAX_WIDTH // 2
    return shown if len(shown) <= _MAX_WIDTH else f"{shown[:half]} ... {shown[-half:]}"
