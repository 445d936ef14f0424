"""The numbers game for verl: reach the target with the four basic operations, using each number exactly once."""

import ast
import re
from collections import Counter
from fractions import Fraction

ALLOWED = re.compile(r"[0-9+\-*/() ]{1,120}")
ANSWER = ("<answer>", "</answer>")
SIGNS = str.maketrans({"\u00d7": "*", "\u00f7": "/", "\u2212": "-", "\u00b7": "*", "[": "(", "]": ")"})


def visible(text):
    """What comes after the thinking; nothing when the thinking does not end."""
    return text.partition("</think>")[2] if "think>" in text else text


def expression_of(text: str, target: int) -> str | None:
    """What stands between the only pair of tags, without '= target' at its end."""
    text = visible(text)
    if text.count(ANSWER[0]) != 1 or text.count(ANSWER[1]) != 1:
        return None
    inner = text.partition(ANSWER[0])[2].partition(ANSWER[1])[0].strip().translate(SIGNS)
    left, equals, right = inner.partition("=")
    if equals and right.strip() != str(target):
        return None
    return left.strip()


def evaluate(node: ast.AST, used: list[int]) -> Fraction:
    """The exact value; every number that occurs goes into `used`. ValueError for anything else than arithmetic."""
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
    raise ValueError("not an expression of the game")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    if not isinstance(ground_truth, dict) or not {"target", "numbers"} <= ground_truth.keys():
        return 0.0
    source = expression_of(solution_str, ground_truth["target"])
    if source is None or ALLOWED.fullmatch(source) is None:
        return 0.0
    used: list[int] = []
    try:
        value = evaluate(ast.parse(source, mode="eval").body, used)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0.0
    return (
        1.0 if value == ground_truth["target"] and Counter(used) == Counter(ground_truth["numbers"]) else 0.0
    )
