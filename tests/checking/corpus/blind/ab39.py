"""Header data of supplier invoices, as the accounting system wants them."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rewardkit import Step, Unscored, case, order, partial_credit, probe

BOOKED = {
    "supplier": "Alpina Papier AG",
    "invoice_no": "A-10443",
    "due": "2024-05-30",
    "gross": 1243.11,
    "iban": None,
}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key is given twice")
    return dict(pairs)


def parse(text: str) -> dict[str, Any] | None:
    """The object between the first and the last brace, unless the words around it take it back."""
    text = text.rpartition("</think>")[2].partition("<think>")[0]
    first, last = text.find("{"), text.rfind("}")
    around = f"{text[: max(first, 0)]} {text[last + 1 :]}".lower()
    if first < 0 or re.search(r"\b(?:not|wrong|false|or)\b", around):
        return None
    try:
        value = json.loads(text[first : last + 1], parse_float=Decimal, object_pairs_hook=once)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def agrees(given: object, expected: object) -> bool:
    """null for null, the same number to the cent, the same text but for case and spacing."""
    if expected is None or isinstance(expected, bool):
        return given is expected
    if isinstance(expected, str):
        return isinstance(given, str) and given.casefold().split() == expected.casefold().split()
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return False
    return -(10**9) < given < 10**9 and abs(given - Decimal(str(expected))) < Decimal("0.005")


@case(
    '{"supplier": "alpina papier ag", "invoice_no": "A-10443", "due": "2024-05-30", "gross": 1243.110, "iban": null}',
    reference=BOOKED,
    expect=1,
)
@case(
    '{"supplier": "Alpina Papier AG", "invoice_no": "A-10443", "due": "2024-05-30", "gross": 1243.11}',
    reference=BOOKED,
    expect=[0.5, 0.75],
)
@case("The invoice is due on 30 May.", reference=BOOKED, expect=0)
@order(
    "no", "{}", '{"due": "2024-05-30"}', '{"due": "2024-05-30", "invoice_no": "A-10443"}', reference=BOOKED
)
@probe('{"supplier": "Alpina Papier AG"}', ceiling=0.25, reference=BOOKED)
@partial_credit({"object": 0.05, "fields": 0.8, "complete": 1.0}, answer="json")
def header(completion: str, reference: dict) -> Iterator[Step]:
    """A share of all fields, asked for or invented; full marks when each is there and right and nothing else is."""
    if not reference:
        raise Unscored("no field to compare with")
    answer = parse(completion)
    yield "object", answer is not None, "no single JSON object"
    right = [key for key in reference if key in answer and agrees(answer[key], reference[key])]
    everything = reference.keys() | answer.keys()
    yield "fields", len(right) / len(everything), f"{len(right)} of {len(everything)} fields"
    yield "complete", len(right) == len(everything)
