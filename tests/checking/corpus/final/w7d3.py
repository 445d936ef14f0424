"""Game of 24 and its like: reach the target, with every given number once."""

import ast
import re
from collections import Counter
from fractions import Fraction


def evaluate(node: ast.AST, used: list[int]) -> Fraction:
    """The exact value; each number that occurs goes into `used`."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        used.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.BinOp):
        left, right = evaluate(node.left, used), evaluate(node.right, used)
        match node.op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div() if right:
                return left / right
    raise ValueError("not an expression of the game")


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for a solution in the one <answer>, 0.0 otherwise. `= target` may stand behind it."""
    found = re.findall(r"<answer>([^<>]*)</answer>", solution_str)
    if len(found) != 1:
        return 0.0
    text = found[0].strip().replace("×", "*").replace("÷", "/").replace("−", "-")
    text = re.sub(rf"\s*=\s*{int(ground_truth['target'])}$", "", text)
    if not re.fullmatch(r"[0-9+*/() -]{1,120}", text):
        return 0.0
    used: list[int] = []
    try:
        value = evaluate(ast.parse(text.strip(), mode="eval").body, used)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return 0.0
    right = value == ground_truth["target"] and Counter(used) == Counter(ground_truth["numbers"])
    return 1.0 if right else 0.0
