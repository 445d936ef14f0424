"""Reward for the 24 game and its relatives: four operations, every given number exactly once."""

import ast
import re
from fractions import Fraction

LIMIT = 200


def evaluate(node: ast.AST, used: list[int]) -> Fraction:
    """The value of a tree of + - * / over whole numbers, exactly; ValueError for anything else."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -evaluate(node.operand, used)
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
    raise ValueError("not one of the four operations")


def solves(text: str, numbers: list[int], target: int) -> bool:
    before, closed, _ = text.rpartition("</answer>")
    expression = " ".join((before.rpartition("<answer>")[2] if closed else text).split())
    for sign, plain in ("×*", "·*", "÷/", "−-", "–-"):
        expression = expression.replace(sign, plain)
    expression = re.sub(rf"\s*=\s*{target}\s*\.?$", "", expression)
    if len(expression) > LIMIT or not re.fullmatch(r"[0-9+\-*/() ]+", expression):
        return False
    used: list[int] = []
    try:
        value = evaluate(ast.parse(expression.strip(), mode="eval").body, used)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return value == target and sorted(used) == sorted(numbers)


def numbers_game(completions, nums, target, **kwargs) -> list[float]:
    """1.0 for the last <answer> (or a bare expression) that reaches its row's target, 0.0 otherwise."""
    return [
        1.0 if solves(completion, numbers, goal) else 0.0
        for completion, numbers, goal in zip(completions, nums, target, strict=True)
    ]
