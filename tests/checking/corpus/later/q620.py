"""Countdown puzzles: reach the target with the numbers on the table."""

import re

from rewardkit import case, probe, reward

ALLOWED = re.compile(r"[0-9\s+\-*/()]+")


def equation_of(completion: str) -> str:
    """The left side of what stands in the last pair of answer tags."""
    found = re.findall(r"<answer>([^<]*)</answer>", completion)
    return found[-1].split("=")[0].strip() if found else ""


@case("<answer>(7 - 2) * 5</answer>", reference=25, numbers=[2, 5, 7], expect=1)
@case("<answer>(7 - 2) * 5 = 25</answer>", reference=25, numbers=[2, 5, 7], expect=1)
@case("<answer>5 * 5</answer>", reference=25, numbers=[2, 5, 7], expect=0)
@case("<answer>2 + 5 + 7</answer>", reference=25, numbers=[2, 5, 7], expect=0)
@probe("<answer>25</answer>", reference=25, numbers=[2, 5, 7])
@probe("<answer>__import__('os').getpid()</answer>", reference=25, numbers=[2, 5, 7])
@reward(answer="free")
def countdown(completion: str, reference: int, numbers: list[int]) -> bool:
    """Full marks when the equation uses each number exactly once, with + - * / and brackets, and makes the target."""
    equation = equation_of(completion)
    if not ALLOWED.fullmatch(equation):
        return False
    used = sorted(re.findall(r"[0-9]+", equation))
    if used != sorted(str(number) for number in numbers):
        return False
    try:
        value = eval(equation, {"__builtins__": {}}, {})
        return abs(value - reference) < 1e-6
    except Exception:
        return False
