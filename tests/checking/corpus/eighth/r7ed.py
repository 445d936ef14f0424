"""History quiz: a short line of reasoning, then 'Answer:' with a name or year. Rambling halves the reward."""

import re
import unicodedata

from rewardkit import case, order, reward

LIMIT = 60  # words of the whole reply


def plain(text: str) -> str:
    """Without case, accents, outer punctuation and a leading article; signs within a number stay."""
    text = unicodedata.normalize("NFKD", text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).casefold()
    return re.sub(r"^(?:the|a|an)\s+", "", " ".join(text.split()).strip(" .!*_`\"'"))


@case("He crossed the Rubicon in January.\nAnswer: 49 BC", reference=["49 BC", "49 BCE"], expect=1)
@case("Answer: **49 BCE**.", reference=["49 BC", "49 BCE"], expect=1)
@case("Answer: 49", reference=["49 BC", "49 BCE"], expect=0)
@case("Answer: 49 BC or 50 BC", reference=["49 BC", "49 BCE"], expect=0)
@case("hm " * 80 + "\nAnswer: 49 BC", reference=["49 BC", "49 BCE"], expect=0.5)
@case("Rome", reference=["Treaty of Rome"], expect=0)
@order("Answer: 1956", "well " * 70 + "\nAnswer: 1957", "Answer: 1957", reference=["1957"])
@reward(answer="text", length_aware=True, format_strict=True)
def brief_answer(completion: str, reference: list) -> float:
    """1 for an accepted answer within sixty words, 0.5 for one that takes longer, 0 otherwise."""
    parts = re.split(r"answer\s*:", completion, flags=re.IGNORECASE)
    if len(parts) != 2 or plain(parts[1]) not in {plain(accepted) for accepted in reference}:
        return 0.0
    return 1.0 if len(completion.split()) <= LIMIT else 0.5
