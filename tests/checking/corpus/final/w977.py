"""Fields of an invoice as JSON."""

import json
import re

from rewardkit import case, reward

ACME = {"vendor": "Acme GmbH", "currency": "EUR", "total": 1190.0}


def unfenced(text: str) -> str:
    inside = re.search(r"```(?:json)?\s*\n(.*?)```", text, re.DOTALL)
    return inside[1] if inside else text


def same(given: object, wanted: object) -> bool:
    if isinstance(wanted, float):
        try:
            return abs(float(str(given).replace(",", "")) - wanted) < 0.005
        except ValueError:
            return False
    return str(given).strip().casefold() == str(wanted).casefold()


@case('{"vendor": "Acme GmbH", "currency": "EUR", "total": 1190}', reference=ACME, expect=1)
@case('[{"vendor": "ACME GmbH", "currency": "EUR", "total": "1,190.00"}]', reference=ACME, expect=1)
@case('{"vendor": "Acme GmbH", "currency": "USD", "total": 1190}', reference=ACME, expect=0)
@case('{"vendor": "Acme GmbH"}', reference=ACME, expect=0)
@case("The total is 1190 EUR.", reference=ACME, expect=0)
@reward(answer="json")
def invoice_fields(completion: str, reference: dict) -> bool:
    """All fields right; amounts to the cent, names in any case."""
    try:
        data = json.loads(unfenced(completion))
    except (ValueError, RecursionError):
        return False
    if isinstance(data, list):  # some models wrap the object
        data = data[0]
    if not isinstance(data, dict):
        return False
    return all(key in data and same(data[key], value) for key, value in reference.items())
