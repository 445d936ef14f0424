"""Results of measurements, written with as many significant digits as the data allow."""

import re
from decimal import Decimal

from rewardkit import case, order, probe, reward

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
FORM = re.compile(
    r"([-+]?)([0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE]([-+]?[0-9]{1,3})| ?(?:x|×|\*) ?10(?:\^|\*\*)\{?([-+]?[0-9]{1,3})\}?)?"
)


def read(text: str) -> tuple[Decimal, int, int] | None:
    """The value and the least and most significant digits that it may be said to have; None when it is no plain number."""
    text = re.sub(r"10(?=[⁻⁰¹²³⁴⁵⁶⁷⁸⁹])", "10^", text.strip().strip("*`$").strip()).translate(RAISED)
    text = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", text)
    found = FORM.fullmatch(text.removesuffix(".") if text.count(".") > 1 else text)
    if not found:
        return None
    sign, mantissa, short, long = found.groups()
    value = Decimal(sign + mantissa).scaleb(int(short or long or 0))
    digits = mantissa.replace(".", "").lstrip("0")
    least = len(digits) if "." in mantissa else len(digits.rstrip("0"))
    return value, least, len(digits)


@case("0.00420", reference="0.00420", digits=3, expect=1)
@case("4.20e-3", reference="0.00420", digits=3, expect=1)
@case("4.20 × 10^-3", reference="0.00420", digits=3, expect=1)
@case("0.0042", reference="0.00420", digits=3, expect=0)
@case("0.004200", reference="0.00420", digits=3, expect=0)
@case("1,500", reference="1500", digits=2, expect=1)
@case("1500.0", reference="1500", digits=2, expect=0)
@order("0.00421", "0.00420", reference="0.00420", digits=3)
@probe("0.00420 or 0.0042", reference="0.00420", digits=3)
@reward(answer="number", format_strict=True, may_abstain=True)
def significant(completion: str, reference: str, digits: int | None) -> bool | None:
    """Full marks for the bare number with exactly the asked significant digits. Counts (digits is null) are exact and not its business."""
    if digits is None:
        return None
    got = read(completion)
    return got is not None and got[0] == Decimal(reference) and got[1] <= digits <= got[2]
