"""Notice periods, in days, from employment contracts. Where the contract is silent, the answer is "not stated"."""

import re

from rewardkit import Unscored, case, order, probe, reward

DAYS = re.compile(r"([0-9]{1,4})(?:\s*-?\s*(?:calendar )?days?(?:['’]? (?:of )?notice)?)?", re.IGNORECASE)
SILENT = re.compile(
    r"(?:not|none) (?:stated|specified|given|mentioned)(?: in (?:the|this) (?:contract|agreement))?",
    re.IGNORECASE,
)
LEAD = re.compile(r"\A(?:answer|notice period|the notice period)\s*(?::|=|is)\s*", re.IGNORECASE)


@case("30 days", reference=30, topic="notice", expect=1)
@case("30", reference=30, topic="notice", expect=1)
@case("The notice period is **30 days**.", reference=30, topic="notice", expect=1)
@case("30 or 60 days", reference=30, topic="notice", expect=0)
@case("30 weeks", reference=30, topic="notice", expect=0)
@case("not stated", reference=30, topic="notice", expect=0)
@case("Not stated.", reference=None, topic="notice", expect=1)
@case("30 days", reference=None, topic="notice", expect=0)
@case("0 days", reference=None, topic="notice", expect=0)
@case("30 days", reference="a month", topic="notice", expect="unscored")
@case("32,000 euros", reference="32000", topic="salary", expect="unscored")
@order("60 days", "30 days", reference=30, topic="notice")
@order("60 days", "not stated", reference=None, topic="notice")
@probe("30 days, or not stated", reference=30, topic="notice")
@probe("30 days, or not stated", reference=None, topic="notice")
@probe("", reference=None, topic="notice")
@reward(answer="number", may_abstain=True)
def notice_days(completion: str, reference: int | None, topic: str) -> bool | None:
    """The days that the contract states, or that it states none. Rows on other topics are for other graders."""
    if topic != "notice":
        return None
    if reference is not None and (type(reference) is not int or not 0 <= reference <= 9999):
        raise Unscored(f"no number of days: {reference!r}")
    if len(completion) > 200:
        return False
    text = re.sub(r"\s+", " ", completion.replace("**", "").replace("`", "")).strip(" .\"'_")
    text = LEAD.sub("", text).strip(" .\"'_")
    if reference is None:
        return SILENT.fullmatch(text) is not None
    match = DAYS.fullmatch(text)
    return match is not None and int(match[1]) == reference
