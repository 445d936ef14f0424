"""Short answers with sources. The last line is 'Answer: <answer> [n]', with one or more of the sources that say so."""

import re
import unicodedata

from rewardkit import Unscored, case, order, probe, reward

CITATIONS = re.compile(r"(?:(?:,|;|\band\b|\s)*\[[0-9]{1,2}(?:\s*[,;]\s*[0-9]{1,2})*\])+")
NUMBER = re.compile(r"[0-9]{1,2}")


def plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
    return " ".join(text.split()).strip(" .,;:*_`\"'").removeprefix("the ")


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def read(completion: str) -> tuple[str, set[int]] | None:
    """The answer and the sources it cites, from the last line, which alone is marked."""
    lines = [line.strip(" \t*_") for line in visible(completion).splitlines() if line.strip()]
    marked = [line for line in lines if line[:7].casefold() == "answer:"]
    if len(marked) != 1 or lines[-1] != marked[0]:
        return None
    body = marked[0][7:].rstrip(" .*_")
    start = body.find("[")
    if start < 0 or CITATIONS.fullmatch(body, start) is None:
        return None
    return plain(body[:start]), {int(number) for number in NUMBER.findall(body, start)}


YEAR = {"reference": ["1932", "in 1932"], "supporting": [1, 3]}


@case("Answer: 1932 [1]", expect=1, **YEAR)
@case("The records agree.\n**Answer:** in 1932 [1][3].", expect=1, **YEAR)
@case("Answer: 1932 [3, 1]", expect=1, **YEAR)
@case("Answer: 1932 [1], [3]", expect=1, **YEAR)
@case("Answer: 1932 [2]", expect=0.3, **YEAR)
@case("Answer: 1932 [1][2][3]", expect=0.3, **YEAR)
@case("Answer: 1932", expect=0, **YEAR)
@case("Answer: 1923 [1]", expect=0, **YEAR)
@case("Answer: 1932 [1]", reference=["1932"], supporting=[], expect="unscored")
@probe("Answer: 1932 or 1923 [1]", **YEAR)
@probe("Answer: 1932 [1]\nAnswer: 1923 [1]", **YEAR)
@probe("Answer: [1]", **YEAR)
@order("Answer: 1931 [1]", "Answer: 1932 [4]", "Answer: 1932 [1]", **YEAR)
@reward(partial_cap=0.3)
def cited_answer(completion: str, reference: list[str], supporting: list[int]) -> float:
    """1.0 for a right answer that cites only sources that say so, 0.3 for a right answer with other citations."""
    accepted = {plain(text) for text in reference or []} - {""}
    if not accepted or not supporting:
        raise Unscored("the row lacks an answer or the sources that support it")
    found = read(completion)
    if found is None or found[0] not in accepted:
        return 0.0
    return 1.0 if found[1] <= set(supporting) else 0.3
