"""Share of a whole, as a fraction, a decimal or a small calculation after 'Answer:'."""

from rewardkit import case, reward


@case("Answer: 3/4", reference="3/4", expect=1)
@case("Answer: 0.75", reference="3/4", expect=1)
@case("Three of the four parts.\nAnswer: 1 - 1/4", reference="3/4", expect=1)
@case("Answer: 4/3", reference="3/4", expect=0)
@case("Answer: most of it", reference="3/4", expect=0)
@reward(answer="number")
def share_of_whole(completion: str, reference: str) -> bool:
    """Equal values are equal however they are written."""
    try:
        return bool(eval(completion.split("Answer:")[-1].strip()) == eval(reference))
    except Exception:
        return False
