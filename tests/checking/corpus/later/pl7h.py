"""Staff handbook: the sections that answer a question, or "not covered". Rows that nobody annotated have no reference."""

import re

from rewardkit import case, probe, reward

SECTION = r"(?:(?:section|sections|sec\.|§§?)\s*)?([0-9]{1,2}(?:\.[0-9]{1,2}){1,2})"
LIST = re.compile(rf"{SECTION}(?:\s*(?:,|;|\+|&|and|,\s*and)\s*{SECTION})*", re.IGNORECASE)
REFUSAL = re.compile(
    r"(?:this is |it is |that is )?not (?:covered|answered)(?: (?:by|in) the (?:staff )?handbook)?",
    re.IGNORECASE,
)


@case("Parental leave is in part four.\nSections: 4.2, 4.3.1", reference=["4.3.1", "4.2"], expect=1)
@case("**Sections:** § 4.2 and § 4.3.1.", reference=["4.3.1", "4.2"], expect=1)
@case("Section 4.2", reference=["4.2"], expect=1)
@case("Sections: 4.2", reference=["4.2", "4.3.1"], expect=0)
@case("Sections: 4.20", reference=["4.2"], expect=0)
@case("Sections: 4.2, 4.2, 4.2", reference=["4.2", "4.3.1"], expect=0)
@case("Sections: not covered", reference=[], expect=1)
@case("This is not covered by the handbook.", reference=[], expect=1)
@case("Sections: not covered", reference=["4.2"], expect=0)
@case("Sections: 4.2", reference=[], expect=0)
@case("Sections: 4.2", reference=None, expect="unscored")
@probe("Sections: 4.2 or not covered", reference=["4.2"])
@probe("", reference=[])
@reward(answer="list", may_abstain=True)
def handbook_sections(completion: str, reference: list[str] | None) -> bool | None:
    """Exactly the annotated sections; an empty list means that only the refusal is right."""
    if reference is None:
        return None
    text = re.sub(r"[*_`]", "", completion)
    marked = re.findall(r"(?im)^[^\w\n]*(?:sections?|answer)\s*:(.*)$", text)
    if len(marked) > 1:
        return False
    answer = (marked[0] if marked else text).strip().rstrip(". ")
    if len(answer) > 300:
        return False
    if REFUSAL.fullmatch(answer):
        return not reference
    if not LIST.fullmatch(answer):
        return False
    return set(re.findall(r"[0-9]+(?:\.[0-9]+)+", answer)) == set(reference)
