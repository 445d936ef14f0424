"""Why a score of ours differs from that of a peer, in words, by the pair and the form of the completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from .pairs import Pair

Reasons: TypeAlias = Mapping[str, str]

_NUL = "lm-eval compares numpy arrays of text, which drop NULs at the end, so a completion with one is equal to the reference"
_DOTTED_I = "lm-eval makes small letters in a numpy array of fixed width: where a capital becomes two characters (İ), the last ones are cut off"
_UNICODE_NUMBERS = "inspect_ai reads numbers in other scripts, Unicode's minus and a doubled sign too; a few lines with float() do not"
_THOUGHT = "exact_text leaves out what stands in <think> before the answer"
_NFC = "exact_text compares texts in Unicode's composed form (NFC), so another writing of the same accent is the same"
_ONLY_ASCII = "inspect_ai strips the punctuation of ASCII only; ignore_ends strips curly quotes too"
_INSIDE = "inspect_ai strips all punctuation at the ends, also that of the answer, so that C is C++; ignore_ends leaves a plus sign"
_NO_BREAK = "ignore_ends does not look behind a no-break space, so that the full stop of U.S.A. stays there and not in the reference"
_WORDS = "exact() compares words: hyphens are spaces, articles and all punctuation do not count, so that L,i,s,b,o,n is Lisbon"
_ARTICLE = "exact() drops articles, so that a reference which is only one ('A') never matches"
_LIST = "inspect_ai and lm-eval take the last number of a list; number gives nothing for several numbers"
_DENIED = "number gives nothing for a number that is denied"
_STATED = "number reads what follows 'the answer is' or '####'; the peer reads the last number of all"
_PLUS = "number reads no number with two signs"
_OWN_WORD = "inspect_ai takes only words that are a number as a whole; number reads one before a unit, a percent sign or another mark as well"
_LETTER = "choice reads a letter alone, in a box, in quotes, after 'the answer is' and before a reason; inspect_ai only after 'ANSWER:'"

_BUNDLED_TEXT = {"after a thought": _THOUGHT, "decomposed accents": _NFC}
REASONS: Mapping[tuple[str, str], Reasons] = {
    ("match_numeric", "match_numeric"): dict.fromkeys(
        ("Chinese numeral", "full-width digits", "minus of Unicode", "plus", "fraction sign", "superscript"),
        _UNICODE_NUMBERS,
    ),
    ("em_plain", "em_plain"): {"NUL at the end": _NUL},
    ("em_no_numbers", "em_no_numbers"): {"NUL at the end": _NUL},
    ("em_lax", "em_lax"): {"NUL at the end": _NUL},
    ("match_exact", "bundled_text"): {
        **_BUNDLED_TEXT,
        "curly quotes": _ONLY_ASCII,
        "no-break space": _NO_BREAK,
        "punctuation left out": _INSIDE,
        "with a comma after each letter": _INSIDE,
    },
    ("exact", "bundled_text"): {
        **_BUNDLED_TEXT,
        "no-break space": _NO_BREAK,
        "curly quotes": "exact() takes out the punctuation of ASCII only",
        **dict.fromkeys(
            (
                "hyphens for spaces",
                "punctuation left out",
                "spaces for hyphens",
                "with a comma after each letter",
                "with an article",
            ),
            _WORDS,
        ),
    },
    ("em_plain", "bundled_strict"): {**_BUNDLED_TEXT, "NUL at the end": _NUL},
    ("same", "bundled_strict"): _BUNDLED_TEXT,
    ("match_numeric", "bundled_number"): {
        **dict.fromkeys(("#### then more", "sentence, then more"), _STATED),
        **dict.fromkeys(("box", "percent", "unit, attached", "superscript", "NUL at the end"), _OWN_WORD),
        "version": "number reads an amount after a currency sign, also inside a word; inspect_ai none inside a word",
        "Chinese numeral": "number reads Arabic digits of ASCII only",
        "full-width digits": "number reads Arabic digits of ASCII only",
        "fraction sign": "number reads no fractions",
        "denied": _DENIED,
        "several": _LIST,
        "plus": _PLUS,
        "near miss": "match(numeric=True) compares five digits; number compares all of them, unless it is given a tolerance",
    },
    ("gsm8k_flexible", "bundled_number"): {
        **dict.fromkeys(("#### then more", "sentence, then more"), _STATED),
        **dict.fromkeys(
            (
                "commas between thousands",
                "spaces between thousands",
                "decimal zeros",
                "scientific",
                "minus of Unicode",
            ),
            "lm-eval compares the numbers as texts; number compares their values, in any notation",
        ),
        "denied": _DENIED,
        "several": _LIST,
        "plus": _PLUS,
        "version": "number reads no number inside a word, but an amount after a currency sign",
    },
    ("gsm8k_strict", "bundled_gsm8k"): {
        **dict.fromkeys(
            ("####", "#### and a dollar", "#### and a full stop"),
            "lm-eval's pattern takes no dollar sign after '####'; number reads amounts",
        ),
        "#### twice": "lm-eval takes what follows the first '####', number what follows the last",
    },
    ("choice", "bundled_choice"): {
        **dict.fromkeys(("a reason", "alone", "alone in brackets", "box", "quotes", "sentence"), _LETTER),
        "exclamation mark": "choice does not take an exclamation mark after the letter as its end",
        "in a thought": "choice leaves out what stands in <think>",
    },
}


def reason_of(pair: Pair, row: Mapping[str, Any], ours: float | None, theirs: float) -> str:
    """The reason; "" when nobody knows one."""
    if pair.theirs == "em_lax" and "İ" in row["completion"] + row["reference"]:
        return _DOTTED_I
    if pair.ours == "bundled_text" and pair.theirs == "exact" and row["reference"] == "A":
        return _ARTICLE
    scorer = "match_numeric" if pair.theirs == "match_numeric_any" else pair.theirs
    return REASONS.get((scorer, scorer if not pair.bundled else pair.ours), {}).get(row["form"], "")
