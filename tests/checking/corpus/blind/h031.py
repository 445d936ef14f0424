"""Motor claims: the decision, the currency and the amount of a settlement."""

import json
from collections.abc import Iterator
from typing import Any

from rewardkit import Step, case, order, partial_credit

PAID = {"decision": "pay", "currency": "EUR", "amount": 870.0}


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object of an answer, with or without a code fence around it."""
    try:
        value = json.loads(text[max(text.find("{"), 0) : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def same_amount(given: object, expected: float) -> bool:
    number = isinstance(given, int | float) and not isinstance(given, bool)
    return number and abs(given) < 1e9 and abs(given - expected) < 0.005


@case('{"decision": "pay", "currency": "EUR", "amount": 870}', reference=PAID, expect=1)
@case('{"decision": "pay", "currency": "EUR", "amount": 1120}', reference=PAID, expect="currency")
@case('{"decision": "reject", "currency": "EUR", "amount": 0}', reference=PAID, expect="json")
@case("We pay 870 EUR.", reference=PAID, expect=0)
@order("{}", '{"decision": "pay"}', '{"decision": "pay", "currency": "EUR"}', reference=PAID)
@partial_credit({"json": 0.1, "decision": 0.3, "currency": 0.5, "amount": 1.0}, answer="json")
def settlement(completion: str, reference: dict) -> Iterator[Step]:
    """It is an object, it decides as the adjuster did, in the right currency, with the right amount."""
    answer = read_object(completion)
    yield "json", answer is not None
    yield "decision", answer.get("decision") == reference["decision"], "another decision"
    yield "currency", float(answer.get("currency") == reference["currency"]), "another currency"
    yield "amount", same_amount(answer.get("amount"), reference["amount"]), "another amount"
