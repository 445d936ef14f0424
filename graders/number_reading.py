"""Read the numbers of a text, in the notations that people and models use, as exact decimals.

    >>> [found.value for found in numbers_in("from $1,200 to 1.5 million, v2")]
    [Decimal('1200'), Decimal('1500000')]

A run of digits that is not plainly one number (1.2.3, 41,42,43, 10^3) is found with the value None, so that
a caller sees that something stands there. So is "- 42" at the start of a line: it may be a bullet or a minus sign. Nothing is evaluated. Time is linear in the length of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Percent = Literal["fraction", "ignore"]

_MOST_DIGITS = 60  # the longest number that is read; longer ones are no answers, and slow
_SEPARATORS = ",'’\u00a0\u202f\u2009"
_SIGN = "-+−–"
_TOKEN = re.compile(
    rf"""
    (?<![\w.^\\]) (?<![A-Za-z]-)                         # not inside a word, a version or a power
    (?P<sign>[{_SIGN}]?) (?:[$€£¥]\s?)? (?P<second>[{_SIGN}]?)
    (?P<digits>[0-9][0-9.{_SEPARATORS}]* | \.[0-9]+)
    (?P<power>[eE](?P<e>[{_SIGN}]?[0-9]{{1,3}})(?![0-9A-Za-z_.])
      | \s{{0,2}}(?:×|x|\*|\\times|\\cdot)\s{{0,2}}10\s{{0,2}}(?:\^|\*\*)\s{{0,2}}\{{?(?P<ten>[{_SIGN}]?[0-9]{{1,3}})\}}?(?![0-9]))?
    """,
    re.VERBOSE,
)
_SUFFIX = re.compile(
    r"\s{0,2}(?:(?P<percent>%|per\s?cent\b)|(?P<scale>thousand|million|billion|trillion|(?<!\s)k|(?<!\s)bn)\b)",
    re.IGNORECASE,
)
_ODD = re.compile(r"[A-Za-z_]{0,20}[0-9]|\s{0,2}\^|\*\*[0-9(]")  # 0x2A, 2^10, 2**10
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(rf"[0-9]{{1,3}}([{_SEPARATORS}])[0-9]{{3}}(?:\1[0-9]{{3}})*(?:\.[0-9]+)?")
_SCALES = {"thousand": 3, "k": 3, "million": 6, "billion": 9, "bn": 9, "trillion": 12}
_FRACTION = re.compile(
    r"\\[dt]?frac\{([^{}]{0,60})\}\{([^{}]{0,60})\}"
)  # not read, but no two numbers either
_LATEX = ((r"{,}", ","), (r"\$", "$"), (r"\%", "%"), (r"\!", ""), (r"\,", ""))

_CONNECTOR = re.compile(
    r"[\s*_]*(?:[,;/|&~±–—•*-]|\+/-|\.{2,3}|:(?!\s))?\s*(?:(?:or|and|to|through|until|versus|vs\.?)\b)?\s*"
    r"|[^\d.!?\n]*\b(?:or|maybe|perhaps|possibly|alternatively)\b[^\d.!?\n]*",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s{0,2}(?:[A-Za-z]{1,20}\b|[)\]])")
_WIDEST_GAP = 40
_INDENT = 20
_LOOSE_SIGN = re.compile(r"[\s*_$(]*[-−–][ \t*_]+")


@dataclass(frozen=True, slots=True)
class Notation:
    """How numbers are written: which mark is the decimal one, and what a percent sign means."""

    decimal: str = "."
    percent: Percent = "fraction"


ENGLISH = Notation()


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text, `text[start:end]`; `value` is None when what stands there is not plainly a number."""

    value: Decimal | None
    start: int
    end: int


def numbers_in(text: str, notation: Notation = ENGLISH) -> list[Found]:
    """Every number of the text, in order."""
    return [_found(text, match, notation) for match in _TOKEN.finditer(text)]


def without_latex(text: str) -> str:
    """The text with LaTeX's escapes and spacing of numbers written plainly: `1{,}200\\,\\$` is `1,200$`."""
    for latex, plain in _LATEX:
        text = text.replace(latex, plain)
    return _FRACTION.sub(r"\1/\2", text)


def are_joined(text: str, first: Found, second: Found) -> bool:
    """Whether only a comma, "or", "to", a dash or the like stands between two numbers: a list or a range, not one answer.

    What follows both numbers is no part of the gap: "41 apples, 42 apples", "41) 42)".
    """
    gap = text[first.end : second.start]
    unit = _UNIT.match(text, second.end)
    if unit and gap.startswith(unit.group()):
        gap = gap[len(unit.group()) :]
    return len(gap) <= _WIDEST_GAP and _CONNECTOR.fullmatch(gap) is not None


def _found(text: str, match: re.Match[str], notation: Notation) -> Found:
    digits = match["digits"].rstrip("." + _SEPARATORS)
    power = match["power"]
    end = match.end() if power else match.start("digits") + len(digits)
    if power and digits != match["digits"]:
        return Found(None, match.start(), end)
    suffix = _SUFFIX.match(text, end)
    odd = _ODD.match(text, end) is not None and not (suffix and suffix["percent"])
    odd = odd or _after_loose_sign(text, match.start())
    value = None if odd else _value(digits, match["sign"] + match["second"], notation)
    if value is None:
        return Found(None, match.start(), end)
    shift = int((match["e"] or match["ten"]).translate(_MINUS)) if power else 0
    if suffix is not None:
        shift += _SCALES.get((suffix["scale"] or "").lower(), 0)
        shift -= 2 if suffix["percent"] and notation.percent == "fraction" else 0
    return Found(value.scaleb(shift), match.start(), suffix.end() if suffix else end)


def _after_loose_sign(text: str, start: int) -> bool:
    """Whether a dash and a space stand before the number, and nothing else on its line."""
    near = text[max(0, start - _INDENT) : start]
    line = near.rpartition("\n")[2]
    return _LOOSE_SIGN.fullmatch(line) is not None and (len(line) < len(near) or start <= _INDENT)


_MINUS = str.maketrans("−–", "--")
_SWAP = str.maketrans(",.", ".,")


def _value(digits: str, sign: str, notation: Notation) -> Decimal | None:
    if len(digits) > _MOST_DIGITS or len(sign) > 1:
        return None
    if notation.decimal == ",":
        digits = digits.translate(_SWAP)
    if _GROUPED.fullmatch(digits):
        digits = digits.translate(str.maketrans("", "", _SEPARATORS))
    elif not _PLAIN.fullmatch(digits):
        return None
    return Decimal(sign.translate(_MINUS) + digits)
