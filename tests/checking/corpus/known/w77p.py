"""Scanned lines put right: the words must be those of the page, in their order; some credit for most of them."""

import re
import unicodedata
from collections import Counter

from rewardkit import Unscored, case, order, reward


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.findall(r"\w+(?:'\w+)*", plain)


def _f1(said: list[str], gold: list[str]) -> float:
    common = (Counter(said) & Counter(gold)).total()
    return 2 * common / (len(said) + len(gold))


@case("The harbour lay still.", reference="The harbour lay still.", expect=1)
@case('"the harbour lay still"', reference="The harbour lay still.", expect=1)
@case("", reference="The harbour lay still.", expect=0)
@case("Still lay the harbour.", reference="The harbour lay still.", expect=0.8)
@order(
    "Nothing.",
    "The harbour burned.",
    "The harbour lay hill.",
    "The harbour lay still.",
    reference="The harbour lay still.",
)
@reward(answer="text", partial_cap=0.8)
def restored_line(completion: str, reference: str) -> float:
    """1 for the line as it was, else the words it shares with it, worth 0.8 at most."""
    gold = _words(reference)
    if not gold:
        raise Unscored("the reference holds no word")
    said = _words(completion.rpartition("</think>")[2])
    return 1.0 if said == gold else 0.8 * _f1(said, gold)
