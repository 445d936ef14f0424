"""Short answers to reading questions: full marks for the same words, less for some of them."""

import re
import unicodedata
from collections import Counter

from rewardkit import Unscored, case, order, reward

WORD = re.compile(r"[+-]?\d+(?:[.,:/]\d+)*|\w[\w'+#&-]*")
LEAD = re.compile(r"^\W*(?:the )?answer(?: is|:)")
ARTICLES = {"a", "an", "the"}


def words(text: str) -> list[str]:
    """The words of a text; articles count only where nothing else is left."""
    text = unicodedata.normalize("NFKC", text.rpartition("</think>")[2]).casefold()
    text = text.replace("\u2019", "'").replace("\u2212", "-").replace("_", " ")
    found = [word.rstrip("'-&") for word in WORD.findall(LEAD.sub("", text))]
    return [word for word in found if word not in ARTICLES] or found


@case("The Danube.", reference="Danube", expect=1)
@case("Answer: the **Danube**", reference="the Danube", expect=1)
@case("river Danube", reference="Danube", expect=[0.5, 0.7])
@case("Danube Danube Danube", reference="Danube", expect=[0.4, 0.5])
@case("dog bites man", reference="man bites dog", expect=0.9)
@case("not the Danube", reference="Danube", expect=[0.5, 0.7])
@case("C", reference="C++", expect=0)
@case("5", reference="-5", expect=0)
@order("the Rhine", "the long river Danube", "river Danube", "Danube", reference="Danube")
@reward(answer="text")
def answer_words(completion: str, reference: str) -> float:
    """1 for the same words in the same order, else at most 0.9 by F1 over counted words."""
    expected, found = words(reference), words(completion)
    if not expected:
        raise Unscored("the reference has no words")
    if found == expected:
        return 1.0
    common = sum((Counter(found) & Counter(expected)).values())
    return 0.9 * 2 * common / (len(found) + len(expected))
