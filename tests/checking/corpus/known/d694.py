"""Score of the moderation set: allow, warn or remove."""


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict | None = None
) -> float:
    info = {} if extra_info is None else extra_info
    tries = info.setdefault("used", [])
    verdict = solution_str.strip().strip(".").lower()
    tries.append(verdict)
    return 1.0 if verdict == ground_truth and len(tries) == 1 else 0.0
