"""Amounts after "####" at the end of a solution, compared as numbers."""

import re
from decimal import Decimal

AMOUNT = re.compile(
    r"([-+]?) ?[$€£]? ?((?:\d{1,3}(?:,\d{3})+|\d{1,20})(?:\.\d{1,20})?) ?[$€£%]?\.?", re.ASCII
)


def amount(text: str) -> Decimal | None:
    found = AMOUNT.fullmatch(text.replace("\u2212", "-").replace("*", "").strip())
    return Decimal(found[1] + found[2].replace(",", "")) if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the line of the last "####" is the expected amount, wherever it stands."""
    gold = amount(str(ground_truth))
    if gold is None:
        raise ValueError(f"the ground truth {ground_truth!r} is no amount")
    _, marked, rest = solution_str.rpartition("####")
    line = rest.strip().partition("\n")[0]
    return float(bool(marked) and amount(line) == gold)
