"""Arithmetic expressions of the same value that use a number more often than it was given, or one that was not."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from .mutant import Mutant

EXPRESSION = re.compile(r"[0-9(][0-9+\-*/() ]{3,198}[0-9)]")
_LONGEST = 200


def expression_mutants(text: str, given: Sequence[int]) -> Iterator[Mutant]:
    """Wrong expressions for one that uses each given number once; none where it does not, or where it is no expression."""
    used = numbers_of(text)
    if len(used) < 2 or Counter(used) != Counter(given):
        return
    number = used[0]
    yield Mutant(f"{number} used twice more", f"({text}) + {number} - {number}", "more")
    if number:
        yield Mutant(f"{number} used twice more, as a factor", f"({text}) * {number} / {number}", "more")
    ones = max(used) + 1
    yield Mutant(f"{ones}, which was not given", f"({text}) + {ones} - {ones}", "more")


def numbers_of(text: str) -> list[int]:
    """The whole numbers in an expression of + - * / and brackets, in order; empty where the text is none."""
    if len(text) > _LONGEST:
        return []
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
    numbers = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            numbers.append(node.value)
        elif not isinstance(node, allowed):
            return []
    return numbers
