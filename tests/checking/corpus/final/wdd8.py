"""Deadlines in European contracts: one date, day before month where it is all digits."""

import re
from datetime import date, datetime

from rewardkit import case, probe, reward

FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d %Y",
    "%b %d %Y",
)
LEAD_IN = re.compile(
    r"^(?:answer:|(?:the )?(?:answer|date|deadline) ?(?:is|:)|it is|on|by)\s+|"
    r"^(?:mon|tues|wednes|thurs|fri|satur|sun)day\s+|^the\s+(?=[0-9])"
)


def read_date(text: str) -> date | None:
    """A text that is a date and nothing else."""
    text = re.sub(r"[*`,]", " ", text.lower()).strip().rstrip(".")
    if len(text) > 80:
        return None
    text = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", " ".join(text.split()))
    text = re.sub(r"\bsept\b", "sep", text.replace(" of ", " "))
    while lead_in := LEAD_IN.match(text):
        text = text[lead_in.end() :]
    text = re.sub(r"(?<=[a-z])\.(?= )", "", text)
    text = re.sub(r"(?<=[0-9])\. (?=[0-9])", ".", text)
    text = re.sub(r"(?<=[0-9])\. (?=[a-z])", " ", text)
    for form in FORMS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            pass
    return None


@case("2026-04-03", reference="2026-04-03", expect=1)
@case("The deadline is Friday, 3rd of April 2026.", reference="2026-04-03", expect=1)
@case("03/04/2026", reference="2026-04-03", expect=1)
@case("04/03/2026", reference="2026-04-03", expect=0)
@case("April 3, 2026", reference="2026-04-03", expect=1)
@case("3 April", reference="2026-04-03", expect=0)
@case("31/02/2026", reference="2026-03-03", expect=0)
@probe("3 April 2026 or 4 March 2026", reference="2026-04-03")
@reward(answer="date")
def deadline(completion: str, reference: str) -> bool:
    """The date of the reference with its year, in any usual form of writing."""
    return read_date(completion) == date.fromisoformat(reference)
