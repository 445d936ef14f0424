"""verl reward for grade school problems: the number after ####."""

import re

FINAL = re.compile(r"####\s*\$?\s*(-?[0-9][0-9,]*(?:\.[0-9]+)?)")


def extract_solution(solution_str):
    found = FINAL.findall(solution_str)
    return found[-1].replace(",", "") if found else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """Full score for the right number, nothing for another one or for none."""
    target = ground_truth
    if extra_info and extra_info.get("answer"):
        target = extra_info["answer"]
    answer = extract_solution(solution_str)
    if answer is None:
        return 0.0
    return 1.0 if answer in target.replace(",", "") else 0.0
