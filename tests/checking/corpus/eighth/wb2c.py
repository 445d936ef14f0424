"""verl reward for league tables: the teams from first to last, one a line.

A complete table in the wrong order earns up to half, by the share of teams that stand in their place.
"""

import json
import re

PLACE = re.compile(r"^\s*(?:[0-9]{1,2}\s*[.):]|[-*•])?\s*")


def teams_of(text):
    """The team of each line, without its place, points in brackets, or typography."""
    teams = []
    for line in text.splitlines():
        name = re.sub(
            r"\([^()]{0,30}\)|\s[-–|]\s*[0-9].*", "", PLACE.sub("", line.strip(" *_"), count=1)
        ).strip(" *_.,")
        if name and not line.rstrip(" *_").endswith(":"):
            teams.append(" ".join(name.casefold().split()))
    return teams


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    wanted = [team.casefold() for team in json.loads(ground_truth)]
    given = teams_of(solution_str)
    if wanted and given == wanted:
        return 1.0
    if not wanted or sorted(given) != sorted(wanted):
        return 0.0
    placed = sum(one == other for one, other in zip(given, wanted))
    return 0.5 * placed / len(wanted)
