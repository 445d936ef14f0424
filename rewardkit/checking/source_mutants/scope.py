"""A function that is to be changed: which of its parts a change could matter in, and what is known about each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from .source import Source

_SAYS_SOMETHING = ("print", "warn", "debug", "info", "warning", "error", "exception", "log")
_WORDS = ("reason", "msg", "message", "name")  # arguments that are for people
_RE = ("re", "regex")


@dataclass(slots=True)
class Scope:
    """One function of a grader's file.

    `own`: it is the grader's own function. `ladder`: it yields steps. `low` and `high` are the ends of the grader's range.
    `nodes` are the parts in which a change could matter; `patterns` (regular expressions) and `results` (what is returned) are some of them, by id.
    """

    source: Source
    function: ast.FunctionDef
    own: bool
    ladder: bool
    low: float
    high: float
    nodes: list[ast.AST] = field(init=False)
    patterns: set[int] = field(init=False)
    results: set[int] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = list(self._nodes())
        calls = [node for node in self.nodes if isinstance(node, ast.Call)]
        self.patterns = {id(call.args[0]) for call in calls if is_re_call(call) and call.args}
        self.results = {id(node.value) for node in self.nodes if isinstance(node, ast.Return)}

    def _nodes(self) -> Iterator[ast.AST]:
        """Its defaults and its body, in source order, without what cannot matter: notes to the reader, annotations, texts of messages."""
        arguments = self.function.args
        defaults = [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]
        for node in (*defaults, *self.function.body):
            yield from _inside(node)

    def bound_before(self, name: str, line: int) -> bool:
        """Whether a name has a value already where that line begins: it is a parameter, or was given one above."""
        arguments = self.function.args
        if name in [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]:
            return True
        stored = (
            node
            for node in ast.walk(self.function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        return any(node.id == name and node.lineno < line for node in stored)


def is_re_call(call: ast.Call) -> bool:
    """Whether that is a call of a function of `re`."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in _RE
    )


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if _is_for_people(node):
        return
    yield node
    for child in _children(node):
        yield from _inside(child)


def _is_for_people(node: ast.AST) -> bool:
    """A docstring, a text that is put together (its parts have no places of their own before Python 3.12), a print, a message."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in _WORDS
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    function = node.value.func if isinstance(node.value, ast.Call) else None
    name = (
        function.id
        if isinstance(function, ast.Name)
        else function.attr
        if isinstance(function, ast.Attribute)
        else ""
    )
    return name in _SAYS_SOMETHING


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Raise):
        return
    if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
        yield from node.value.elts[1:2]  # of a step: not the name of its level, and not the reason
        return
    skipped = {"annotation", "returns", "decorator_list", "type_comment"}
    for name, value in ast.iter_fields(node):
        if name not in skipped:
            yield from (
                child
                for child in (value if isinstance(value, list) else [value])
                if isinstance(child, ast.AST)
            )
