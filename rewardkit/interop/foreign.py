"""The way in: a reward function written for TRL or verl, in any file or package, is a grader as it stands.

    rewardkit test my_rewards.py:compute_score --data rows.jsonl               # the shape is read off its parameters
    rewardkit test trl.rewards:accuracy_reward --data rows.jsonl
    rewardkit grade answers.jsonl --grader trl+my_rewards.py:accuracy          # or said

How functions of each shape are called, and what they may return, is told in trl_functions.py and verl_functions.py beside this file.

These functions declare no range: any number up to a million is accepted, and 1 counts as solved. To declare one, write a grader that
calls the function. What TRL and verl alone can give (token ids, the trainer's state, environments) is not there.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import FunctionType, ModuleType
from typing import Literal

from ..errors import GraderError
from ..grader import Grader, where_of
from .plain_functions import Plain, function_under, parameters_of
from .trl_functions import trl_grader
from .verl_functions import is_of_verl, verl_grader

Shape = Literal["trl", "trl-chat", "trl-text", "verl"]
SHAPES: tuple[Shape, ...] = ("trl", "trl-chat", "trl-text", "verl")


def split_shape(target: str) -> tuple[Shape | None, str]:
    """`"verl+my.py:f"` -> ("verl", "my.py:f"); None in front when the target names no shape."""
    for shape in SHAPES:
        if target.startswith(f"{shape}+"):
            return shape, target.removeprefix(f"{shape}+")
    return None, target


def with_shape(targets: Iterable[str], shape: Shape | None) -> list[str]:
    """What `--shape` on the command line means: every target that names no shape gets this one."""
    return [target if shape is None or split_shape(target)[0] else f"{shape}+{target}" for target in targets]


def foreign_grader(module: ModuleType, name: str, shape: Shape | None = None) -> Grader | None:
    """The grader that a module's plain function makes, or a partial of one; None when the module has no function of that name.

    Raises GraderError when the function has neither shape, or not the one asked for.
    """
    function = _found_in(module, name)
    if not isinstance(function, FunctionType | functools.partial) or function_under(function) is None:
        return None
    found = shape or _recognised(function)
    plain = Plain(function, module.__name__, name, f"{found}+{name}")
    if found == "verl":
        return verl_grader(plain)
    return trl_grader(plain, {"trl-chat": True, "trl-text": False}.get(found))


def _found_in(module: ModuleType, name: str) -> object:
    """What a module has under that name; a package may import it only when it is asked for."""
    try:
        return getattr(module, name, None) if name else None
    except (ImportError, RuntimeError) as error:
        raise GraderError(
            f"importing '{name}' failed: {type(error).__name__}: {error}", where=module.__name__
        ) from error


def functions_of(module: ModuleType) -> list[str]:
    """The names of the plain functions that a module defines: what a misspelt target may have meant."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    ]


def _recognised(function: FunctionType | functools.partial[object]) -> Shape:
    names = list(parameters_of(function))
    if is_of_verl(names):
        return "verl"
    if "completions" in names:
        return "trl"
    raise GraderError(
        f"it is no grader, and its parameters ({', '.join(names) or 'none'}) are neither TRL's (completions, ...) nor verl's "
        "(data_source, solution_str, ground_truth, ...); put @reward above it, or name the shape: trl+FILE:NAME or verl+FILE:NAME",
        where=where_of(function_under(function) or function, "function"),
    )
