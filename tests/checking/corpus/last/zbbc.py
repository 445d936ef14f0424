"""Freight documents: one JSON object with the parties, the route and the weights."""

import json
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rewardkit import Step, Unscored, case, partial_credit

FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL | re.IGNORECASE)
BILL = {
    "shipper": "Nordsee Fisch GmbH",
    "consignee": "Baltic Foods AS",
    "route": {"from": "Hamburg", "to": "Tallinn"},
    "kg": 1200,
    "hazard": None,
}


def strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def read_object(text: str) -> dict[str, Any] | None:
    match = FENCE.match(text.strip())
    text = match[1] if match else text
    try:
        found = json.loads(
            text,
            object_pairs_hook=strict_object,
            parse_constant=Decimal,
            parse_float=Decimal,
            parse_int=Decimal,
        )
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def same(value: Any, truth: Any) -> bool:
    if isinstance(truth, dict):
        return (
            isinstance(value, dict)
            and value.keys() == truth.keys()
            and all(same(value[key], truth[key]) for key in truth)
        )
    if truth is None or isinstance(truth, bool):
        return value is truth
    if isinstance(truth, str):
        return isinstance(value, str) and folded(value) == folded(truth)
    return isinstance(value, Decimal) and value == Decimal(str(truth))


@case(json.dumps(BILL), reference=BILL, expect=1)
@case("```json\n" + json.dumps({**BILL, "kg": 1200.0}, indent=1) + "\n```", reference=BILL, expect=1)
@case(json.dumps({**BILL, "kg": 1250}), reference=BILL, expect="parties")
@case(
    json.dumps({**BILL, "shipper": BILL["consignee"], "consignee": BILL["shipper"]}),
    reference=BILL,
    expect="parses",
)
@partial_credit({"parses": 0.05, "parties": 0.4, "exact": 1.0}, answer="json")
def freight(completion: str, reference: dict) -> Iterator[Step]:
    if not isinstance(reference, dict) or not {"shipper", "consignee"} <= reference.keys():
        raise Unscored("the reference has no parties")
    bill = read_object(completion)
    yield (
        "parses",
        bill is not None and bill.keys() == reference.keys(),
        "not an object with the fields asked for",
    )
    yield (
        "parties",
        bill is not None and all(same(bill[name], reference[name]) for name in ("shipper", "consignee")),
        "the parties differ",
    )
    yield "exact", same(bill, reference), "route, weight or hazard differ"
