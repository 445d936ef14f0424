"""The numbers game: reach a target with +, -, * and / and each of the given numbers once."""

import re

from rewardkit import case, order, reward

ALLOWED = re.compile(r"[0-9+\-*/(). ]{1,200}")


def expression(completion: str) -> str:
    _, opened, rest = completion.rpartition("<answer>")
    inside = rest.partition("</answer>")[0] if opened else ""
    return inside.partition("=")[0].strip()


def value(text: str) -> float | None:
    try:
        return eval(text, {"__builtins__": {}}, {})
    except Exception:
        return None


@case("<answer>(25 - 5) * 4 + 3</answer>", reference=83, numbers=[3, 4, 5, 25], expect=1)
@case("3 is left. <answer>4 * (25 - 5) + 3 = 83</answer>", reference=83, numbers=[3, 4, 5, 25], expect=1)
@case("<answer>25 * 3 + 5 + 4</answer>", reference=83, numbers=[3, 4, 5, 25], expect=0.1)
@case("<answer>83</answer>", reference=83, numbers=[3, 4, 5, 25], expect=0)
@order(
    "83",
    "<answer>25 + 3 + 4 + 5</answer>",
    "<answer>4*(25-5)+3</answer>",
    reference=83,
    numbers=[3, 4, 5, 25],
)
@reward(pass_at=1.0, partial_cap=0.1, timeout=5)
def reaches(completion: str, reference: int, numbers: list[int]) -> float:
    """Full marks for the target, a tenth for an expression in the right numbers."""
    text = expression(completion)
    used = sorted(int(number) for number in re.findall(r"\d{1,9}", text, re.ASCII))
    if not ALLOWED.fullmatch(text) or used != sorted(numbers):
        return 0.0
    found = value(text)
    return 1.0 if found is not None and abs(found - reference) < 1e-6 else 0.1
