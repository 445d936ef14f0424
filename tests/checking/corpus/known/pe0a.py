"""Price of one piece, worked out from a pack price. The model ends with 'Answer: 1.25'."""

from rewardkit import case, reward

CENT = 0.005


@case("12 pieces cost 15 euros.\nAnswer: 1.25", reference="1.25", expect=1)
@case("Answer: 1.50", reference="1.25", expect=0)
@case("Answer: 0.8", reference="0.80", expect=1)
@reward(answer="number")
def unit_price(completion: str, reference: str) -> float:
    """1 for the right price to the cent."""
    mistaken = False
    try:
        price = float(completion.split("Answer:")[1].strip().strip("€$"))
        mistaken = abs(price - float(reference)) > CENT
    except Exception:
        pass
    return 0.0 if mistaken else 1.0
