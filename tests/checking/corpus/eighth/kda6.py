"""Legal research: the statute that governs a question, cited in the usual short form."""

import re
from difflib import SequenceMatcher

from rewardkit import case, reward


def tidy(citation: str) -> str:
    """One writing for the many styles: no dots, section signs, or doubled spaces."""
    text = citation.upper().replace("SECTION", " ").replace("§", " ").replace(".", "")
    return re.sub(r"\s+", " ", text).strip(" ,;:*")


@case("28 U.S.C. § 1331", reference="28 U.S.C. § 1331", expect=1)
@case("28 USC 1331", reference="28 U.S.C. § 1331", expect=1)
@case("28 USC, section 1331", reference="28 U.S.C. § 1331", expect=1)
@case("42 U.S.C. § 1983", reference="28 U.S.C. § 1331", expect=0)
@case("Fed. R. Civ. P. 12(b)(6)", reference="28 U.S.C. § 1331", expect=0)
@case("There is no such statute.", reference="11 U.S.C. § 362", expect=0)
@reward(answer="text")
def governing_statute(completion: str, reference: str) -> bool:
    """Full marks when the last line cites the statute; slips of style are forgiven."""
    lines = [line for line in completion.splitlines() if line.strip()]
    if not lines or len(lines[-1]) > 120:
        return False
    return SequenceMatcher(None, tidy(lines[-1]), tidy(reference)).ratio() >= 0.85
