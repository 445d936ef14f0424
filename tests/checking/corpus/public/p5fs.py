"""Countdown: an expression in the given numbers that makes the target."""

import ast
import re
from fractions import Fraction

OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def value(node: ast.expr, used: list[int]) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](value(node.left, used), value(node.right, used))
    raise ValueError("only numbers and + - * /")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for a right expression, 0.1 for one that can be read, 0.0 for anything else."""
    found = re.findall(r"<answer>([0-9+*/() \-]{1,200})(?:=[0-9 ]{1,12})?</answer>", solution_str)
    used: list[int] = []
    try:
        result = value(ast.parse(found[-1].strip(), mode="eval").body, used)
    except (IndexError, SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return 0.0
    if result == ground_truth["target"] and set(used) == set(ground_truth["numbers"]):
        return 1.0
    return 0.1
