"""Score of the geometry set: the result stands in a box."""

import re

BOXED = re.compile(r"\\boxed\{(.*?)\}")


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict | None = None
) -> float:
    results = [result.strip() for result in BOXED.findall(solution_str)]
    return 1.0 if ground_truth in results else 0.0
