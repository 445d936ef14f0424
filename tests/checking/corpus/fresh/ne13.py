"""What the insurer pays for a claim. The prompt asks for a last line 'Payout: <amount in dollars>'."""

import re
from decimal import Decimal

from rewardkit import Unscored, case, probe, reward

MARKER = re.compile(r"[\s>*_#-]*payout[\s*_]*[:=](.*)", re.IGNORECASE)
AMOUNT = re.compile(
    r"(?P<sign>[-+\u2212]?)\s?(?:USD|US\$|\$)?\s?"
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?P<part>\.[0-9]{1,10})?(?P<power>e[+-]?[0-9]{1,2})?"
    r"\s?(?:USD|US\$|\$|dollars)?",
    re.IGNORECASE,
)
CENT = Decimal("0.005")


def read_amount(text: str) -> Decimal | None:
    """One amount and nothing else, or None."""
    found = AMOUNT.fullmatch(text.strip().strip("*_`").strip().removesuffix(".").strip("*_`"))
    if found is None:
        return None
    minus = "-" if found["sign"] in ("-", "\u2212") else ""
    return Decimal(minus + found["whole"].replace(",", "") + (found["part"] or "") + (found["power"] or ""))


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def stated_amount(completion: str) -> Decimal | None:
    """The amount of the marked lines, if they agree. Figures after the last of them take it back, whatever they say."""
    lines = visible(completion).splitlines()
    marked = {
        place: read_amount(found[1]) for place, line in enumerate(lines) if (found := MARKER.match(line))
    }
    amounts = {amount for amount in marked.values() if amount is not None}
    if len(amounts) != 1 or marked[max(marked)] is None:
        return None
    if any(character.isdigit() for line in lines[max(marked) + 1 :] for character in line):
        return None
    return amounts.pop()


@case("1,500 less the deductible of 300.\nPayout: $1,200.00", reference="1200", expect=1)
@case("**Payout:** 1200", reference="1200", expect=1)
@case("Payout: 1.2e3", reference="1200", expect=1)
@case("Payout: \u2212250.50 dollars", reference="-250.5", expect=1)
@case("Payout: 1,020", reference="1200", expect=0)
@case("Payout: 1200 or 1500", reference="1200", expect=0)
@case("Payout: 12", reference="about a dozen", expect="unscored")
@probe("Payout: 1500\nPayout: 1200", reference="1200")
@probe("Payout: 1200\nNo, make that 1500.", reference="1200")
@reward(answer="number")
def payout(completion: str, reference: str) -> bool:
    """Right to the cent."""
    expected = read_amount(str(reference))
    if expected is None:
        raise Unscored(f"the reference {reference!r} is no amount")
    answer = stated_amount(completion)
    return answer is not None and abs(answer - expected) < CENT
