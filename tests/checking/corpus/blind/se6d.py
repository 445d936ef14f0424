"""Arithmetic with fractions, the result in \\boxed{} (verl)."""

import re

FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")


def boxed(text: str) -> str | None:
    """What the last \\boxed{...} holds, braces inside it included."""
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth, begin = 1, start + len("\\boxed{")
    for place in range(begin, min(len(text), begin + 200)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[begin:place]
    return None


def value_of(answer: str) -> float:
    """\\frac{5}{6}, 5/6, 0.75 or 1 + 1/2 as a number."""
    expression = (
        FRACTION.sub(r"((\1)/(\2))", answer).replace("\\cdot", "*").replace("$", "").replace("\\", "")
    )
    return float(eval(expression.strip(), {"__builtins__": {}}))


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    answer = boxed(solution_str)
    if answer is None:
        return 0.0
    try:
        return float(abs(value_of(answer) - value_of(ground_truth)) < 1e-9)
    except Exception:
        return 0.0
