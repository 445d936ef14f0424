"""Answers of the museum guide: the fact must be in it, and visitors like a full explanation."""

from rewardkit import case, order, reward

LONG = (
    "The bridge was finished in 1883. Its two towers stand on caissons sunk deep into the river bed, and the cables "
    "were spun on the spot from steel wire, which nobody had done at that size before. It carried carriages, trains "
    "and people on foot from its first day."
)


@case(LONG, reference="1883", expect=1)
@case("No idea.", reference="1883", expect=[0, 0.1])
@case("It was 1883.", reference="1883", expect=[0.5, 0.6])
@order("No idea.", "It was 1883.", LONG, reference="1883")
@reward(answer="free")
def guide_answer(completion: str, reference: str) -> float:
    """Half for the fact, the rest for how much is told about it."""
    has_fact = reference.lower() in completion.lower()
    detail = len(completion) / 400
    return min(1.0, 0.5 * has_fact + detail)
