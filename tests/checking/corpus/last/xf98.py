"""Findings of a contract review must be backed by words of the contract.

Runs beside the grader that rates the findings themselves; this one only looks at the evidence.
"""

import json
import re

from rewardkit import case, reward

LEASE = "The Tenant shall pay a deposit of three months' rent. Subletting requires the Landlord's written consent."


def squeezed(text: str) -> str:
    text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return re.sub(r"\s+", " ", text).strip().lower()


@case(
    '[{"finding": "Deposit of three months", "quote": "a deposit of three months\' rent"}]',
    document=LEASE,
    expect=1,
)
@case(
    '[{"finding": "Deposit", "quote": "a deposit of three months\' rent"},'
    ' {"finding": "Pets are banned", "quote": "no animals shall be kept"}]',
    document=LEASE,
    expect=0.5,
)
@case('[{"finding": "Pets are banned", "quote": "no animals shall be kept"}]', document=LEASE, expect=0)
@case("[]", document=LEASE, expect=0)
@case("The deposit is high.", document=LEASE, expect=0)
@reward(answer="json", reference_free=True)
def quoted_evidence(completion: str, document: str) -> float:
    """The share of findings whose quotation stands in the contract."""
    try:
        findings = json.loads(completion)
    except (ValueError, RecursionError):
        return 0.0
    if not isinstance(findings, list) or not 1 <= len(findings) <= 10:
        return 0.0
    contract = squeezed(document)
    backed = 0
    for finding in findings:
        quote = finding.get("quote") if isinstance(finding, dict) else None
        if isinstance(quote, str) and squeezed(quote) in contract:
            backed += 1
    return backed / len(findings)
