"""Countdown puzzles, evaluated on the syntax tree with exact fractions."""

import ast
from fractions import Fraction

from rewardkit import case, order, probe, reward

SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})


def value_of(node: ast.AST, used: list[int]) -> Fraction:
    """The exact value of an expression; notes each number that it uses. ValueError for anything but + - * / and whole numbers."""
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            used.append(number)
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -value_of(inner, used)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = value_of(left, used), value_of(right, used)
            if isinstance(op, ast.Add):
                return a + b
            if isinstance(op, ast.Sub):
                return a - b
            if isinstance(op, ast.Mult):
                return a * b
            if isinstance(op, ast.Div):
                return a / b
    raise ValueError("not an equation of the game")


def expression_of(completion: str, target: int) -> str:
    """What stands in the one pair of answer tags, without a `= target` on either side; empty when there is none."""
    if completion.count("<answer>") != 1 or completion.count("</answer>") != 1:
        return ""
    text = completion.split("<answer>")[1].split("</answer>")[0].translate(SIGNS)
    sides = [side.strip() for side in text.replace("\\times", "*").replace("\\div", "/").split("=")]
    if len(sides) == 2 and str(target) in sides:
        sides.remove(str(target))
    return sides[0] if len(sides) == 1 and len(sides[0]) <= 200 else ""


@case("<answer>(9 - 1) * (8 - 5)</answer>", reference=24, numbers=[1, 5, 8, 9], expect=1)
@case("So: <answer>24 = (9 − 1) × (8 − 5)</answer>", reference=24, numbers=[1, 5, 8, 9], expect=1)
@case("<answer>(9 - 1) * 3</answer>", reference=24, numbers=[1, 5, 8, 9], expect=0)
@case("<answer>8 / (3 - 8 / 3)</answer>", reference=24, numbers=[3, 3, 8, 8], expect=1)
@order(
    "<answer>9 + 8 + 5 + 1</answer>", "<answer>(9 - 1) * (8 - 5)</answer>", reference=24, numbers=[1, 5, 8, 9]
)
@probe("<answer>24</answer>", reference=24, numbers=[1, 5, 8, 9])
@probe("<answer>2 ** 5 - 7</answer>", reference=25, numbers=[2, 5, 7])
@reward(answer="free", format_strict=True)
def reaches_target(completion: str, reference: int, numbers: list[int]) -> bool:
    """The one <answer> holds an expression of + - * / and brackets that uses each number exactly once and makes the target; a minus in front is fine."""
    used: list[int] = []
    try:
        tree = ast.parse(expression_of(completion, reference), mode="eval")
        value = value_of(tree.body, used)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return False
    return value == reference and sorted(used) == sorted(numbers)
