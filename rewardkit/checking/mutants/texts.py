"""Labels and short texts that say something else, or only half of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .mutant import Mutant


def text_mutants(text: str, others: Sequence[str], *, label: bool) -> Iterator[Mutant]:
    """Wrong texts; `others` are those that are right elsewhere."""
    known = {text.casefold(), *(other.casefold() for other in others)}
    negated = f"not {text}"
    if text.casefold().startswith("not "):
        negated = text[4:]
    if negated.casefold() not in known:
        yield Mutant("negated", negated)
    yield Mutant("letters behind", f"{text}zx")
    yield Mutant("letters in front", f"zx{text}")
    symbols = re.sub(r"[^\w\s]", "", text).strip()
    if symbols and symbols != text and re.search(r"\w[+#*%]|^[-\N{MINUS SIGN}]\d", text):
        yield Mutant("its signs dropped", symbols)
    digit = re.search(r"\d(?=\D*$)", text)
    if digit:
        yield Mutant(
            "another last digit",
            text[: digit.start()] + str((int(digit.group()) + 5) % 10) + text[digit.end() :],
        )
    words = text.split()
    if len(words) > 1 and not label:
        for operator, kept in (
            ("the last word dropped", words[:-1]),
            ("the first half only", words[: len(words) // 2]),
        ):
            less = " ".join(kept)
            if less.casefold() not in known:
                yield Mutant(operator, less, "less")
        yield Mutant("another last word", " ".join([*words[:-1], "zxqv"]))
    strange = next((other for other in others if other.casefold() != text.casefold()), None)
    if strange and not label:
        yield Mutant("another text behind it", f"{text} and {strange}", "more")
