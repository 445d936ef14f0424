"""Questions on a passage, some of which it does not answer: there a refusal is right. Disputed rows are left out."""

import re

from rewardkit import case, probe, reward

NOWHERE = "not stated"
REFUSAL = re.compile(
    r"(?:i (?:do not|don't|cannot|can't) (?:know|say|tell)|(?:the (?:passage|text) |it )?(?:does not|doesn't) say|"
    r"(?:this |that |it )?(?:is )?not (?:stated|given|mentioned|said)|unknown|no answer)"
    r"(?:[ ,]+(?:in|from) the (?:passage|text))?"
)
LEAD = re.compile(r"(?:the answer is|answer:|it is|it was|in|by) ")


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!*_`\"'")


@case("1911", reference="1911", expect=1)
@case("In 1911.", reference="1911", expect=1)
@case("Marta Lind", reference="Marta Lind", expect=1)
@case("The passage does not say.", reference="not stated", expect=1)
@case("I don't know.", reference="not stated", expect=1)
@case("I don't know.", reference="1911", expect=0)
@case("1911", reference="not stated", expect=0)
@case("1911", reference="disputed", expect="unscored")
@probe("1911, or it is not stated", reference="1911")
@reward(answer="text", may_abstain=True)
def passage_answer(completion: str, reference: str) -> bool | None:
    """The answer, or a refusal where the passage has none."""
    if reference in ("", "disputed"):
        return None
    reply = _plain(completion.rpartition("</think>")[2])[:400]
    if reference == NOWHERE:
        return REFUSAL.fullmatch(reply) is not None
    lead = LEAD.match(reply)
    return _plain(reference) in (reply, reply[lead.end() :] if lead else reply)
