"""Symptoms in triage notes, one on each line; the word "none" where a note mentions none."""

import re

from rewardkit import case, order, probe, reward

NOTE = ["chest pain", "shortness of breath"]
BULLET = re.compile(r"^(?:[-*•–]|[0-9]{1,2}[.)])\s*")


def entries(text: str) -> set[str]:
    """What the answer lists, commas and lines alike; a line that ends in a colon is a heading."""
    lines = [line.strip() for line in text.rpartition("</think>")[2].partition("<think>")[0].splitlines()]
    parts = [part for line in lines if not line.endswith(":") for part in re.split(r"[,;]", line)]
    plain = (BULLET.sub("", part.strip(" \t*_`\"'[]")) for part in parts)
    return {" ".join(part.strip(" .*_`\"'").casefold().split()) for part in plain} - {""}


@case("chest pain\nshortness of breath", reference=NOTE, expect=1)
@case("Symptoms:\n1. Shortness of breath\n2. Chest pain.", reference=NOTE, expect=1)
@case("Chest pain, shortness of breath", reference=NOTE, expect=1)
@case("chest pain", reference=NOTE, expect=[0.6, 0.7])
@case("none", reference=NOTE, expect=0)
@case("None.", reference=[], expect=1)
@case("fever", reference=[], expect=0)
@case("", reference=[], expect=0)
@order("fever", "chest pain\nfever\ncough", "chest pain\nfever", "chest pain", reference=NOTE)
@probe("none\nfever", reference=[])
@reward(answer="list")
def symptoms(completion: str, reference: list) -> float:
    """F1 of the symptoms; where there are none, only "none" is right."""
    found = entries(completion)
    if "none" in found or not reference:
        return float(found == {"none"} and not reference)
    wanted = {" ".join(entry.casefold().split()) for entry in reference}
    return 2 * len(found & wanted) / (len(found) + len(wanted))
