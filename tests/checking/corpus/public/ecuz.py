"""Word problems with small whole answers: the count that the answer names."""

from rewardkit import case, reward


def plain(text: str) -> str:
    return text.replace(",", "").replace("**", "").lower()


@case("She has 21 apples left.", reference="21", expect=1)
@case("There are 1,250 seats.", reference="1250", expect=1)
@case("She has 14 apples left.", reference="21", expect=0)
@case("I am not sure.", reference="21", expect=0)
@reward(answer="number")
def pieces_left(completion: str, reference: str) -> bool:
    """The answer states the expected count."""
    return plain(reference) in plain(completion)
