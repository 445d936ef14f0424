"""Short answers to reading questions: F1 over words, as SQuAD defines it."""

import re
import string

from rewardkit import Unscored, case, order, reward

ARTICLES = re.compile(r"\b(a|an|the)\b")


def words(text: str) -> set[str]:
    text = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return set(ARTICLES.sub(" ", text).split())


@case("The Danube.", reference="Danube", expect=1)
@case("river Danube", reference="Danube", expect=[0.6, 0.7])
@case("the Rhine", reference="Danube", expect=0)
@case("in the summer of 1911", reference="summer of 1911", expect=[0.8, 0.9])
@case("", reference="Danube", expect=0)
@order("the Rhine", "the long river Danube", "river Danube", "Danube", reference="Danube")
@reward(answer="text")
def overlap(completion: str, reference: str) -> float:
    """Harmonic mean of precision and recall."""
    expected = words(reference)
    if not expected:
        raise Unscored("the reference has no words")
    found = words(completion)
    common = len(expected & found)
    if not common:
        return 0.0
    precision, recall = common / len(found), common / len(expected)
    return 2 * precision * recall / (precision + recall)
