"""Bills of lading: the completion is one JSON object with the parties, ports and weights."""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from rewardkit import Unscored, case, reward

FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)
BILL = {
    "shipper": "Nordsee Fisch GmbH",
    "consignee": "Baltic Foods AS",
    "from": "Hamburg",
    "to": "Tallinn",
    "kg": 1200,
}


def refuse(word: str) -> None:
    raise ValueError(word)


def leaves(value: Any) -> list[Any]:
    """All values of an object, however a model nests them."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    if isinstance(value, str):
        return [" ".join(value.split()).casefold()]
    if isinstance(value, bool) or value is None:
        return [(value,)]
    return [Decimal(str(value))]


@case(json.dumps(BILL), reference=BILL, expect=1)
@case("```json\n" + json.dumps(BILL, indent=2) + "\n```", reference=BILL, expect=1)
@case(
    json.dumps(
        {
            "parties": {"shipper": "NORDSEE FISCH GMBH", "consignee": "Baltic Foods AS"},
            "from": "Hamburg",
            "to": "Tallinn",
            "kg": 1200.0,
        }
    ),
    reference=BILL,
    expect=1,
)
@case(json.dumps({**BILL, "kg": 1250}), reference=BILL, expect=0)
@case(json.dumps({**BILL, "to": "Riga"}), reference=BILL, expect=0)
@case("{}", reference=BILL, expect=0)
@reward(answer="json")
def lading(completion: str, reference: dict) -> bool:
    """Every field of the bill, and nothing besides."""
    if not isinstance(reference, dict) or not reference:
        raise Unscored("no fields in the reference")
    match = FENCE.match(completion.strip())
    try:
        bill = json.loads(
            match[1] if match else completion, parse_float=Decimal, parse_int=Decimal, parse_constant=refuse
        )
        if not isinstance(bill, dict):
            return False
        return Counter(leaves(bill)) == Counter(leaves(reference))
    except (ValueError, ArithmeticError, RecursionError):
        return False
