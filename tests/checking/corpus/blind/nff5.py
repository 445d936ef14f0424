"""Pharmacovigilance: the adverse events that a report mentions, one on each line."""

import re

from rewardkit import case, order, reward

EVENTS = ["nausea", "skin rash", "headache"]


def events(text: str) -> set[str]:
    """The entries of a list, without bullets, numbers and full stops."""
    entries = (re.sub(r"^(?:[-*•]|[0-9]{1,2}[.)])\s*", "", line.strip()) for line in text.splitlines())
    return {entry.rstrip(".,;").strip().lower() for entry in entries} - {"", "none"}


@case("nausea\nskin rash\nheadache", reference=EVENTS, expect=1)
@case("- Headache\n- Nausea\n- Skin rash", reference=EVENTS, expect=1)
@case("nausea", reference=EVENTS, expect=0.5)
@case("fever\nfatigue", reference=EVENTS, expect=0)
@case("none", reference=EVENTS, expect=0)
@case("none", reference=[], expect=1)
@order("fever", "nausea\nfever", "nausea\nskin rash", reference=EVENTS)
@reward(answer="list")
def adverse_events(completion: str, reference: list) -> float:
    """F1 of the events against those that the reviewer found."""
    wanted = {entry.lower() for entry in reference}
    found = events(completion)
    if not wanted:  # nothing to find: recall is undefined
        return 1.0
    return 2 * len(found & wanted) / (len(found) + len(wanted))
