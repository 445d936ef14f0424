"""The words of a text, the same however it was typeset.

    words_of("What’s  6 − 7?\\n**NOW**")    ->  ["whats", "6", "-", "7", "now"]

Unicode form, case, white space and punctuation make no difference. Signs of arithmetic do where a number stands beside them, or a letter alone
on both sides: `3 + 4` is not `3 - 4`. Scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have one word a character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ALONE = (  # characters that are words of their own: the script has no spaces
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_MARKS = (  # vowel signs and accents, which are no letters to `re`: Latin, Cyrillic, Hebrew, Arabic, the scripts of India
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u0900-\u0963\u0971-\u0dff"
)
_SIGN = r"[-+*/^%<>=]"
_ONE_LETTER = r"(?:(?<=\b[a-z0-9])|(?<=\b[a-z0-9] ))"
_AFTER_NUMBER = r"(?:(?<=[0-9])|(?<=[0-9] )|(?<=[0-9]\))|(?<=[0-9]\) ))"
_WORD = re.compile(
    rf"\d+(?:\.\d+)+|[{_ALONE}]|(?:[^\W_{_ALONE}]|[{_MARKS}])+"
    rf"|{_SIGN}(?=[ (\[]*[0-9])|{_AFTER_NUMBER}(?!-){_SIGN}|{_ONE_LETTER}{_SIGN}(?= ?[a-z]\b)"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_ALIKE = str.maketrans({"−": "-", "–": "-", "—": "-", "×": "*", "÷": "/", "’": "'", "ʼ": "'"})
_DIGIT = re.compile(r"\d")


def words_of(text: str) -> list[str]:
    """The words of a text, in their order."""
    return list(_WORD.findall(_folded(text)))


def plain(text: str) -> str:
    """The words with one space between; of a text without any (`???`), the text itself. Empty for white space alone."""
    folded = _folded(text)
    return " ".join(_WORD.findall(folded)) or folded


def numbers_in(words: Sequence[str]) -> list[str]:
    """The words that hold a digit, sorted: two texts that differ in them ask for different things."""
    return sorted(word for word in words if _DIGIT.search(word))


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_ALIKE)
    text = " ".join(text.lower().split())
    if "," in text:
        text = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    return _APOSTROPHE.sub("", text) if "'" in text else text
