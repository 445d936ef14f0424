"""Constraints of a product text. Whether it reads well is judged elsewhere; this says whether the brief was kept."""

import re

from rewardkit import Unscored, case, order, probe, reward

BRIEF = {"keywords": ["linen", "machine-washable"], "forbidden": ["cheap", "best"], "words": [12, 25]}
TEXT = "This linen apron is machine-washable, has two deep pockets and keeps its colour for years."


def holds(term: str, text: str) -> bool:
    """Whether a term stands in a text as whole words, in any case."""
    return re.search(rf"(?<![\w-]){re.escape(term)}(?![\w-])", text, flags=re.IGNORECASE) is not None


@case(TEXT, reference=BRIEF, expect=1)
@case(TEXT.upper(), reference=BRIEF, expect=1)
@case(TEXT.replace("linen", "cotton"), reference=BRIEF, expect=0.75)
@case(TEXT.replace("deep", "cheap"), reference=BRIEF, expect=0.75)
@case("Linen. Machine-washable.", reference=BRIEF, expect=0.5)
@case(TEXT + " " + TEXT, reference=BRIEF, expect=0.5)
@case("", reference=BRIEF, expect=0)
@case(TEXT, reference={"keywords": [], "forbidden": [], "words": [12, 25]}, expect="unscored")
@order("", "An apron.", TEXT.replace("linen", "cotton"), TEXT, reference=BRIEF)
@probe(" ".join(["linen machine-washable"] * 10), ceiling=0.75, reference=BRIEF)
@reward(answer="free", length_aware=True)
def brief_kept(completion: str, reference: dict) -> float:
    """A quarter each: all keywords, no forbidden word, sentences of six words or more that do not repeat, the number of words."""
    if not reference["keywords"]:
        raise Unscored("a brief without keywords")
    text = (
        completion.rpartition("</think>")[2]
        .partition("<think>")[0]
        .replace("\u2011", "-")
        .strip(' \n\t*_`"“”')
    )
    if not text:
        return 0.0
    low, high = reference["words"]
    sentences = [s.casefold().split() for s in re.split(r"(?<=[.!?])\s+", text)]
    distinct = len({tuple(s) for s in sentences}) == len(sentences)
    varied = all(len(s) >= 6 and len({*s}) > len(s) / 2 for s in sentences) and text[-1] in ".!?"
    rules = (
        all(holds(word, text) for word in reference["keywords"]),
        not any(holds(word, text) for word in reference["forbidden"]),
        distinct and varied,
        low <= len(text.split()) <= high,
    )
    return sum(rules) / len(rules)
