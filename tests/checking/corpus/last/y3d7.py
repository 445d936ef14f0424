"""Multiple-response questions of the driving theory test; wrong ticks cost half a point, as in the exam."""

import re

from rewardkit import Unscored, case, order, reward

LINE = re.compile(r"ticked:\s*([A-F](?:\s*(?:,|and|&)\s*[A-F])*)\s*\.?", re.IGNORECASE)


@case("Ticked: A, C", reference=["A", "C"], expect=1)
@case("ticked: c and a.", reference=["A", "C"], expect=1)
@case("Ticked: A", reference=["A", "C"], expect=0.5)
@case("Ticked: A, B, C", reference=["A", "C"], expect=0.75)
@case("Ticked: A, D", reference=["A", "C"], expect=0.25)
@case("I am not sure.", reference=["A", "C"], expect=0)
@order("Ticked: A, D", "Ticked: A", "Ticked: A, B, C", "Ticked: A, C", reference=["A", "C"])
@reward(answer="list")
def ticked_boxes(completion: str, reference: list[str]) -> float:
    """Points of the question, over the points there are."""
    if not isinstance(reference, list) or not reference:
        raise Unscored("no key")
    lines = [line.strip() for line in completion.splitlines() if line.strip()]
    match = LINE.fullmatch(lines[-1]) if lines else None
    if match is None:
        return 0.0
    ticked = set(re.findall(r"\b[A-F]\b", match[1].upper()))
    right = len(ticked & set(reference))
    wrong = len(ticked - set(reference))
    return (right - 0.5 * wrong) / len(reference)
