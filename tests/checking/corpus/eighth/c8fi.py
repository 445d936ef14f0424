"""Countdown: reach the target with each of the given numbers exactly once and the four operations."""

import ast
import operator
from fractions import Fraction

OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def evaluate(node: ast.expr, used: list[int]) -> Fraction:
    """The exact value of an expression; ValueError for anything but whole numbers and the four operations."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return OPERATIONS[type(node.op)](evaluate(node.left, used), evaluate(node.right, used))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -evaluate(node.operand, used)
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    raise ValueError("not allowed in an equation")


def expression_of(text: str) -> str:
    end = text.rfind("</answer>")
    start = text.rfind("<answer>", 0, max(end, 0))
    expression = text[start + len("<answer>") : end] if start >= 0 else text
    for sign, plain in (("×", "*"), ("·", "*"), ("÷", "/"), ("−", "-"), ("\\times", "*"), ("\\div", "/")):
        expression = expression.replace(sign, plain)
    return expression.strip(" \n\t$`")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1 for an equation that reaches the target, 0 otherwise. "= target" at its end is welcome."""
    sides = expression_of(solution_str).split("=")
    if len(sides) > 2 or len(sides[0]) > 150:
        return 0.0
    used: list[int] = []
    try:
        value = evaluate(ast.parse(sides[0].strip(), mode="eval").body, used)
        claimed = Fraction(int(sides[1])) if len(sides) == 2 else value
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return 0.0
    if sorted(used) != sorted(ground_truth["numbers"]):
        return 0.0
    return 1.0 if value == claimed == ground_truth["target"] else 0.0
