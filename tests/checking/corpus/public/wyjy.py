"""Needles in a long text: all magic words of the given city, in any order."""

from rewardkit import Unscored, case, reward


@case("amber, quartz and onyx", reference=["amber", "onyx", "quartz"], expect=1)
@case("Onyx\nAmber\nQuartz", reference=["amber", "onyx", "quartz"], expect=1)
@case("amber and onyx", reference=["amber", "onyx", "quartz"], expect=[0.6, 0.7])
@case("I found none.", reference=["amber", "onyx", "quartz"], expect=0)
@reward(answer="list")
def magic_words(completion: str, reference: list[str]) -> float:
    """The share of the words that the answer gives."""
    if not reference:
        raise Unscored("the row has no words to find")
    said = completion.casefold()
    return sum(word.casefold() in said for word in reference) / len(reference)
