"""Changes of what is done: a statement left out, a result that is always the same."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .scope import Scope
from .source import Edit


def deleted_statements(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """A call, a new value for a name that has one, a step of a ladder, a jump, or a branch that has no other, as `pass`."""
    if isinstance(node, ast.stmt) and _may_go(scope, node):
        what = "a branch left out" if isinstance(node, ast.If) else "a statement left out"
        yield Edit(what, scope.source.start(node), scope.source.end(node), "pass")


def fixed_results(scope: Scope, node: ast.AST) -> Iterator[Edit]:
    """What the grader returns as its highest and as its lowest score; what a yes-or-no function returns, or a step earns, as True and False."""
    value = _result(scope, node)
    if value is None:
        return
    is_score = scope.own and not scope.ladder
    source = scope.source
    for new in (repr(scope.high), repr(scope.low)) if is_score else ("True", "False"):
        if not (isinstance(value, ast.Constant) and value.value == ast.literal_eval(new)):
            yield Edit("always the same result", source.start(value), source.end(value), new)


def _may_go(scope: Scope, node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom | ast.Await)
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target for each in targets for target in ast.walk(each) if isinstance(target, ast.Name)]
        stored = [name.id for name in names if isinstance(name.ctx, ast.Store)]
        return all(scope.bound_before(name, node.lineno) for name in stored)
    if isinstance(node, ast.If):
        return not node.orelse
    return isinstance(node, ast.Break | ast.Continue | ast.Raise)


def _result(scope: Scope, node: ast.AST) -> ast.expr | None:
    """The expression whose value decides, where the kind of value that may stand there is known."""
    if scope.own and scope.ladder:
        step = node.value if isinstance(node, ast.Yield) else None
        return step.elts[1] if isinstance(step, ast.Tuple) and len(step.elts) > 1 else None
    if not isinstance(node, ast.Return):
        return None
    return node.value if scope.own or _is_yes_or_no(node.value) else None


def _is_yes_or_no(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )
