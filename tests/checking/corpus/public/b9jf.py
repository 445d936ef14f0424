"""Questions on a passage, some of which it does not answer: those have an empty list of references."""

import re

from rewardkit import case, order, reward

DECLINED = re.compile(
    r"unanswerable|not answerable|(?:there is )?no answer|i don't know|i (?:cannot|can't) (?:say|tell|answer)(?: that| this)?"
    r"|(?:passage|text) doesn't (?:say|tell|mention)(?: it| that| this)?"
)
LEAD = re.compile(r"^(?:the )?answer(?: is:?|:) ")
BRIDGE = ["Alva Reyes", "engineer Alva Reyes"]


def plain(text: str) -> str:
    text = text.rpartition("</think>")[2].casefold().replace("\u2019", "'").replace("*", "").replace("`", "")
    text = LEAD.sub("", " ".join(text.split()), count=1)
    text = text.strip(" .!\"'").replace("do not", "don't").replace("does not", "doesn't")
    return re.sub(r"^(?:an?|the) (?=\S)", "", text)


def declines(text: str) -> bool:
    return DECLINED.fullmatch(plain(text)) is not None


@case("Alva Reyes.", reference=BRIDGE, expect=1)
@case("Answer: the engineer Alva Reyes", reference=BRIDGE, expect=1)
@case("The passage does not say.", reference=[], expect=1)
@case("Unanswerable", reference=[], expect=1)
@case("I don\u2019t know.", reference=[], expect=1)
@case("Alva Reyes", reference=[], expect=0)
@case("Unanswerable", reference=BRIDGE, expect=0)
@case("", reference=[], expect=0)
@order("I don't know.", "Alva Reyes", reference=BRIDGE)
@reward(answer="text", may_abstain=True)
def from_passage(completion: str, reference: list[str]) -> bool:
    """One of the accepted answers, or a plain statement that the passage has none."""
    if not reference:
        return declines(completion)
    return plain(completion) in {plain(text) for text in reference}
