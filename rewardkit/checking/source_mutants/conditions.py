"""Changes of what is compared and how answers are joined: the places where a grader decides."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from .scope import Scope
from .source import Edit, Token

_OPPOSITE = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
    "in": "not in",
    "not in": "in",
    "is": "is not",
    "is not": "is",
}
_BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_LOOSE = (ast.BoolOp, ast.Compare, ast.IfExp, ast.NamedExpr, ast.Lambda)  # they need brackets as operands
_NUMBERS = ("len", "float", "int", "abs", "round", "sum", "Decimal", "Fraction", "bool")


def comparisons(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """`a == b` as `a != b`, as `a in b`, as `b in a`; `a > b` as `a <= b` and as `a >= b`; each operator of a chain by itself."""
    if not isinstance(node, ast.Compare):
        return
    source = scope.source
    operands = [node.left, *node.comparators]
    for left, right in itertools.pairwise(operands):
        found = _operator(source.between(left, right), _OPPOSITE)
        if found is None:
            continue
        start, end, text = found
        yield Edit("a comparison turned round", start, end, _OPPOSITE[text])
        if text in _BOUNDARY:
            yield Edit("a limit that counts, or not", start, end, _BOUNDARY[text])
        if text == "==" and not _is_number(left) and not _is_number(right):
            yield Edit("equal to: inside", start, end, "in")
            if len(operands) == 2 and not any(isinstance(side, _LOOSE) for side in operands):
                swapped = f"{source.code(right)} in {source.code(left)}"
                yield Edit("equal to: inside", source.start(node), source.end(node), swapped)


def joins(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """`and` as `or`, and back."""
    if isinstance(node, ast.BoolOp):
        other = {"and": "or", "or": "and"}
        for left, right in itertools.pairwise(node.values):
            found = _operator(scope.source.between(left, right), other)
            if found is not None:
                yield Edit("and for or", found.start, found.end, other[found.text])


def negations(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """`not a` as `a`; a condition that is no comparison as its opposite."""
    source = scope.source
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        start = source.start(node)
        end = start + len("not")
        yield Edit("not dropped", start, end + (source.data[end : end + 1] == b" "), "")
    for test in _tests(node):
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant | ast.NamedExpr):
            opposite = (
                f"not ({source.code(test)})" if isinstance(test, _LOOSE) else f"not {source.code(test)}"
            )
            yield Edit("a condition turned round", source.start(test), source.end(test), opposite)


def _tests(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        return [node.test]
    return node.ifs if isinstance(node, ast.comprehension) else []


def _operator(tokens: list[Token], known: dict[str, str]) -> Token | None:
    """The operator among the tokens between two operands, of one word or two (`not in`); brackets are passed over."""
    words = [token for token in tokens if token.text not in ("(", ")")]
    text = " ".join(token.text for token in words)
    return Token(words[0].start, words[-1].end, text) if text in known else None


def _is_number(node: ast.expr) -> bool:
    """Whether nothing can be inside it: a number, or what a function for numbers returns."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in _NUMBERS
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        return True
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)
