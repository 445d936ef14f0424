"""Changes of what is written down: numbers, texts, patterns, arithmetic."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .scope import Scope, is_re_call
from .source import Edit

_OTHER_TEXT = "zxqv"
_OTHER_SIGN = {"+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "%": "*", "**": "*", "&": "|", "|": "&"}
_LOOSER = {"fullmatch": "match", "match": "search", "search": "match"}


def numbers(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """A whole number one more and one less, another number twice and half of it, True as False."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, bool | int | float):
        return
    value = node.value
    if isinstance(value, bool):
        if id(node) in scope.results:  # see `fixed_results`
            return
        others = [repr(not value)]
    elif isinstance(value, int):
        others = [repr(value + 1), repr(value - 1)]
    else:
        others = [repr(value * 2), repr(value / 2)] if value else ["1.0"]
    for other in others:
        yield Edit("another constant", scope.source.start(node), scope.source.end(node), other)


def texts(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """Another text; of a pattern see `patterns`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in scope.patterns:
        yield Edit("another text", scope.source.start(node), scope.source.end(node), f'"{_OTHER_TEXT}"')


def patterns(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """A regular expression without what ties it to the beginning or end of the text or of a word; one that may match elsewhere; no flags."""
    source = scope.source
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) in scope.patterns:
        for other in _untied(node.value):
            new = _literal(other, source.code(node))
            yield Edit("a pattern that is tied less", source.start(node), source.end(node), new)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_re_call(node):
        name = node.func.attr
        if name in _LOOSER:
            end = source.end(node.func)
            yield Edit("a pattern that may match elsewhere", end - len(name), end, _LOOSER[name])
        for flags in (*node.args[1:], *(word.value for word in node.keywords if word.arg == "flags")):
            if isinstance(flags, ast.Attribute) and is_flag(flags):
                yield Edit("flags of a pattern dropped", source.start(flags), source.end(flags), "0")


def is_flag(node: ast.Attribute) -> bool:
    """Whether that is `re.IGNORECASE` or the like."""
    return isinstance(node.value, ast.Name) and node.value.id in ("re", "regex") and node.attr.isupper()


def arithmetic(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """+ as -, * as /, & as |, and back."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
    elif isinstance(node, ast.AugAssign):
        left, right = node.target, node.value
    else:
        return
    if any(isinstance(side, ast.JoinedStr) or _is_text(side) for side in (left, right)):
        return
    for token in scope.source.between(left, right):
        sign = token.text.removesuffix("=") if isinstance(node, ast.AugAssign) else token.text
        if sign in _OTHER_SIGN:
            yield Edit(
                "other arithmetic", token.start, token.end, token.text.replace(sign, _OTHER_SIGN[sign])
            )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _untied(pattern: str) -> list[str]:
    """The pattern without its start, without its end, and without the borders of words, where it has them."""
    start = re.sub(r"^(\(\?[aiLmsux]+\))?(\^|\\A)", r"\1", pattern)
    end = re.sub(r"(?<!\\)((?:\\\\)*)(\$|\\Z)$", r"\1", pattern)
    borders = re.sub(r"(?<!\\)((?:\\\\)*)\\b", r"\1", pattern)
    return list(dict.fromkeys(other for other in (start, end, borders) if other != pattern))


def _literal(text: str, instead_of: str) -> str:
    """The text as Python source, with the quotes of the literal it replaces where they can be kept."""
    quoted = re.match(r"[rR]?(\"\"\"|'''|\"|')", instead_of)
    if quoted:
        written = f"{quoted[0]}{text}{quoted[1]}"
        try:
            if ast.literal_eval(written) == text:
                return written
        except (SyntaxError, ValueError):
            pass
    return repr(text)
