"""Stored completions with awkward writings of right and wrong answers: the same file for the same seed.

Every row has the `form` in which its answer is written, so that a disagreement can be named by it. A form is a text in which `{}` is an answer: that of
the row, and in a fifth of the rows that of another one, which is wrong.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Form: TypeAlias = str | Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """Right answers, and how completions may write them."""

    references: Sequence[str]
    forms: Mapping[str, Form]


def _wide(text: str) -> str:
    """Full-width forms of ASCII."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


TEXTS = Kind(
    (
        "Lisbon",
        "Café de Flore",
        "C++",
        "the Nile",
        "Straße",
        "U.S.A.",
        "rock-and-roll",
        "Jane Austen",
        "ΣΊΣΥΦΟΣ",
        "東京",
        "İzmir",
        "don't",
        "an apple",
        "3.14",
        "Saint-Étienne",
        "A",
        "no",
        "New  York",
    ),
    {
        "as it is": "{}",
        "capitals": str.upper,
        "small letters": str.lower,
        "white space around": "  {}\n\n",
        "tab and carriage return": "\t{}\r\n",
        "no-break space": "\u00a0{}\u00a0",
        "zero-width space": "\u200b{}",
        "full stop": "{}.",
        "exclamation marks": "{}!!",
        "quotes": '"{}"',
        "curly quotes": "“{}”",
        "bold": "**{}**",
        "brackets": "({})",
        "sentence, at its end": "I think that the answer is {}.",
        "sentence, at its start": "{} is the answer.",
        "sentence, in the middle": "It must be {}, I think.",
        "denied": "The answer is not {}",
        "several answers": "Porto, {}",
        "several answers, it first": "{} or Porto",
        "end of a longer word": "xyz{}",
        "start of a longer word": "{}xyz",
        "with an article": "the {}",
        "twice": "{} {}",
        "decomposed accents": lambda text: unicodedata.normalize("NFD", text),
        "no accents": lambda text: unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode(),
        "full-width letters": _wide,
        "hyphens for spaces": lambda text: text.replace(" ", "-"),
        "spaces for hyphens": lambda text: text.replace("-", " "),
        "punctuation left out": lambda text: "".join(c for c in text if c.isalnum() or c.isspace()),
        "NUL at the end": "{}\0",
        "after a thought": "<think>Porto?</think>{}",
        "in a thought": "<think>{}</think>",
        "on the last line": "Let me see.\n{}",
        "with a comma after each letter": lambda text: ",".join(text),
        "empty": "",
        "white space only": " \n",
        "punctuation only": "...",
    },
)
NUMBERS = Kind(
    ("42", "-7", "0.5", "1234", "1,234", "72.0", "007", "3.14159", "1000000", "123456.7", "0", "$20"),
    {
        "as it is": "{}",
        "white space around": " {}\n",
        "full stop": "{}.",
        "sentence": "So the answer is {}.",
        "sentence, then more": "The answer is {} for page 9.",
        "sentence, then a year": "It was {} in 2024.",
        "dollar": "${}",
        "dollar of LaTeX": r"\${}",
        "euro": "€{}",
        "percent": "{}%",
        "percent in a sentence": "That is {} %.",
        "bold": "**{}**",
        "brackets": "({})",
        "exclamation mark": "{}!",
        "unit": "{} kg",
        "unit, attached": "{}kg",
        "####": "6 x 7 is worked out.\n#### {}",
        "#### and a full stop": "#### {}.",
        "#### and a dollar": "#### ${}",
        "#### twice": "#### 5\n#### {}",
        "#### then more": "#### {}\nThat is it, in 3 steps.",
        "box": r"$\boxed{{{}}}$",
        "equation": "6 x 7 = {}",
        "decimal zeros": lambda text: text + ".00" if text.lstrip("-").isdigit() else text + "00",
        "commas between thousands": lambda text: _grouped(text),
        "spaces between thousands": lambda text: _grouped(text).replace(",", " "),
        "decimal comma": lambda text: text.replace(".", ","),
        "commas left out": lambda text: text.replace(",", ""),
        "scientific": lambda text: f"{float(text.translate(_PLAIN)):.8e}",
        "minus of Unicode": lambda text: text.replace("-", "−"),
        "plus": "+{}",
        "full-width digits": _wide,
        "superscript": "{}²",
        "fraction sign": "½",
        "Chinese numeral": "四十二",
        "in words": "forty-two",
        "near miss": lambda text: text + ("001" if "." in text else ".001"),
        "version": "v{}",
        "denied": "The answer is not {}",
        "several": "41, 43, {}",
        "either or": "{} or 43",
        "a range": "{}-43",
        "one on each line": "{}\n43",
        "NUL at the end": "{}\0",
        "nan": "nan",
        "infinity": "inf",
        "empty": "",
        "no number": "I do not know.",
    },
)
CHOICES = Kind(
    ("A", "B", "C", "D"),
    {
        "as asked": "ANSWER: {}",
        "small letter": "ANSWER: {lower}",
        "small marker": "answer: {}",
        "full stop": "ANSWER: {}.",
        "comma": "ANSWER: {},",
        "exclamation mark": "ANSWER: {}!",
        "bold": "**ANSWER: {}**",
        "bold letter": "ANSWER: **{}**",
        "brackets": "ANSWER: ({})",
        "bracket and text": "ANSWER: {}) Lisbon",
        "colon and text": "ANSWER: {}: Lisbon",
        "dollars": "ANSWER: ${}$",
        "quotes": 'ANSWER: "{}"',
        "next line": "ANSWER:\n{}",
        "space before the colon": "ANSWER : {}",
        "last line": "Let me think. It is warm there.\nANSWER: {}",
        "middle of a line": "So I say ANSWER: {} and no other.",
        "more after it": "ANSWER: {}\nI am sure of it.",
        "a reason": "ANSWER: {} because it is warm",
        "two": "ANSWER: {}, E",
        "either or": "ANSWER: {} or E",
        "letters together": "ANSWER: {}{}",
        "changed": "ANSWER: E\nNo.\nANSWER: {}",
        "changed back": "ANSWER: {}\nNo.\nANSWER: E",
        "a word": "ANSWER: {}nd so on",
        "denied": "ANSWER: not {}",
        "alone": "{}",
        "alone in brackets": "({})",
        "sentence": "The answer is {}.",
        "box": r"\boxed{{{}}}",
        "option": "Option {}",
        "out of range": "ANSWER: F",
        "a number": "ANSWER: 2",
        "in a thought": "<think>ANSWER: {}</think>",
        "after a thought": "<think>ANSWER: E</think>ANSWER: {}",
        "full-width letter": "ANSWER: {wide}",
        "options copied": "A) x\nB) y\nC) z\nD) w",
        "empty": "",
    },
)
KINDS: Mapping[str, Kind] = {"texts": TEXTS, "numbers": NUMBERS, "choices": CHOICES}

_PLAIN = str.maketrans("", "", ",$")


def made(kind: str, count: int, seed: int) -> list[dict[str, Any]]:
    """`count` rows of one kind: every form in turn, with a right answer drawn at random; a fifth of them written about another one."""
    randomly = random.Random(f"{kind} {seed}")
    references, forms = KINDS[kind].references, list(KINDS[kind].forms.items())
    rows = []
    for n in range(count):
        name, form = forms[n % len(forms)]
        reference = randomly.choice(references)
        answer = randomly.choice(references) if randomly.random() < 0.2 else reference
        completion = (
            form(answer)
            if callable(form)
            else form.format(*[answer] * 2, lower=answer.lower(), wide=_wide(answer))
        )
        rows.append(
            {
                "id": f"{kind}{n}",
                "prompt": f"Question {n}?",
                "reference": reference,
                "completion": completion,
                "form": name,
            }
        )
    return rows


def _grouped(text: str) -> str:
    whole, point, rest = text.translate(_PLAIN).partition(".")
    return f"{int(whole):,}{point}{rest}"
