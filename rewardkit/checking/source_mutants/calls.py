"""Changes of what is called: a step that makes two texts alike left out, another function of a pair, arguments in another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .scope import Scope, is_re_call
from .source import Edit

_MAKES_ALIKE = (
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "casefold",
    "title",
    "replace",
    "removeprefix",
    "removesuffix",
    "translate",
)
_WRAPS = ("abs", "round", "sorted", "set", "frozenset", "float", "int", "str")
_WRAPS_OF_MODULES = ("escape", "normalize", "normalise")  # re.escape(text), unicodedata.normalize(form, text)
_PAIRS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
}
_NOT_SWAPPED = (
    "isinstance",
    "issubclass",
    "getattr",
    "hasattr",
    "setattr",
    "map",
    "filter",
    "open",
    "print",
    "min",
    "max",
)


def dropped_calls(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """`text.strip()` as `text`, `abs(x)` as `x`, `re.escape(text)` as `text`."""
    if not isinstance(node, ast.Call):
        return
    source, function = scope.source, node.func
    if isinstance(function, ast.Attribute) and function.attr in _MAKES_ALIKE:
        dot = source.data.rfind(b".", source.start(node), source.end(function) - len(function.attr))
        yield Edit(f".{function.attr}() dropped", dot, source.end(node), "")
    name = function.id if isinstance(function, ast.Name) else ""
    of_module = function.attr if isinstance(function, ast.Attribute) else ""
    if node.args and (
        (name in _WRAPS and len(node.args) == 1 and not node.keywords) or of_module in _WRAPS_OF_MODULES
    ):
        inside = source.code(node.args[-1])
        simple = isinstance(
            node.args[-1], ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.GeneratorExp
        )
        new = inside if simple else f"({inside})"
        yield Edit(f"{name or of_module}() dropped", source.start(node), source.end(node), new)


def other_calls(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """min as max, any as all, startswith as endswith, and back."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if name in _PAIRS:
            end = scope.source.end(node.func)
            yield Edit("the other function of a pair", end - len(name), end, _PAIRS[name])


def swapped_arguments(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """`overlap(found, gold)` as `overlap(gold, found)`: the first two of a call, where neither is a constant."""
    if not isinstance(node, ast.Call) or len(node.args) < 2 or is_re_call(node):
        return
    if isinstance(node.func, ast.Name) and node.func.id in _NOT_SWAPPED:
        return
    one, other = node.args[:2]
    if any(isinstance(argument, ast.Constant | ast.Starred | ast.Lambda) for argument in (one, other)):
        return
    source = scope.source
    first, second = source.code(one), source.code(other)
    between = source.data[source.end(one) : source.start(other)].decode()
    if first != second:
        swapped = f"{second}{between}{first}"
        yield Edit("arguments swapped", source.start(one), source.end(other), swapped)
