"""Fields of a delivery note as JSON; what the note does not say is null."""

import json
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, partial_credit

FIELDS = ("supplier", "order_number", "delivery_date", "pallets", "damage")
NOTE = {
    "supplier": "Norrland Timber",
    "order_number": None,
    "delivery_date": "2026-02-11",
    "pallets": 6,
    "damage": None,
}


def parse(text: str) -> dict | None:
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


@case(json.dumps(NOTE), reference=NOTE, expect=1)
@case(f"```json\n{json.dumps(NOTE, indent=1)}\n```", reference=NOTE, expect=1)
@case(json.dumps(NOTE | {"pallets": 9}), reference=NOTE, expect=[0.7, 0.9])
@case(json.dumps(NOTE | {"damage": "wet"}), reference=NOTE, expect=[0.7, 0.9])
@case("Six pallets from Norrland Timber.", reference=NOTE, expect=0)
@case("[]", reference=NOTE, expect=0)
@partial_credit({"json": 0.1, "fields": 1.0}, answer="json")
def delivery_note(completion: str, reference: dict) -> Iterator[Step]:
    """A tenth for a JSON object, the rest by the share of the fields that are right."""
    if not isinstance(reference, dict) or set(reference) != set(FIELDS):
        raise Unscored("the reference lacks fields")
    answer = parse(completion)
    yield "json", answer is not None, "no JSON object"
    right = [field for field in FIELDS if answer.get(field) == reference[field]]
    yield (
        "fields",
        len(right) / len(FIELDS),
        f"wrong: {', '.join(field for field in FIELDS if field not in right)}",
    )
