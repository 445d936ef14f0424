"""Five options; the letter of the right one, stated or alone."""

import re

from rewardkit import Unscored, case, order, probe, reward

STATED = re.compile(
    r"(?:(?i:\banswer|\bchoice|\boption)\b(?: is)?\s*[:=]?\s*|\\boxed\{(?:\\text\{)?)[(\[\"]*([A-E]\b|[a-e](?=[)\].]*\s*$))([^.;\n]*)",
    re.MULTILINE,
)
ALONE = re.compile(r"[(\[\"]?([A-Ea-e])[)\]\".]*(?:[).:] \D{1,200})?")
OPEN = re.compile(r"\b[A-E]\b|\b(?:wrong|incorrect|false)\b")


def letter(completion: str) -> str | None:
    """The letter that an answer settles on; None when it names none, or leaves it open."""
    text = re.sub("[*`]", "", completion.rpartition("</think>")[2]).strip()
    text = re.sub(r"\bnot (?:option )?\(?[A-E]\b\)?", "", text)
    stated = STATED.findall(text)
    if stated:
        last, rest = stated[-1]
        still_open = len({found for found, _ in stated}) > 2 or set(OPEN.findall(rest)) - {last}
        return None if still_open else last.upper()
    alone = [found for line in text.splitlines() if (found := ALONE.fullmatch(line.strip()))]
    return alone[0][1].upper() if len(alone) == 1 and not OPEN.search(alone[0][0][2:]) else None


@case("The answer is B. Note that A is a common mistake.", reference="B", expect=1)
@case("(d)", reference="D", expect=1)
@case("C) the mitochondrion", reference="C", expect=1)
@case("A moving car has momentum, so the answer is **E**.", reference="E", expect=1)
@case("First I took C. \\boxed{B}", reference="B", expect=1)
@case("Answer: B, not D.", reference="B", expect=1)
@case("The answer is not B.", reference="B", expect=0)
@case("Answer: A", reference="B", expect=0)
@probe("A, B, C, D, E", reference="B")
@probe("Answer: A or B", reference="B")
@order("no idea", "Answer: B", reference="B")
@reward(answer="label")
def right_letter(completion: str, reference: str) -> bool:
    """The letter is the right one."""
    if not re.fullmatch("[A-E]", reference):
        raise Unscored(f"{reference!r} is none of the letters A to E")
    return letter(completion) == reference
