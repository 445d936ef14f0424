"""Labels and short texts that say something else, or only half of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .mutant import NEGATED, Mutant


def text_mutants(text: str, others: Sequence[str], *, label: bool) -> Iterator[Mutant]:
    """Wrong texts; `others` are those that are right elsewhere."""
    known = {text.casefold(), *(other.casefold() for other in others)}
    negated = f"not {text}"
    if text.casefold().startswith("not "):
        negated = text[4:]
    if negated.casefold() not in known:
        yield Mutant(NEGATED, negated)
    yield Mutant("letters behind", f"{text}zxqv")
    yield Mutant("letters in front", f"zxqv{text}")
    symbols = re.sub(r"[^\w\s]", "", text).strip()
    if symbols and symbols != text and re.search(r"\w[+#*%]|^[-\N{MINUS SIGN}]\d", text):
        yield Mutant("its signs dropped", symbols)
    if re.match(r"[-\N{MINUS SIGN}]\d", text):
        yield Mutant("its minus dropped", text[1:])
    unpointed = re.sub(r"(?<![\w.])(\d+)\.(\d+)(?![\w.])", r"\1\2", text)
    if unpointed != text:
        yield Mutant("the point dropped", unpointed)
    digit = re.search(r"\d(?=\D*$)", text)
    if digit and not _is_measured(text):
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


def _is_measured(text: str) -> bool:
    """Whether it is a decimal number with three digits or more and perhaps a unit: a tolerance may forgive the last of them."""
    found = re.fullmatch(r"[-+\N{MINUS SIGN}]?(\d+\.\d+)\s?[^\d\s]*", text.strip())
    return found is not None and len(found[1].replace(".", "").lstrip("0")) > 2
