"""Tour planning: the stops of a van in driving order. The depot may come twice, at the start and at the end."""

import re

from rewardkit import Unscored, case, order, reward

SEPARATOR = re.compile(r"->|→|=>|➔|[,;\n>|]|\bthen\b", re.IGNORECASE)
NUMBERING = re.compile(r"^(?:[0-9]{1,2}[.)]|[-*•])\s+")


def stops_of(text: str) -> list[str]:
    """The stops of a text, one after the other: arrows, commas, lists and JSON lists are all fine."""
    text = re.sub(r"^[^\n]*:[*_ ]*$", "", text, flags=re.MULTILINE)
    tail = re.split(r"\b(?:route|stops|order)\b[*_ ]*:", text, flags=re.IGNORECASE)[-1]
    parts = (NUMBERING.sub("", part.strip()) for part in SEPARATOR.split(tail))
    return [stop for part in parts if (stop := " ".join(part.strip(" \t.*_`\"'[]()").casefold().split()))]


@case("Depot -> Lyon -> Dijon -> Depot", reference=["Depot", "Lyon", "Dijon", "Depot"], expect=1)
@case("1. Depot\n2. Lyon\n3. Dijon\n4. Depot", reference=["Depot", "Lyon", "Dijon", "Depot"], expect=1)
@case("Route: depot, lyon, dijon, depot.", reference=["Depot", "Lyon", "Dijon", "Depot"], expect=1)
@case("Depot -> Dijon -> Lyon -> Depot", reference=["Depot", "Lyon", "Dijon", "Depot"], expect=0)
@case("Depot -> Lyon -> Dijon", reference=["Depot", "Lyon", "Dijon", "Depot"], expect=0)
@order("Lyon, Depot", "Depot, Lyon", reference=["Depot", "Lyon"])
@reward(answer="list")
def driving_order(completion: str, reference: list) -> bool:
    """Full marks for all stops, each as often as planned, in the planned order."""
    if not reference:
        raise Unscored("a tour without stops")
    return stops_of(completion) == [stop.casefold() for stop in reference]
