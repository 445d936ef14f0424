"""Countdown: reach the target with the given numbers and + - * /."""

import ast
import re
from fractions import Fraction


def evaluate(node: ast.AST, used: list[int]) -> Fraction:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.BinOp):
        left, right = evaluate(node.left, used), evaluate(node.right, used)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div) and right:
            return left / right
    raise ValueError("not allowed in an equation")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 if the last <answer> reaches the target and takes its numbers from those given, else 0.0."""
    found = re.findall(r"<answer>([^<]*)</answer>", solution_str)
    if not found or len(found[-1]) > 200:
        return 0.0
    used: list[int] = []
    try:
        result = evaluate(ast.parse(found[-1].strip(), mode="eval").body, used)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return 0.0
    if not all(number in ground_truth["numbers"] for number in used):
        return 0.0
    return 1.0 if result == ground_truth["target"] else 0.0
