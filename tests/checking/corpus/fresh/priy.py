"""Questions about a lease. Where the lease is silent, saying so is the right answer; drafting requests are not graded here."""

import re
import unicodedata

from rewardkit import Unscored, case, order, probe, reward

SILENT = {"not stated", "not specified", "not mentioned", "the lease does not say", "the lease is silent"}


def settled(text: str) -> str:
    """Without capitals, quotes, articles, full stop and odd spacing."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    text = re.sub('["\u201c\u201d*_`]', "", text).replace("\u2011", "-").replace("\u2013", "-")
    return re.sub(r"\s+", " ", text).strip(" .;").removeprefix("the ")


NOTICE = {"kind": "lookup", "reference": ["30 days", "thirty days", "thirty (30) days"]}
SUBLET = {"kind": "lookup", "reference": None}


@case("Answer: 30 days", expect=1, **NOTICE)
@case("Clause 9 governs.\n**Answer:** Thirty (30) days.", expect=1, **NOTICE)
@case("Answer: 60 days", expect=0, **NOTICE)
@case("Answer: Not stated", expect=0, **NOTICE)
@case("Answer: not stated.", expect=1, **SUBLET)
@case("Answer: with the landlord's consent", expect=0, **SUBLET)
@case("", expect=0, **SUBLET)
@case("Dear Sir or Madam,", kind="drafting", reference=None, expect="unscored")
@probe("Answer: 30 days, or not stated", **NOTICE)
@probe("Answer: 30 days\nAnswer: 60 days", **NOTICE)
@order("Answer: soon", "Answer: 30 days", **NOTICE)
@reward(answer="text", may_abstain=True, timeout=2)
def lease(completion: str, reference: list[str] | None, kind: str) -> bool | None:
    """One of the accepted wordings on the line 'Answer: ...' (or as the whole text); 'not stated' where there is none."""
    if kind != "lookup":
        return None
    wordings = [reference] if isinstance(reference, str) else SILENT if reference is None else reference
    accepted = {settled(wording) for wording in wordings}
    if not accepted or "" in accepted:
        raise Unscored("an accepted wording is blank")
    lines = [line.strip(" \t*_`>#-") for line in completion.splitlines()]
    named = [line.split(":", 1)[1] for line in lines if re.match(r"(?i)answer\s*:", line)]
    whole = re.sub(r"^\s*(?:the )?answer is:? ", "", completion, flags=re.IGNORECASE)
    given = {settled(text) for text in named or [whole]}
    return len(given) == 1 and given <= accepted
