"""verl reward for the fewest changes on one-way ferry lines; any route of that length is right."""

import re

ROUTE = re.compile(r"(?i)\broute\**\s*:([^\n]*)")
BETWEEN = re.compile(r"->|=>|→|⟶|,|;| - |\\to\b|\\rightarrow\b")


def stops_of(text: str) -> list[str]:
    """The stops of the last `Route:`; a reply of one line may leave the word out."""
    found = ROUTE.findall(text)
    line = found[-1] if found else text.strip()
    if "\n" in line:
        return []
    return [stop.strip(" \t*`.[]\"'$").casefold() for stop in BETWEEN.split(line)]


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 when the route starts and ends where it should, follows the lines in their direction, and takes the fewest crossings."""
    lines = {(a.casefold(), b.casefold()) for a, b in extra_info["lines"]}
    stops = stops_of(solution_str)
    if stops[:1] != [extra_info["start"].casefold()] or stops[-1] != extra_info["end"].casefold():
        return 0.0
    crossings = list(zip(stops, stops[1:]))
    right = all(crossing in lines for crossing in crossings) and len(crossings) == int(ground_truth)
    return 1.0 if right else 0.0
