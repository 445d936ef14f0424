"""Allergies named in an admission note. Many notes name none, and then "none" is the right answer."""

import json
import re
from collections.abc import Iterator

from rewardkit import Step, case, order, partial_credit, probe

NONE = re.compile(r"(?:none|nil|\[\]|(?:there are )?no(?: known)?(?: drug)? allerg(?:y|ies)|nkda)")


def items_of(text: str) -> set[str] | None:
    """The things that an answer lists; None when it lists nothing and does not say so either."""
    text = re.sub(r"^```\w*\n|\n?```$", "", text.strip())
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        loaded = None
    if isinstance(loaded, list):
        return (
            {item.strip().casefold() for item in loaded}
            if all(isinstance(item, str) for item in loaded)
            else None
        )
    text = re.sub(r"^[^:\n,;]*:", "", text).casefold()
    if NONE.fullmatch(text.strip(" \n.*")):
        return set()
    parts = re.split(r"[,;\n]|\band\b", text)
    bare = (re.sub(r"^\s*(?:\d{1,2}[.)]\s|[-*•])", "", part) for part in parts)
    return {item for part in bare if (item := " ".join(part.split()).strip(" *."))} or None


@case("penicillin, latex", reference=["latex", "penicillin"], expect=1)
@case('["Latex", "Penicillin"]', reference=["latex", "penicillin"], expect=1)
@case("No known allergies.", reference=[], expect=1)
@case("", reference=[], expect=0)
@case("none", reference=["iodine"], expect=0)
@case("penicillin", reference=[], expect=0)
@order(
    "iodine",
    "latex, iodine",
    "latex, penicillin, iodine",
    "latex, penicillin",
    reference=["latex", "penicillin"],
)
@probe("latex, penicillin, iodine, nuts, pollen, aspirin", reference=["latex"], ceiling=0.5)
@partial_credit({"overlap": 0.8, "exact": 1.0}, answer="list")
def allergies(completion: str, reference: list[str]) -> Iterator[Step]:
    """Overlap with the allergies of the note (Jaccard), and the rest for exactly those."""
    given, expected = items_of(completion), {item.casefold() for item in reference}
    if given is None or (not given and expected):
        yield "overlap", False, "no allergy is named"
    elif given:
        yield "overlap", len(given & expected) / len(given | expected)
    yield "exact", given == expected
