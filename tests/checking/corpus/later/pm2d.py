"""Emergency department: the Manchester triage colour of a presentation."""

import re

from rewardkit import case, probe, reward

COLOURS = ("red", "orange", "yellow", "green", "blue")
DENIED = re.compile(
    r"\b(?:not|no|never|neither|nor|isn't|cannot|can't|unlikely|rather than|instead of)\b", re.IGNORECASE
)


def colours_in(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if word in COLOURS}


@case("Chest pain at rest, sweating.\nTriage: orange", reference="orange", expect=1)
@case("**Triage:** Orange (very urgent)", reference="orange", expect=1)
@case("Triage: orange (not yet life-threatening)", reference="orange", expect=1)
@case("Orange.", reference="orange", expect=1)
@case("The skin is red and warm, but vital signs are normal.\nTriage: green", reference="green", expect=1)
@case("Triage: yellow", reference="orange", expect=0)
@case("Triage: red\nOn second thought:\nTriage: orange", reference="orange", expect=0)
@probe("Triage: orange or red", reference="orange")
@probe("Triage: not orange", reference="orange")
@probe("Triage: blue? I ordered nothing.", reference="orange")
@reward(answer="label")
def triage_level(completion: str, reference: str) -> bool:
    """The `Triage:` line names the colour and no other; an answer without the line may name one colour in all."""
    marked = re.findall(r"(?im)^[^\w\n]*(?:triage|(?:final )?answer)\W*:(.*)$", completion)
    said = "\n".join(marked) if marked else completion
    wanted = reference.strip().lower()
    if colours_in(said) != {wanted}:
        return False
    before = re.split(rf"(?i)\b{re.escape(wanted)}\b", said.replace("’", "'"))[0]
    return not DENIED.search(re.split(r"[.!?\n]", before)[-1])
