"""The code of a function as Python alone compiles it.

pytest compiles the `assert` statements of the modules that it tests, and of packages that have a plugin for it, into more than they say.
A worker process does not, so a grader would be another one there.
"""

from __future__ import annotations

import functools
import types
from pathlib import Path

_REWRITTEN = "@pytest_ar"  # what pytest adds to the globals of such a module


def plain_code(function: types.FunctionType) -> types.CodeType:
    """The function's own code; where pytest has rewritten its module, that of its source."""
    code = function.__code__
    if _REWRITTEN not in function.__globals__:
        return code
    alike = _codes(code.co_filename).get((code.co_qualname, code.co_firstlineno), ())
    return alike[0] if len(alike) == 1 else code  # several lambdas of one line, which assert nothing


@functools.lru_cache(maxsize=64)
def _codes(file: str) -> dict[tuple[str, int], tuple[types.CodeType, ...]]:
    """Every code object of a file, by its qualified name and first line."""
    found: dict[tuple[str, int], tuple[types.CodeType, ...]] = {}
    try:
        waiting = [compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)]
    except (OSError, SyntaxError, ValueError):
        return found
    while waiting:
        code = waiting.pop()
        key = (code.co_qualname, code.co_firstlineno)
        found[key] = (*found.get(key, ()), code)
        waiting += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return found
