"""Triage notes: the symptoms that a patient reports, as a list separated by commas and nothing else."""

import re

from rewardkit import case, order, reward

SYMPTOM_LIST = re.compile(r"(\s*[\w'-]+(\s+[\w'-]+)*\s*,?)+")


@case("fever, dry cough", reference=["fever", "dry cough"], expect=1)
@case("Dry cough, fever", reference=["fever", "dry cough"], expect=1)
@case("fever, rash", reference=["fever", "dry cough"], expect=0.5)
@case("unclear!", reference=["fever", "dry cough"], expect=0)
@case("", reference=["fever"], expect=0)
@order("rash", "fever", "fever, dry cough", reference=["fever", "dry cough"])
@reward(answer="list", format_strict=True)
def symptoms(completion: str, reference: list) -> float:
    """Overlap (intersection over the larger list) of what is listed with what the nurse noted."""
    if not SYMPTOM_LIST.fullmatch(completion.strip()):
        return 0.0
    given = {" ".join(part.lower().split()) for part in completion.split(",") if part.strip()}
    noted = {symptom.lower() for symptom in reference}
    return len(given & noted) / max(len(given), len(noted), 1)
