"""The text of a grader's file: where each part of it stands, which of its functions the grader uses, and what it is after one edit."""

from __future__ import annotations

import ast
import difflib
import inspect
import io
import tokenize
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ...grader import Grader


class Edit(NamedTuple):
    """Put `new` in place of what stands from byte `start` to byte `end`. `operator` says in a few words what that changes."""

    operator: str
    start: int
    end: int
    new: str


class Token(NamedTuple):
    """A piece of source that is no white space, by its bytes."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Source:
    """A Python file. Places in it are counted in bytes of its UTF-8, as the syntax tree counts columns."""

    text: str
    tree: ast.Module = field(init=False)
    data: bytes = field(init=False)
    tokens: list[Token] = field(init=False)
    _lines: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        self.data = self.text.encode()
        self._lines = [0]
        for line in self.data.split(b"\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.tokens = list(self._read_tokens())

    def _read_tokens(self) -> Iterator[Token]:
        lines = self.text.split("\n")

        def place(position: tuple[int, int]) -> int:
            row, column = position
            return self._lines[row - 1] + len(lines[row - 1][:column].encode())

        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type in (tokenize.OP, tokenize.NAME, tokenize.NUMBER, tokenize.STRING):
                yield Token(place(token.start), place(token.end), token.string)

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where it begins; for a function below its decorators."""
        return self._lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where it ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._lines[node.end_lineno - 1] + node.end_col_offset

    def code(self, node: ast.expr | ast.stmt) -> str:
        """What is written there."""
        return self.data[self.start(node) : self.end(node)].decode()

    def line(self, place: int) -> int:
        """The number of its line, from 1."""
        return bisect_left(self._lines, place + 1)

    def between(self, left: ast.expr, right: ast.expr) -> list[Token]:
        """The tokens from the end of one expression to the beginning of another: an operator, and perhaps brackets around it."""
        first = bisect_left(self.tokens, self.end(left), key=lambda token: token.start)
        last = bisect_left(self.tokens, self.start(right), key=lambda token: token.start)
        return self.tokens[first:last]

    def after(self, edit: Edit) -> str:
        """The whole text with one edit. Line breaks that it takes away are put behind it, so that every later line keeps its number."""
        lost = self.data[edit.start : edit.end].count(b"\n") - edit.new.count("\n")
        return self._with(edit, edit.new + "\n" * max(0, lost))

    def diff(self, edit: Edit, name: str) -> str:
        """The edit as a unified diff of the lines it changes, without those around them."""
        before, after = self.text.split("\n"), self._with(edit, edit.new).split("\n")
        return "\n".join(difflib.unified_diff(before, after, name, name, n=0, lineterm=""))

    def _with(self, edit: Edit, new: str) -> str:
        return (self.data[: edit.start] + new.encode() + self.data[edit.end :]).decode()


def read_source(file: Path) -> Source:
    """The source of a Python file, in whatever encoding it declares. OSError, SyntaxError or ValueError when there is none."""
    with tokenize.open(file) as opened:
        return Source(opened.read())


def functions_used(source: Source, grader: Grader) -> list[ast.FunctionDef]:
    """The grader's own function, and those at the top of its file that it reaches by their names; empty when it is not at the top itself."""
    code = getattr(inspect.unwrap(grader.function), "__code__", None) if grader.function else None
    defined: dict[str, ast.stmt] = {}
    own = None
    for node in source.tree.body:
        for name in _names_bound(node):
            defined[name] = node
        if isinstance(node, ast.FunctionDef) and code and _is_of(node, code.co_name, code.co_firstlineno):
            own = node
    if own is None:
        return []
    used: dict[ast.stmt, None] = {}
    waiting: list[ast.stmt] = [own]
    while waiting:
        node = waiting.pop(0)
        if node not in used:
            used[node] = None
            waiting += [defined[name] for name in _names_read(node) if name in defined]
    return [node for node in used if isinstance(node, ast.FunctionDef)]


def _is_of(node: ast.FunctionDef, name: str, line: int) -> bool:
    return node.name == name and line in (node.lineno, *(d.lineno for d in node.decorator_list[:1]))


def _names_bound(node: ast.stmt) -> list[str]:
    """What a statement at the top of the file gives a name to."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names_read(node: ast.stmt) -> list[str]:
    """Every name that is read in it, in source order; of a function those in its decorators do not count."""
    decorators = {id(inner) for d in getattr(node, "decorator_list", ()) for inner in ast.walk(d)}
    names = [
        inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and id(inner) not in decorators
    ]
    return list(dict.fromkeys(names))
