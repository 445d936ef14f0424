"""Pharmacy: which drugs of a patient's list interact with a new one. Often it is none of them."""

import re

from rewardkit import case, probe, reward

NONE = {
    "none",
    "none of them",
    "no interactions",
    "no interaction",
    "none found",
    "none interact",
    "none of them interact",
    "nothing",
    "empty",
}


def named(text: str) -> set[str]:
    """The names of a list, with commas, bullets, numbers or JSON brackets."""
    text = re.sub(r"[\[\]\"`*_]", " ", text.replace("’", "'"))
    text = re.sub(r"(?m)^[ \t]*(?:[-•–]|[0-9]+[.)])[ \t]*", "", text)
    items = re.split(r"[,;\n]|\s(?:and|&)\s", text.lower())
    return {name for item in items if (name := " ".join(item.strip(" .'\t\r").split()))}


@case("Interactions: warfarin, ibuprofen", reference=["ibuprofen", "warfarin"], expect=1)
@case(
    "Both thin the blood.\n**Interactions:**\n- Ibuprofen\n- Warfarin",
    reference=["ibuprofen", "warfarin"],
    expect=1,
)
@case('["Ibuprofen", "Warfarin"]', reference=["ibuprofen", "warfarin"], expect=1)
@case("Interactions: Warfarin and St John’s wort.", reference=["St John's wort", "warfarin"], expect=1)
@case("Interactions: warfarin", reference=["ibuprofen", "warfarin"], expect=0)
@case("Interactions: warfarin, ibuprofen, metformin", reference=["ibuprofen", "warfarin"], expect=0)
@case("Interactions: none", reference=[], expect=1)
@case("[]", reference=[], expect=1)
@case("Interactions: metformin", reference=[], expect=0)
@case("Interactions: none", reference=["warfarin"], expect=0)
@probe("", reference=[])
@probe("Interactions: none, warfarin", reference=["warfarin"])
@probe("Interactions: warfarin\nInteractions: none", reference=["warfarin"])
@reward(answer="list")
def drug_interactions(completion: str, reference: list[str]) -> bool:
    """Exactly the interacting drugs, in any order; when there are none, the answer has to say so."""
    parts = re.split(r"(?i)\binteractions\s*\**\s*:", completion)
    said = re.split(r"\n[ \t\r]*\n", parts[-1].strip())[0] if len(parts) > 1 else completion
    if re.sub(r"[\s`*.]", "", said).lower().removeprefix("json") == "[]":
        return not reference
    names = named(said)
    if not reference:
        return len(names) == 1 and names <= NONE
    return names == {" ".join(name.replace("’", "'").lower().split()) for name in reference}
