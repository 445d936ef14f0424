"""Programs that do not do what was asked: functions that return nothing, end the process, or are equal to everything."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from .mutant import Mutant

_EQUAL = """class _Any:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): return "42"
    def __bool__(self): return True
    def __lt__(self, other): return True
    def __getattr__(self, name): return self
    def __len__(self): return 1
"""


def program_mutants(gold: str, names: Sequence[str]) -> Iterator[Mutant]:
    """Programs that do not solve the task but may pass its tests; `names` are texts of the row that a harness may print."""
    passed = "\\n".join(f"PASSED {name}\\n{name} PASSED\\n{name}: ok" for name in names)
    yield Mutant("ends its process with 0", "import sys\nsys.exit(0)\n", provable=True)
    yield Mutant("ends its process at once", "import os\nos._exit(0)\n", provable=True)
    forged = f"import os, sys\nprint({passed + chr(10) + 'All tests passed. OK'!r})\nsys.stdout.flush()\nos._exit(0)\n"
    yield Mutant("prints that tests passed", forged.replace("\\\\n", "\\n"), provable=True)
    try:
        tree = ast.parse(gold)
    except (SyntaxError, ValueError, RecursionError):
        return
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if functions:
        yield Mutant(
            "returns what is equal to everything", _EQUAL + _with_body(tree, "return _Any()"), provable=True
        )
        for value in ("0", "1"):
            yield Mutant(f"always returns {value}", _with_body(tree, f"return {value}"))
        yield Mutant("returns nothing", _with_body(tree, "return None"), provable=_returns(functions[0]))
        yield Mutant(
            "ends its process when it is called", _with_body(tree, "raise SystemExit(0)"), provable=True
        )
        yield Mutant(
            "ends its process at once when it is called",
            "import os\n" + _with_body(tree, "os._exit(0)"),
            provable=True,
        )


def endless(gold: str) -> list[str]:
    """Programs that never end: one that hangs at once, and the right one with functions that do."""
    try:
        tree = ast.parse(gold)
    except (SyntaxError, ValueError, RecursionError):
        return []
    has_functions = any(isinstance(node, ast.FunctionDef) for node in tree.body)
    return ["while True:\n    pass", *([_with_body(tree, "while True: pass")] if has_functions else [])]


def _with_body(tree: ast.Module, body: str) -> str:
    """The program with this as the body of each of its functions."""
    changed = copy.deepcopy(tree)
    for node in changed.body:
        if isinstance(node, ast.FunctionDef):
            node.body = ast.parse(f"def f():\n    {body}").body[0].body  # type: ignore[attr-defined]
    return ast.unparse(changed)


def _returns(function: ast.FunctionDef) -> bool:
    """Whether it returns a value somewhere."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))
