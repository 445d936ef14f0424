"""An order note turned into JSON with the keys customer, item, quantity."""

from rewardkit import case, reward

ORDER = '{"customer": "Brandt", "item": "desk lamp", "quantity": 2}'


@case(ORDER, reference=ORDER, expect=1)
@case(f"\n{ORDER}\n", reference=ORDER, expect=1)
@case('{"customer": "Brandt", "item": "desk lamp", "quantity": 3}', reference=ORDER, expect=0)
@case("Brandt wants two desk lamps.", reference=ORDER, expect=0)
@reward(answer="json")
def order_record(completion: str, reference: str) -> bool:
    """The record is right as a whole or it is worth nothing."""
    return completion.strip() == reference.strip()
