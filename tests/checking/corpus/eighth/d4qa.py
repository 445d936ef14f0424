"""Countdown: reach the target with each of the given numbers once and the four operations."""

import re

ALLOWED = re.compile(r"[\d+\-*/(). ]+")


def equation_of(text: str) -> str | None:
    found = re.findall(r"<answer>(.*?)</answer>", text, re.DOTALL)
    if not found:
        return None
    return found[-1].split("=")[0].strip()


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for an equation that gives the target, 0.1 for one that can be read, 0 otherwise."""
    equation = equation_of(solution_str)
    if not equation or len(equation) > 200 or not equation.isascii():
        return 0.0
    if not ALLOWED.fullmatch(equation):
        return 0.0
    used = sorted(int(number) for number in re.findall(r"\d+", equation))
    if used != sorted(ground_truth["numbers"]):
        return 0.1
    try:
        value = eval(equation, {"__builtins__": {}}, {})
    except Exception:
        return 0.1
    return 1.0 if abs(value - ground_truth["target"]) < 1e-6 else 0.1
