"""Fields of an invoice as JSON, with partial credit on the way."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from rewardkit import Step, case, order, partial_credit

BILL = {"number": "RE-2207", "date": "2026-03-02", "currency": "EUR", "total": "1240.50"}


def read(text: str) -> dict | None:
    blocks = re.findall(r"```(?:json)?(.*?)```", text, re.DOTALL)
    body = blocks[0] if len(blocks) == 1 else text
    try:
        data = json.loads(body[body.find("{") : body.rfind("}") + 1])
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def amount(value: object) -> Decimal | None:
    """An amount of money as a number, or as text such as 1,240.50."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).replace(",", "").strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def text(value: object) -> str | None:
    return value.strip().upper() if isinstance(value, str) else None


@case(json.dumps(BILL), reference=BILL, expect=1)
@case(json.dumps({**BILL, "total": 1240.5}), reference=BILL, expect=1)
@case(json.dumps({**BILL, "date": "2026-03-20"}), reference=BILL, expect="total")
@case(json.dumps({**BILL, "total": 1240}), reference=BILL, expect="number")
@case("{}", reference=BILL, expect=0)
@case("RE-2207 over 1240.50 EUR", reference=BILL, expect=0)
@order(json.dumps({**BILL, "number": "2207"}), json.dumps({**BILL, "currency": "USD"}), reference=BILL)
@partial_credit({"fields": 0.05, "number": 0.3, "total": 0.6, "exact": 1.0}, answer="json")
def invoice(completion: str, reference: dict) -> Iterator[Step]:
    """Has exactly the fields asked for; the invoice's number; its total to the cent; everything."""
    data = read(completion)
    yield "fields", data is not None and data.keys() == reference.keys()
    yield "number", text(data["number"]) == text(reference["number"])
    yield "total", amount(data["total"]) == amount(reference["total"])
    yield "exact", all(text(data[key]) == text(reference[key]) for key in ("date", "currency"))
