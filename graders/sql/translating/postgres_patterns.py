"""The patterns of Postgres's to_char, to_date and to_timestamp, in DuckDB's functions.

    to_char(d, 'FMMonth YYYY')         strftime(d, '%B %Y')
    to_char(d, 'YYYY-"Q"Q')            strftime(d, '%Y-Q') || quarter(d)
    to_date(x, 'DD Mon YYYY')          CAST(strptime(x, '%d %b %Y') AS DATE)

A part without a counterpart (ordinals, Roman numerals, eras, time zones) raises Unsupported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlglot import exp

from .rewriting import Unsupported, fill, quoted

# Postgres's words and strftime's. Upper and lower case mean the same ...
_FIELDS = {
    "YYYY": "%Y", "IYYY": "%G", "YY": "%y", "MM": "%m", "DDD": "%j", "DD": "%d", "HH24": "%H", "HH12": "%I", "HH": "%I",
    "MI": "%M", "SS": "%S", "MS": "%g", "US": "%f", "IW": "%V", "ID": "%u",
}  # fmt: skip
_COMPUTED = {
    "Q": "quarter(x)", "D": "(dayofweek(x) + 1)", "W": "((day(x) - 1) // 7 + 1)",
    "WW": "printf('%02d', (dayofyear(x) - 1) // 7 + 1)",
}  # fmt: skip
# ... except in names, which are written in the case of their word.
_NAMES = {"MONTH": "%B", "DAY": "%A", "MON": "%b", "DY": "%a", "AM": "%p", "PM": "%p"}
_PADDED = frozenset({"MONTH", "DAY"})  # to nine characters, unless FM stands before them
_TRIMMED = frozenset({"%m", "%d", "%j", "%H", "%I", "%M", "%S", "%y"})  # FM drops their leading zeros
_FOREIGN = (
    "Y,YYY", "YYY", "IYY", "IY", "A.M.", "P.M.", "A.D.", "B.C.", "AD", "BC", "CC", "RM", "TZH", "TZM", "TZ", "OF", "SSSSS", "SSSS",
    "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "IDDD", "SP", "TH", "J", "I", "Y",
)  # fmt: skip
_UNREADABLE = frozenset({"IYYY", "IW", "ID"})
_OF_INTERVAL = {
    "DD": "date_part('day', x)", "HH24": "date_part('hour', x)", "MI": "date_part('minute', x)", "SS": "date_part('second', x)",
}  # fmt: skip


def _forms(words: Iterable[str]) -> list[str]:
    """The words in every case that Postgres knows, longer ones first."""
    cased = {form for word in words for form in (word, word.lower())}
    return sorted(cased | {name.capitalize() for name in _NAMES} - {"Am", "Pm"}, key=len, reverse=True)


_WORDS = "|".join(map(re.escape, _forms([*_FIELDS, *_COMPUTED, *_NAMES, *_FOREIGN])))
_PART = re.compile(
    rf'(?P<prefix>FM|fm|TM|tm)?(?:(?P<word>{_WORDS})|"(?P<text>[^"]*)"|(?:\\(?="))?(?P<sign>.))', re.DOTALL
)


class _Piece(NamedTuple):
    """A part of a text: a form for strftime, or else the template of an expression of x."""

    form: str
    template: str = ""


def moment_text(moment: exp.Expr, pattern: str) -> exp.Expr:
    """to_char of a date, a time or a timestamp."""
    if moment.is_type(exp.DType.TIME):
        moment = fill("DATE '1970-01-01' + x", x=moment)
    templates, form = [], ""
    for piece in (*map(_piece, _PART.finditer(pattern)), _Piece("", "")):
        form += piece.form
        if not piece.form:
            templates += [f"strftime(x, {quoted(form)})"] * bool(form) + [piece.template] * bool(
                piece.template
            )
            form = ""
    text = " || ".join(templates) or "''"
    return fill(f"CAST({text} AS TEXT)" if text in _COMPUTED.values() else text, x=moment)


def strftime_form(pattern: str) -> str:
    """The pattern of to_char for strftime alone; Unsupported when it takes more."""
    pieces = list(map(_piece, _PART.finditer(pattern)))
    if any(piece.template for piece in pieces):
        raise Unsupported(f"the pattern '{pattern}' has no counterpart")
    return "".join(piece.form for piece in pieces)


def _piece(part: re.Match[str]) -> _Piece:
    word = (part["word"] or "").upper()
    if not word:
        return _Piece(_plain(part).replace("%", "%%"))
    if word in _FIELDS:
        field = _FIELDS[word]
        fills = (part["prefix"] or "").upper() == "FM" and field in _TRIMMED
        return _Piece(field.replace("%", "%-") if fills else field)
    if word in _COMPUTED:
        return _Piece("", _COMPUTED[word])
    if word in _NAMES:
        return _name(word, part["word"], padded=word in _PADDED and not part["prefix"])
    raise Unsupported(f"the part '{part[0]}' of a pattern has no counterpart")


def _plain(part: re.Match[str]) -> str:
    return str(part["sign"] if part["text"] is None else part["text"])


def _name(word: str, written: str, *, padded: bool) -> _Piece:
    """The name of a month, a day or a half of the day, as `written` is: in upper, lower or mixed case."""
    as_strftime = "%p" if word in ("AM", "PM") else ""
    if (written.isupper() if as_strftime else written == word.capitalize()) and not padded:
        return _Piece(_NAMES[word])
    text = f"strftime(x, '{_NAMES[word]}')"
    if written.islower():
        text = f"lower({text})"
    elif written.isupper():
        text = f"upper({text})"
    return _Piece("", f"rpad({text}, 9, ' ')" if padded else text)


def interval_text(interval: exp.Expr, pattern: str) -> exp.Expr:
    """to_char of an interval: each field with its own sign, hours beyond 24 as they are."""
    templates = list(_interval_templates(pattern))
    return fill(" || ".join(templates) or "''", x=interval)


def _interval_templates(pattern: str) -> Iterator[str]:
    for part in _PART.finditer(pattern):
        field = _OF_INTERVAL.get((part["word"] or "").upper(), "")
        if not part["word"]:
            yield quoted(_plain(part))
        elif not field or part["prefix"]:
            raise Unsupported(f"the part '{part[0]}' of an interval's pattern has no counterpart")
        else:
            yield f"CASE WHEN {field} < 0 THEN '-' ELSE '' END || printf('%02d', abs({field}))"


def moment_of(text: exp.Expr, pattern: str) -> exp.Expr:
    """to_timestamp(text, pattern). Where the pattern has no year Postgres takes 1 BC, strptime 1900."""
    parts = list(_PART.finditer(pattern))
    form = "".join(map(_reading_form, parts))
    moment = fill("strptime(x, y)", x=text, y=exp.Literal.string(form))
    has_year = any((part["word"] or "").upper() in ("YYYY", "YY") for part in parts)
    return moment if has_year else fill("x - to_years(1900)", x=moment)


def _reading_form(part: re.Match[str]) -> str:
    word = (part["word"] or "").upper()
    if not word:
        return _plain(part).replace("%", "%%")
    form = _FIELDS.get(word) or _NAMES.get(word)
    if form is None or word in _UNREADABLE:
        raise Unsupported(f"the part '{part[0]}' of a pattern to read by has no counterpart")
    return form
