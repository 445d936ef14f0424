"""Countdown with exact arithmetic: the target, from each of the given numbers once, with + - * / and brackets."""

import ast
from collections import Counter
from fractions import Fraction


def value(node: ast.expr, used: Counter) -> Fraction:
    """The value of an expression; the numbers in it are counted in `used`. ValueError for anything but arithmetic."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used[node.value] += 1
        return Fraction(node.value)
    if isinstance(node, ast.BinOp):
        left, right = value(node.left, used), value(node.right, used)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise ValueError("no arithmetic")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """The dict that verl logs: `score`, and whether the expression could be read."""
    _, opened, rest = solution_str.rpartition("<answer>")
    inside, closed, _ = rest.partition("</answer>")
    text = (
        inside.partition("=")[0].replace("\u00d7", "*").replace("\u00f7", "/").replace("\u2212", "-").strip()
    )
    used: Counter = Counter()
    try:
        if not opened or not closed or len(text) > 200:
            raise ValueError("no expression")
        result = value(ast.parse(text, mode="eval").body, used)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return {"score": 0.0, "readable": 0.0}
    right = result == ground_truth["target"] and used == Counter(ground_truth["numbers"])
    return {"score": 1.0 if right else 0.0, "readable": 1.0}
