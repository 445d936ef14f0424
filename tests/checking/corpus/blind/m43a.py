"""Answers from a dossier: a short answer and the numbers of the passages that support it."""

import re
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

YEAR = {"answers": ["1987"], "passages": [2]}
TOWN = {"answers": ["Győr", "Raab"], "passages": [1, 4]}
LINE = re.compile(r"[ \t]*answer[ \t]*:([^\[\]]*)((?:\[[0-9, ]{1,40}\][ \t,]?){1,20})[ \t.]*", re.IGNORECASE)


def plain(text: str) -> str:
    """The words of a short answer, without an article in front."""
    words = re.sub(r"[^\w]+", " ", text.casefold()).split()
    return " ".join(words[1:] if words[:1] in (["the"], ["a"], ["in"]) else words)


@case("Answer: 1987 [2]", reference=YEAR, expect=1)
@case("Two passages name the town.\n**Answer:** Raab [4][1].", reference=TOWN, expect=1)
@case("Answer: Győr [1, 4]", reference=TOWN, expect=1)
@case("Answer: 1987 [1][2][3]", reference=YEAR, expect=[0.7, 0.8])
@case("Answer: 1987 [5]", reference=YEAR, expect="answer")
@case("Answer: 1986 [2]", reference=YEAR, expect="form")
@case("It was in 1987.", reference=YEAR, expect=0)
@case("Answer: 1987 [2]", reference={"answers": ["1987"], "passages": []}, expect="unscored")
@order("1987", "Answer: 1986 [2]", "Answer: 1987 [2][3]", "Answer: 1987 [2]", reference=YEAR)
@probe("Answer: 1986 or 1987 [2]", ceiling=0.1, reference=YEAR)
@probe("Answer: 1987 [2]\nAnswer: 1986 [2]", reference=YEAR)
@partial_credit({"form": 0.1, "answer": 0.5, "cited": 0.9, "exact": 1.0}, answer="text")
def cited_answer(completion: str, reference: dict) -> Iterator[Step]:
    """One line 'Answer: ... [n]'; the answer is right; F1 of the passages; full marks for exactly the right ones."""
    if not reference["answers"] or not reference["passages"]:
        raise Unscored("no answer or no passage to compare with")
    lines = re.sub(r"[*_`]", "", completion.rpartition("</think>")[2].partition("<think>")[0]).splitlines()
    found = [line for line in lines if re.match(r"\s*answer\s*:", line, flags=re.IGNORECASE)]
    match = LINE.fullmatch(found[0]) if len(found) == 1 else None
    yield "form", match is not None, "no single line 'Answer: ... [n]'"
    yield "answer", plain(match[1]) in {plain(answer) for answer in reference["answers"]}, "another answer"
    cited = {int(number) for number in re.findall(r"[0-9]+", match[2])}
    wanted = set(reference["passages"])
    yield "cited", 2 * len(cited & wanted) / (len(cited) + len(wanted)), "other passages"
    yield "exact", cited == wanted
