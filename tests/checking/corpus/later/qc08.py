"""verl reward for patches: how close is a unified diff to the one that was merged?"""

from collections import Counter


def diff_in(text: str) -> str:
    parts = text.split("```")
    return parts[-2].removeprefix("diff") if len(parts) >= 3 else text


def changed_lines(diff: str) -> Counter:
    """The lines that a diff touches; headers and context are left out, and so is indentation."""
    lines = Counter()
    for line in diff.splitlines():
        if line.startswith(("+++", "---", "@@")):
            continue
        if line.startswith(("+", "-")) and line[1:].strip():
            lines[line[1:].strip()] += 1
    return lines


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """The share of touched lines that both diffs have in common: 1 for the merged patch, 0 for an unrelated one."""
    mine, merged = changed_lines(diff_in(solution_str)), changed_lines(ground_truth)
    every = sum((mine | merged).values())
    return sum((mine & merged).values()) / every if every else 0.0
