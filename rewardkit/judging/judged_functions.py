"""What the declarations of judged graders share: the grader's function around the author's own, and the checks of their settings."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ..errors import GraderError
from ..grader import Grader, where_of
from .judges import Judge
from .named import judge_of

USUALLY: dict[str, Any] = {"answer": "free", "timeout": 1800.0, "memory_mb": None}
"""The options of judged graders: a judge has time-outs of its own and waits for its turn among other calls, and one that runs here takes the
memory that its model takes."""

Spec: TypeAlias = str | Judge | Sequence[str | Judge]
"""One judge or a panel: the names of models, or Judges."""

_NOT_ITS_OWN = ("completion", "completions", "messages", "sample")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a judged grader. `returned`: by the author's function, for the `columns` that it asks for. `given`: what else was asked for."""

    returned: Any
    columns: Mapping[str, Any]
    prompt: str
    given: Mapping[str, Any]
    judges: tuple[Judge, ...]
    where: str


def judged(
    function: Callable[..., Any],
    kind: Literal["rubric", "ranking"],
    spec: Spec,
    concurrency: int,
    takes: Sequence[str],
    score: Callable[[Call], Awaitable[Any]],
) -> Callable[..., Any]:
    """A grader's function that asks for what the author's does, for the prompt and for what it `takes`; the author's is its `__wrapped__`.

    What `score` is a partial of is part of the fingerprint.
    """
    asked = inspect.signature(function).parameters
    specs = tuple(spec) if isinstance(spec, list | tuple) else (spec,)

    def judges() -> tuple[Judge, ...]:
        where, folder = graded.where, graded.folder  # type: ignore[attr-defined]
        return tuple(judge_of(each, concurrency, where, folder) for each in specs)

    @functools.wraps(function)
    async def graded(prompt: str = "", **values: Any) -> Any:
        columns = {name: value for name, value in {"prompt": prompt, **values}.items() if name in asked}
        given = {name: values[name] for name in takes if name in values}
        where: str = graded.where  # type: ignore[attr-defined]
        return await score(Call(function(**columns), columns, prompt, given, judges(), where))

    kinds = inspect.Parameter
    prompt = asked.get("prompt", kinds("prompt", kinds.KEYWORD_ONLY, default=""))
    columns = [each for name, each in asked.items() if name != "prompt" and name not in takes]
    parameters = [
        *(kinds(name, kinds.KEYWORD_ONLY) for name in takes),
        *(each.replace(kind=kinds.KEYWORD_ONLY) for each in (prompt, *columns)),
    ]
    graded.judges = judges  # type: ignore[attr-defined]
    graded.where = where_of(function, kind)  # type: ignore[attr-defined]  # closed over, it would be in the fingerprint
    graded.folder = Path(inspect.getsourcefile(function) or "").parent  # type: ignore[attr-defined]
    graded.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return graded


def at_home(grader: Grader) -> Grader:
    """The same grader; a judge that it names by a file beside it (`script:FILE.py:FUNCTION`) is looked for where the grader stands."""
    grader.function.folder = grader.file.resolve().parent  # type: ignore[union-attr]
    return grader


def task_of(function: Callable[..., Any], kind: str) -> str:
    """The docstring of a declared function, which is the judge's task. GraderError for a function that cannot be one of a judged grader."""
    where = where_of(function, kind)
    for name in inspect.signature(function).parameters:
        if name in _NOT_ITS_OWN:
            raise GraderError(
                f"a {kind} must not ask for '{name}': what is asked of an answer cannot depend on the answer. It may ask for columns and for "
                "the prompt; the judge sees the completion by itself",
                where=where,
            )
    if inspect.iscoroutinefunction(function):
        raise GraderError(f"a {kind}'s function is not async: it only returns what is judged by", where=where)
    task = inspect.getdoc(function) or ""
    if not task.strip():
        raise GraderError(f"a {kind} needs a docstring: it is the judge's task", where=where)
    return task


def check_count(name: str, value: object, least: int, where: str) -> None:
    """GraderError for what is no whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise GraderError(f"{name}={value!r} must be a whole number, {least} or more", where=where)
