"""Travel claims: what is covered, in which currency, and how much is paid."""

import json
import re
from collections.abc import Iterator
from typing import Any

from rewardkit import Step, case, order, partial_credit, probe

LUGGAGE = {"benefit": "luggage", "currency": "CHF", "amount": 430.5}
NOTHING = {"benefit": "none", "currency": "CHF", "amount": 0}


def no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def read_object(text: str) -> dict[str, Any] | None:
    """The one JSON object of an answer; None when there is none, or more than one."""
    before, brace, rest = text.rpartition("</think>")[2].partition("<think>")[0].partition("{")
    body, end, after = rest.rpartition("}")
    if not end or re.search(r"\b(?:not|wrong|or|false)\b", before + " " + after, flags=re.IGNORECASE):
        return None
    try:
        value = json.loads(brace + body + end, object_pairs_hook=no_twins)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def word(value: object) -> str:
    return value.strip().casefold() if isinstance(value, str) else ""


def is_amount(given: object, expected: float) -> bool:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return False
    return -1e9 < given < 1e9 and abs(given - expected) < 0.005


@case('{"benefit": "luggage", "currency": "CHF", "amount": 430.50}', reference=LUGGAGE, expect=1)
@case('{"benefit": "Luggage", "currency": "chf", "amount": 430.5}', reference=LUGGAGE, expect=1)
@case('{"benefit": "luggage", "currency": "EUR", "amount": 430.5}', reference=LUGGAGE, expect="benefit")
@case('{"benefit": "luggage", "currency": "CHF", "amount": 480.5}', reference=LUGGAGE, expect="currency")
@case('{"benefit": "none", "currency": "CHF", "amount": 0}', reference=NOTHING, expect=1)
@order(
    "430.50", "{}", '{"benefit": "luggage"}', '{"benefit": "luggage", "currency": "CHF"}', reference=LUGGAGE
)
@probe('{"benefit": "luggage", "currency": "CHF", "amount": 430.5, "or": 0}', ceiling=0.5, reference=LUGGAGE)
@partial_credit({"object": 0.05, "benefit": 0.3, "currency": 0.4, "paid": 1.0}, answer="json")
def benefit(completion: str, reference: dict) -> Iterator[Step]:
    """The benefit, then the currency, then the amount, and no key that nobody asked for."""
    answer = read_object(completion)
    yield "object", answer is not None, "no single JSON object"
    yield "benefit", word(answer.get("benefit")) == reference["benefit"], "another benefit"
    yield "currency", word(answer.get("currency")) == reference["currency"].casefold(), "another currency"
    exact = is_amount(answer.get("amount"), reference["amount"]) and len(answer) == 3
    yield "paid", exact, "another amount, or a key too many"
