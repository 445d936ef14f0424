"""A formula in x that equals the reference, however it is written: both are worked out exactly at the same 12 points."""

import ast
import operator
import random
import re
from fractions import Fraction

from rewardkit import Unscored, case, probe, reward

POINTS = [Fraction(n, 97) for n in random.Random(13).sample(range(-400, 400), 12)]
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def _value(node: ast.expr, x: Fraction) -> Fraction:
    """The value of a node at x; ValueError for anything but arithmetic of a modest size."""
    if isinstance(node, ast.Name) and node.id == "x":
        return x
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, x)
    if not isinstance(node, ast.BinOp):
        raise ValueError("no arithmetic")
    left, right = _value(node.left, x), _value(node.right, x)
    power = isinstance(node.op, ast.Pow) and right in range(7)
    if not power and type(node.op) not in OPERATORS:
        raise ValueError("no arithmetic, or an exponent that is not 0 to 6")
    result = left ** int(right) if power else OPERATORS[type(node.op)](left, right)
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > 2_000:
        raise ValueError("too large")
    return result


def _values(formula: str) -> list[Fraction] | None:
    text = formula.strip().strip("`*$ .\n")
    text = re.sub(r"^(?:answer:)?[ *$]*(?:(?:y|f\(x\)) ?=)?", "", text, flags=re.IGNORECASE).strip("*`$ ")
    if len(formula) > 160 or re.search(r"[0-9]{8}|[eE_\n]", text):
        return None
    text = re.sub(
        r"(?<=[0-9x)]) ?(?=[x(])", "*", text.replace("^", "**").replace("\u2212", "-").replace("·", "*")
    )
    try:
        return [_value(tree, x) for tree in [ast.parse(text, mode="eval").body] for x in POINTS]
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None


@case("2x + 6", reference="2*(x + 3)", expect=1)
@case("f(x) = 5(x-2)", reference="5*x - 10", expect=1)
@case("$x^2 - 9$", reference="(x - 3)*(x + 3)", expect=1)
@case("2x + 5", reference="2*(x + 3)", expect=0)
@case("x", reference="?", expect="unscored")
@probe("2x + 6 or 3x + 6", reference="2*(x + 3)")
@reward(answer="free")
def same_formula(completion: str, reference: str) -> bool:
    right = _values(reference)
    if right is None:
        raise Unscored("the reference is no formula in x")
    return _values(completion.rpartition("</think>")[2]) == right
