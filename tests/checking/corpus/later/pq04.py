"""Invoice reading: vendor, total, currency and whether it is paid, as one JSON object."""

import json

from rewardkit import case, probe, reward


def load_object(text: str) -> dict | None:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return None
    try:
        data = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def tidy(value: object) -> str:
    """Case and spacing do not matter."""
    return " ".join(str(value).split()).casefold()


@case(
    '{"vendor": "acme  GmbH", "total": 99.5, "currency": "EUR", "paid": true}',
    reference={"vendor": "Acme GmbH", "total": 99.5, "currency": "EUR", "paid": True},
    expect=1,
)
@case(
    '{"vendor": "Acme GmbH", "total": 99.5, "currency": "EUR"}',
    reference={"vendor": "Acme GmbH", "total": 99.5, "currency": "EUR", "paid": True},
    expect=0,
)
@probe("{}", reference={"vendor": "Acme GmbH", "total": 99.5, "currency": "EUR", "paid": True})
@reward(answer="json")
def invoice_fields(completion: str, reference: dict) -> bool:
    """Full marks when every field is there with the right value, and no other."""
    data = load_object(completion)
    if data is None or set(data) != set(reference):
        return False
    return all(tidy(data[key]) == tidy(reference[key]) for key in reference)
