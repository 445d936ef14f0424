"""Fields of an invoice as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from rewardkit import Step, case, partial_credit

INVOICE = {"number": "R-2291", "date": "2024-03-18", "vendor": "Nordlicht GmbH", "net": 840.0, "vat": 159.6}


def read(text: str) -> dict[str, Any] | None:
    body = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def same(given: object, expected: object) -> bool:
    """Texts alike but for case and spacing, numbers to the cent."""
    if isinstance(given, str) and isinstance(expected, str):
        return " ".join(given.split()).lower() == " ".join(expected.split()).lower()
    if isinstance(given, int | float) and isinstance(expected, int | float):
        return -1e9 < given < 1e9 and round(given, 2) == round(expected, 2)
    return False


def agreement(answer: dict[str, Any], reference: dict[str, Any]) -> float:
    """Share of the fields that agree with the bookkeeper's."""
    if not answer:
        return 0.0
    right = sum(same(value, reference.get(key)) for key, value in answer.items())
    return right / len(answer)


@case(json.dumps(INVOICE), reference=INVOICE, expect=1)
@case(json.dumps(INVOICE | {"vat": 58.8}), reference=INVOICE, expect=[0.6, 0.7])
@case('{"total": 999.6}', reference=INVOICE, expect=0.1)
@case("Invoice R-2291 of Nordlicht GmbH", reference=INVOICE, expect=0)
@partial_credit({"parses": 0.1, "fields": 0.8, "exact": 1.0}, answer="json")
def invoice(completion: str, reference: dict) -> Iterator[Step]:
    """A JSON object with the invoice's fields; a share for each field that is right."""
    answer = read(completion)
    yield "parses", answer is not None, "no JSON object"
    share = agreement(answer, reference)
    yield "fields", share
    yield "exact", share == 1.0, "some field is wrong"
