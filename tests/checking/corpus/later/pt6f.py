"""Infusion pumps: the rate in mL/h, to one decimal place."""

import re

from rewardkit import Unscored, case, probe, reward

NUMBER = r"[-+−–]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
UNIT = r"(?:m(?:illi)?l(?:it(?:er|re)s?)?\s*(?:/|per|an)\s*h(?:(?:ou)?r)?)"
ANSWER = re.compile(rf"([^0-9]*?)(?<![.,0-9])({NUMBER})\s*{UNIT}?[\s.!]*", re.IGNORECASE)
DOUBT = re.compile(
    r"\b(?:not|no|never|neither|isn't|than|least|most|over|under|below|above)\b", re.IGNORECASE
)


def rate_in(line: str) -> float | None:
    """The rate of a line that says one number and nothing behind it but its unit."""
    match = ANSWER.fullmatch(re.sub(r"[*_`$\\]", "", line).strip()) if len(line) <= 300 else None
    if not match or DOUBT.search(match.group(1).replace("’", "'")):
        return None
    digits = match.group(2).replace(",", "")
    return -float(digits[1:]) if digits[0] in "-−–" else float(digits)


@case("1000 mL / 8 h = 125 mL/h\n\nRate: 125 mL/h", reference=125.0, expect=1)
@case("**Rate:** 1,200 ml per hour", reference=1200, expect=1)
@case("The pump should run at 62.5 mL/hr.", reference=62.5, expect=1)
@case("62.5", reference=62.5, expect=1)
@case("Rate: 62.52 mL/h", reference=62.5, expect=1)
@case("Rate: 62.6 mL/h", reference=62.5, expect=0)
@case("Rate: 62.5 mL/min", reference=62.5, expect=0)
@case("Rate: 60 mL/h\nRate: 62.5 mL/h", reference=62.5, expect=0)
@case("Rate: 62.5 mL/h", reference="tbd", expect="unscored")
@probe("The rate is not 62.5 mL/h", reference=62.5)
@probe("Rate: 60 or 62.5 mL/h", reference=62.5)
@reward(answer="number")
def drip_rate(completion: str, reference: float | str) -> bool:
    """The `Rate:` line is the reference to one decimal. A short answer with no other number needs no marker."""
    try:
        wanted = float(reference)
    except ValueError:
        raise Unscored(f"{reference!r} is no rate") from None
    lines = completion.splitlines()
    marked = [
        line for line in lines if re.match(r"(?i)\W*(?:rate|(?:final )?answer)(?:\s*\(mL/h\))?\W*:", line)
    ]
    if not marked:
        marked = [line for line in lines if re.search(r"[0-9]", line)]
    rates = {rate_in(line) for line in marked}
    if len(rates) != 1:
        return False
    rate = rates.pop()
    return rate is not None and abs(rate - wanted) <= 0.05 + 1e-9
