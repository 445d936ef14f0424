"""Motor insurance: the annual premium, after no-claims discount and tax. One amount, to the cent."""

import re
import unicodedata
from decimal import Decimal

from rewardkit import Unscored, case, order, probe, reward

UNIT = re.compile(
    r"EUR(?:OS?)?|[€$]|(?:per|a|/) ?(?:year|annum)|p\. ?a\.|annually|\\boxed\{|\}", re.IGNORECASE
)
ENGLISH = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?")
CONTINENTAL = re.compile(r"[+-]?(?:[0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]+),[0-9]{1,2}")
LEAD = re.compile(
    r"^\s*(?:(?:so|thus),? )?(?:the|your)? ?(?:final |annual )*(?:answer|premium)(?: is| comes to)?\s*:?\s*",
    re.IGNORECASE,
)


def amount(text: str) -> Decimal | None:
    """The amount that makes up the whole text, in English or continental writing; None for anything else."""
    text = UNIT.sub("", text).strip().removesuffix(".-")
    text = text.strip(" .;'\"").replace("\u2212", "-").replace("\u2019", "'")
    if len(text) > 40:
        return None
    if ENGLISH.fullmatch(text):
        return Decimal(re.sub(r"[, ']", "", text))
    if CONTINENTAL.fullmatch(text):
        return Decimal(re.sub(r"[. ]", "", text).replace(",", "."))
    return None


@case("Premium: 1,234.50", reference="1234.50", expect=1)
@case("Base 1,543.13, less 20 %.\n**Premium:** € 1 234.50", reference="1234.50", expect=1)
@case("1.234,50 EUR", reference="1234.50", expect=1)
@case("Premium: 1234.51", reference="1234.50", expect=0)
@case("Premium: 1234.50 or 1543.13", reference="1234.50", expect=0)
@probe("Premium: 1,543.13\nPremium: 1,234.50", reference="1234.50")
@probe("Premium: not 1,234.50", reference="1234.50")
@order("Premium: 12345", "Premium: 1234.5", reference="1234.50")
@reward(answer="number", timeout=2)
def premium(completion: str, reference: str) -> bool:
    """Right to the cent: the amount on the line 'Premium: ...', or the whole answer when it has no such line."""
    due = amount(unicodedata.normalize("NFKC", str(reference)))
    if due is None:
        raise Unscored(f"{reference!r} is no amount")
    text = re.sub(r"[*`_]", "", unicodedata.normalize("NFKC", completion))
    lines = [line.strip(" \t>#-\u2022") for line in text.splitlines()]
    named = [
        match.group(1)
        for line in lines
        if (match := re.match(r"(?:annual )?premium\s*[:=]\s*(.*)", line, re.IGNORECASE))
    ]
    stated = {amount(tail) for tail in named or [LEAD.sub("", text, count=1)]}
    if None in stated or len(stated) != 1:
        return False
    return abs(stated.pop() - due) < Decimal("0.005")
