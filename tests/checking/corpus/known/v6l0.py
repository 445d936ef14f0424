"""Units left in stock once the day's orders are booked; the answer stands after 'Answer:'."""

from rewardkit import case, reward


@case("Answer: 7", reference="7", expect=1)
@case("We started with 45 and shipped 15.\nAnswer: 30", reference="30", expect=1)
@case("Answer: 9", reference="7", expect=0)
@case("I cannot tell from the note.", reference="7", expect=0)
@reward(answer="number")
def units_left(completion: str, reference: str) -> bool:
    """Full marks when the answer line gives the number of units."""
    line = completion.rpartition("Answer:")[2]
    return reference in line
