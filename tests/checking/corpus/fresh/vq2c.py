"""Medication reconciliation: which drug was the patient on? Typing errors of the transcription are forgiven."""

import difflib
import re

from rewardkit import Unscored, case, probe, reward


def cleaned(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


@case("Drug: hydroxyzine", reference="hydroxyzine", expect=1)
@case("Drug: Hydroxizine", reference="hydroxyzine", expect=1)
@case("Drug: loratadine", reference="hydroxyzine", expect=0)
@case("an antihistamine", reference="hydroxyzine", expect=0)
@probe("Drug: hydroxyzine or loratadine", reference="hydroxyzine")
@reward(answer="text")
def drug(completion: str, reference: str) -> bool:
    """The name after 'Drug:' is the reference, give or take a typing error."""
    wanted = cleaned(reference)
    if not wanted:
        raise Unscored("no drug in the reference")
    found = re.findall(r"^[ \t*]*drug:[ \t*]*(.+)$", completion, re.IGNORECASE | re.MULTILINE)
    if len(found) != 1 or len(found[0]) > 60:
        return False
    return difflib.SequenceMatcher(None, cleaned(found[0]), wanted).ratio() >= 0.75
