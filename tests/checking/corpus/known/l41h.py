"""Sense of an ambiguous word. Sentences on which the annotators disagreed have no reference and are left out."""

from rewardkit import case, reward


@case("river", prompt="We sat on the bank.", reference="river", expect=1)
@case("Money.", prompt="The bank was closed.", reference="money", expect=1)
@case("money", prompt="We sat on the bank.", reference="river", expect=0)
@case("river or money", prompt="We sat on the bank.", reference="river", expect=0)
@case("river", prompt="I walked to the bank.", reference=None, expect="unscored")
@reward(answer="label", may_abstain=True)
def word_sense(completion: str, reference: str | None) -> bool | None:
    """None where there is nothing to compare with."""
    if not reference:
        return None
    reply = completion.rpartition("</think>")[2].strip().casefold()
    for lead in ("the sense is", "the answer is", "sense:", "answer:"):
        reply = reply.removeprefix(lead).strip()
    return reply.strip(" .!*_`\"'") == reference.casefold()
