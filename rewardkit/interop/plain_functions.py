"""A plain function that somebody wrote for another project, and the grader that calls it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from ..grader import Grader, where_of
from ..options import Options

_OPTIONS = Options(range=(-1e6, 1e6), pass_at=1.0, may_abstain=True)


@dataclass(frozen=True, slots=True)
class Plain:
    """A function or a partial of one, the module and the name it is found under, and what a worker process asks for (`verl+NAME`)."""

    function: Callable[..., Any]
    module: str
    name: str
    attribute: str

    def under(self) -> FunctionType:
        """The author's own function, without partials and wrappers around it."""
        found = function_under(self.function)
        assert found is not None  # foreign_grader has looked
        return found

    @property
    def where(self) -> str:
        """How messages name it: `function 'accuracy' (my_rewards.py:12)`."""
        return where_of(self.under(), "function")

    @property
    def is_async(self) -> bool:
        """Whether what it returns must be awaited."""
        function = self.function
        while isinstance(function, functools.partial):
            function = function.func
        return inspect.iscoroutinefunction(function)

    def grader(
        self, call: Callable[..., Any], asks: tuple[str, ...], reference_in: tuple[str, ...]
    ) -> Grader:
        """The grader that `call` makes of it."""
        under = self.under()
        return Grader(
            name=self.name,
            kind="reward",
            function=call,
            options=_OPTIONS,
            asks=asks,
            reference_in=reference_in,
            file=Path(under.__code__.co_filename),
            line=under.__code__.co_firstlineno,
            doc=inspect.getdoc(under) or "",
            module=self.module,
            attribute=self.attribute,
        )


def function_under(function: object) -> FunctionType | None:
    """The author's own function below partials and wrappers; None when there is none, as below a partial of a class."""
    while isinstance(function, functools.partial):
        function = function.func
    found = inspect.unwrap(function) if callable(function) else None
    return found if isinstance(found, FunctionType) else None


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Its parameters by name, without those that a partial has given by position."""
    return inspect.signature(function).parameters


def named_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Those that can be given by name: no `*args`, no `**kwargs`."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [parameter for parameter in parameters_of(function).values() if parameter.kind not in kinds]


def takes_any(function: Callable[..., Any]) -> bool:
    """Whether it has `**kwargs`."""
    return any(p.kind is p.VAR_KEYWORD for p in parameters_of(function).values())


def texts_in(code: CodeType) -> set[str]:
    """Every text constant of a function's code and of the functions inside it."""
    nested = (texts_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return {constant for constant in code.co_consts if isinstance(constant, str)}.union(*nested)


def names_in(code: CodeType) -> set[str]:
    """Every global that a function's code, and the functions inside it, may name."""
    nested = (names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*nested)
