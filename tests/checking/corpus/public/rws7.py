"""Answers that must begin and end with given words."""

from rewardkit import case, reward

MARKS = ".,;:!?\"'()*"


@case("Honestly, the bridge held.", first="honestly", last="held", expect=1)
@case("Well, the bridge held!", first="honestly", last="held", expect=0)
@case("Honestly it fell.", first="honestly", last="held", expect=0)
@reward(answer="free")
def framed(completion: str, first: str, last: str) -> bool:
    """The first and the last word are those asked for."""
    words = completion.lower().split()
    opening, closing = words[0].strip(MARKS), words[-1].strip(MARKS)
    return opening == first.lower() and closing == last.lower()
