"""verl reward for shortest paths in a network of one-way streets."""

import re


def path_of(text: str) -> list[str]:
    """The nodes of the last line that starts with `Path:`."""
    lines = [line.strip() for line in text.splitlines() if line.strip().lower().startswith("path:")]
    return [node.strip(" *`.") for node in re.split(r"->|→", lines[-1][5:])] if lines else []


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for a path from start to end along the streets with as few steps as possible."""
    streets = {frozenset(street) for street in extra_info["edges"]}
    path = path_of(solution_str)
    if not path or path[0] != extra_info["start"] or path[-1] != extra_info["end"]:
        return 0.0
    for here, there in zip(path, path[1:]):
        if frozenset((here, there)) not in streets:
            return 0.0
    return 1.0 if len(path) - 1 == int(ground_truth) else 0.0
