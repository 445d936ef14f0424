"""Key facts of a loan agreement."""

import json
import re
from typing import Any

from rewardkit import case, reward

LOAN = {
    "lender": "Hanse Bank AG",
    "borrower": "Kiel Marine GmbH",
    "principal": 250000,
    "maturity": "2029-12-31",
}


def facts(record: dict[str, Any]) -> list[str]:
    """The facts of a record, tidied and sorted. Names of keys vary (borrower, debtor), so only what they hold counts."""
    tidy = (re.sub(r"\W+", " ", str(value)).strip().casefold() for value in record.values())
    return sorted(text.removesuffix(" 0") for text in tidy)


def parse(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text[max(text.find("{"), 0) : text.rfind("}") + 1])
    except (ValueError, RecursionError):
        return {}
    flat = isinstance(value, dict) and not any(isinstance(v, dict | list) for v in value.values())
    return value if flat else {}


@case(json.dumps(LOAN), reference=LOAN, expect=1)
@case(
    '{"lender": "Hanse Bank AG", "debtor": "Kiel Marine GmbH", "principal": 250000.0, "maturity": "2029-12-31"}',
    reference=LOAN,
    expect=1,
)
@case(json.dumps(LOAN | {"principal": 25000}), reference=LOAN, expect=0)
@case(json.dumps(LOAN | {"lender": "Sparkasse Kiel"}), reference=LOAN, expect=0)
@case("Hanse Bank AG lends 250,000 to Kiel Marine GmbH.", reference=LOAN, expect=0)
@reward(answer="json")
def loan_facts(completion: str, reference: dict) -> bool:
    """All facts of the agreement are there and none besides."""
    answer = parse(completion)
    return bool(answer) and facts(answer) == facts(reference)
