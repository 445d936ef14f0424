"""First line of a moderator's note: 'Decision: allow', 'Decision: remove' or 'Decision: escalate'."""

import re

from rewardkit import Unscored, case, order, probe, reward

DECISIONS = ("allow", "remove", "escalate")
LINE = re.compile(r"[*_\s]*decision[*_\s]*:[*_\s]*([a-z]+)[*_\s.]*", re.IGNORECASE | re.ASCII)
DECISION = re.compile(r"decision[*_ ]{0,4}:[*_ ]{0,4}([a-z]+)", re.IGNORECASE | re.ASCII)
DISPUTED = "disputed"


def visible(text: str) -> str:
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def decision_of(completion: str) -> str | None:
    """The decision of the first line; None when a later one decides something else."""
    text = visible(completion).strip()
    first = LINE.fullmatch(text.partition("\n")[0][:100])
    decisions = {found.lower() for found in DECISION.findall(text)}
    return first[1].lower() if first and decisions == {first[1].lower()} else None


@case("Decision: remove\nThe post gives out a private address.", reference="remove", expect=1)
@case("**Decision:** Remove", reference="remove", expect=1)
@case("Decision: allow", reference="remove", expect=0)
@case("I would remove it.", reference="remove", expect=0)
@case("Decision: remove or escalate", reference="remove", expect=0)
@case("", reference="escalate", expect=0)
@case("Decision: remove", reference="disputed", expect="unscored")
@case("Decision: remove", reference="delete", expect="unscored")
@probe("Decision: allow\nDecision: remove", reference="remove")
@probe("Decision: do not remove", reference="remove")
@order("Decision: escalate", "Decision: remove", reference="remove")
@reward(answer="label", may_abstain=True)
def moderation(completion: str, reference: str) -> bool | None:
    """The moderators' decision. Posts on which they disagreed are left out."""
    if reference == DISPUTED:
        return None
    if reference not in DECISIONS:
        raise Unscored(f"{reference!r} is no decision")
    return decision_of(completion) == reference
