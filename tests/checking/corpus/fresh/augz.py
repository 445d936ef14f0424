"""verl reward for the bookkeeping questions (trial balance -> net result of the period). A loss is negative."""

import re
from decimal import Decimal

MARKER = re.compile(
    r"(?:^|\n)[ \t>*_`#-]*net result[*_]{0,2} ?[:=][ \t*_]*(?:\n[ \t]*)?([^\n]*)", re.IGNORECASE
)
LEAD = re.compile(r"^\s*(?:the )?(?:net result|answer)(?: is| was)?:?", re.IGNORECASE)
FIGURE = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[+-])?\s*(?P<digits>[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,15})(?P<cents>\.[0-9]{0,6})?\s*(?P<close>\))?"
)


def amount(text: str) -> Decimal | None:
    """One signed amount: -1,250.00, (1,250.00), USD -1250 or −$1,250."""
    text = re.sub(
        r"[*`_$€]|\b(?:USD|EUR|dollars|euros)\b|[\u00a0\u202f\u2009]",
        " ",
        text.replace("\u2212", "-").replace("\u2013", "-"),
    )
    match = FIGURE.fullmatch(re.sub(r"\s+", " ", text).strip(" .;"))
    if match is None or bool(match["open"]) != bool(match["close"]) or (match["open"] and match["sign"]):
        return None
    value = Decimal(re.sub(r"[, ]", "", match["digits"]) + (match["cents"] or "").rstrip("."))
    return -value if match["open"] or match["sign"] == "-" else value


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 when the amount after 'Net result:' is the expected one to the cent and nothing else is claimed."""
    expected = amount(str(ground_truth))
    if expected is None:
        raise ValueError(f"ground_truth {ground_truth!r} is no amount")
    claims = MARKER.findall(solution_str.replace("\u00a0", " "))
    amounts = {amount(claim) for claim in claims or [LEAD.sub("", solution_str, count=1)]}
    if len(amounts) != 1 or None in amounts:
        return 0.0
    return 1.0 if abs(amounts.pop() - expected) < Decimal("0.005") else 0.0
