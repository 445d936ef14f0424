"""Multiple choice with several right options: 'Answer: A, C'."""

import re
import string

from rewardkit import case, order, reward

PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: as in the usual question answering metrics."""
    text = text.lower().translate(PUNCTUATION)
    text = re.sub(r"\b(?:a|an|the)\b", " ", text)
    return " ".join(text.split())


def options(text: str) -> set[str]:
    parts = (normalise(part) for part in re.split(r",|;|/|&|\band\b", text))
    return {part for part in parts if part}


def stated(completion: str) -> str:
    """What follows the last 'Answer:'; nothing when there is no such line."""
    return completion.rpartition("Answer:")[2].strip() if "Answer:" in completion else ""


@case("Both speed and range matter.\nAnswer: B, D", reference="B, D", expect=1)
@case("Answer: d and b", reference="B, D", expect=1)
@case("Answer: A, C, E.", reference="A, C, E", expect=1)
@case("Answer: B", reference="B, D", expect=0)
@case("Answer: B, C, D", reference="B, D", expect=0)
@case("I would say B and D", reference="B, D", expect=0)
@order("Answer: C", "Answer: B, D", reference="B, D")
@reward(answer="list")
def chosen_options(completion: str, reference: str) -> bool:
    """Exactly the right options, in any order."""
    return options(stated(completion)) == options(reference)
