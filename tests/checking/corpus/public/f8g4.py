"""Fields of an invoice as a JSON object; an invoice that cannot be read gives {}."""

import json
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit

PAID = {"number": "R-12", "total": 84.5, "paid": True, "items": ["bolt", "nut"]}
RIGHT = '{"number": "R-12", "total": 84.50, "paid": true, "items": ["bolt", "nut"]}'


def unique(pairs: list[tuple[str, object]]) -> dict:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def read(completion: str) -> object:
    """What stands between the first and the last brace."""
    text = completion.rpartition("</think>")[2]
    try:
        return json.loads(text[text.find("{") : text.rfind("}") + 1], object_pairs_hook=unique)
    except (ValueError, RecursionError):
        return None


def same(left: object, right: object) -> bool:
    """Equal, where a number is no truth value and text may differ in outer space."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.strip() == right.strip()
    return left == right


@case(f"Here it is:\n```json\n{RIGHT}\n```", reference=PAID, expect="exact")
@case(RIGHT.replace("true", "1"), reference=PAID, expect=[0.6, 0.8])
@case('{"number": "R-12"}', reference=PAID, expect="object")
@case("{}", reference={}, expect=1)
@case('{"total": 3}', reference={}, expect="object")
@case("R-12, 84.50", reference=PAID, expect=0)
@order("{", "{}", RIGHT.replace("R", "S"), RIGHT, reference=PAID)
@partial_credit({"object": 0.1, "keys": 0.3, "values": 0.9, "exact": 1.0}, answer="json")
def invoice(completion: str, reference: dict) -> Iterator[Step]:
    """It is an object, it has the keys and no others, so many values are right, all are."""
    found = read(completion)
    yield "object", isinstance(found, dict)
    yield "keys", found.keys() == reference.keys()
    right = [same(found[key], reference[key]) for key in reference]
    yield "values", sum(right) / len(right) if right else 1.0
    yield "exact", all(right)
