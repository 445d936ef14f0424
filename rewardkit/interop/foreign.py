"""The way in: a reward function written for TRL or verl, in any file, is a grader as it stands.

    rewardkit grade answers.jsonl --grader my_rewards.py:compute_score         # the shape is read off its parameters
    rewardkit grade answers.jsonl --grader trl+my_rewards.py:accuracy          # or said

trl     f(completions, prompts=..., <columns>, **kwargs) -> one number or None per completion. It is called with one completion at a
        time. Completions are chat messages when the sample's prompt is a list of messages or the function's code mentions "content",
        else texts. None means "does not apply".
verl    compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs) -> a number, or a dict with `score`, whose
        other numbers become components. ground_truth is the column of that name, else `reference`, else reward_model.ground_truth;
        extra_info is the column of that name, else the whole row.

These functions declare no range: any number up to a million is accepted, and 1 counts as solved. To declare one, write a grader that
calls the function. What TRL and verl alone can give (token ids, the trainer's state, environments) is not there.
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Literal, cast

from ..errors import GraderError, Unscored
from ..grader import Grader, where_of
from ..options import Options
from ..samples import find_column
from ..scores import Component, Score

Shape = Literal["trl", "verl"]
SHAPES: tuple[Shape, ...] = ("trl", "verl")

_VERL = ("data_source", "solution_str", "ground_truth", "extra_info")
_GROUND_TRUTH = ("ground_truth", "reference", "reward_model.ground_truth")
_TRL = (
    "prompts",
    "completions",
    "completion_ids",
    "trainer_state",
    "log_extra",
    "log_metric",
    "environments",
)
_NO_REFERENCE = (
    "prompt",
    "prompts",
    "messages",
    "id",
    "gold",
    "wrong",
    "content",
    "role",
    "completion",
    "completions",
    "sample",
)
_ABSENT = ("completion_ids", "environments")  # a function that insists on these cannot run here
_OPTIONS = Options(range=(-1e6, 1e6), pass_at=1.0, may_abstain=True)


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
    """The grader that a module's plain function makes; None when the module has no function of that name.

    Raises GraderError when the function has neither shape, or not the one asked for.
    """
    function = vars(module).get(name)
    if not isinstance(function, FunctionType):
        return None
    found = shape or _recognised(function)
    make = _trl_grader if found == "trl" else _verl_grader
    return make(function, module, name)


def functions_of(module: ModuleType) -> list[str]:
    """The names of the plain functions that a module defines: what a misspelt target may have meant."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    ]


def _recognised(function: FunctionType) -> Shape:
    names = set(inspect.signature(function).parameters)
    if {"solution_str", "ground_truth"} <= names:
        return "verl"
    if "completions" in names:
        return "trl"
    raise GraderError(
        f"it is no grader, and its parameters ({', '.join(names) or 'none'}) are neither TRL's (completions, ...) nor verl's "
        "(data_source, solution_str, ground_truth, ...); put @reward above it, or name the shape: trl+FILE:NAME or verl+FILE:NAME",
        where=where_of(function, "function"),
    )


def _trl_grader(function: FunctionType, module: ModuleType, name: str) -> Grader:
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    required = [p.name for p in named if p.default is p.empty]
    missing = [key for key in required if key in _ABSENT]
    if missing:
        raise GraderError(
            f"it insists on '{missing[0]}', which only TRL's trainer has; it cannot be a grader here",
            where=where_of(function, "function"),
        )
    columns = tuple(key for key in required if key not in _TRL)
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters)
    accepts = None if open_ended else frozenset(p.name for p in named)
    chat = "content" in _texts(function.__code__)
    caller = _call_trl_async if inspect.iscoroutinefunction(function) else _call_trl
    named_in_code = tuple(sorted(_texts(function.__code__))) if open_ended else ()
    reads_prompt = "prompts" in {p.name for p in named} | set(named_in_code)
    asks = ("completion", "messages", *(("prompt",) if reads_prompt else ()), "sample", *columns)
    grader = _grader(partial(caller, function, accepts, chat), asks, function, module, "trl", name)
    return replace(grader, reference_in=tuple(text for text in named_in_code if text not in _NO_REFERENCE))


def _verl_grader(function: FunctionType, module: ModuleType, name: str) -> Grader:
    caller = _call_verl_async if inspect.iscoroutinefunction(function) else _call_verl
    grader = _grader(partial(caller, function), ("completion", "sample"), function, module, "verl", name)
    return replace(grader, reference_in=_GROUND_TRUTH)


def _grader(
    call: Callable[..., Any],
    asks: tuple[str, ...],
    function: FunctionType,
    module: ModuleType,
    shape: Shape,
    name: str,
) -> Grader:
    return Grader(
        name=name,
        kind="reward",
        function=call,
        options=_OPTIONS,
        asks=asks,
        file=Path(function.__code__.co_filename),
        line=function.__code__.co_firstlineno,
        doc=inspect.getdoc(function) or "",
        module=module.__name__,
        attribute=f"{shape}+{name}",
    )


def _call_trl(
    function: Callable[..., Any], accepts: frozenset[str] | None, chat: bool, **values: Any
) -> object:
    return _only(function(**_trl_arguments(accepts, chat, values)))


async def _call_trl_async(
    function: Callable[..., Any], accepts: frozenset[str] | None, chat: bool, **values: Any
) -> object:
    return _only(await function(**_trl_arguments(accepts, chat, values)))


def _trl_arguments(accepts: frozenset[str] | None, chat: bool, values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that TRL would give for a batch of one; `accepts` are the function's parameters, None when it takes any."""
    sample = values["sample"]
    *before, answer = values["messages"]
    as_chat = chat or "messages" in sample
    arguments: dict[str, Any] = {
        key: [value] for key, value in sample.items() if key not in ("prompt", "messages", "id")
    }
    arguments |= {
        key: [values[key]] for key in values if key not in ("completion", "messages", "prompt", "sample")
    }
    arguments |= {
        "prompts": [before if as_chat else sample.get("prompt", "")],
        "completions": [[answer] if as_chat else values["completion"]],
        "trainer_state": None,
        "log_extra": _ignore,
        "log_metric": _ignore,
    }
    return {key: value for key, value in arguments.items() if accepts is None or key in accepts}


def _only(results: Any) -> object:
    if isinstance(results, str) or (not isinstance(results, Sequence) and not hasattr(results, "__len__")):
        raise TypeError(
            f"a TRL reward function returns one number per completion, a list; got {results!r:.60}"
        )
    if len(results) != 1:
        raise ValueError(f"a TRL reward function returns one number per completion; got {len(results)} for 1")
    result = results[0]
    return result.item() if hasattr(result, "item") else result  # of a tensor or an array


def _call_verl(function: Callable[..., Any], completion: str, sample: Mapping[str, Any]) -> Score:
    return _verl_score(function(**_verl_arguments(completion, sample)))


async def _call_verl_async(function: Callable[..., Any], completion: str, sample: Mapping[str, Any]) -> Score:
    return _verl_score(await function(**_verl_arguments(completion, sample)))


def _verl_arguments(completion: str, sample: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "data_source": sample.get("data_source", ""),
        "solution_str": completion,
        "ground_truth": _ground_truth(sample),
        "extra_info": sample.get("extra_info", dict(sample)),
    }


def _ground_truth(sample: Mapping[str, Any]) -> Any:
    found = find_column(sample, _GROUND_TRUTH)
    if found is None:
        raise Unscored(f"the row has none of the columns {', '.join(_GROUND_TRUTH)}")
    return found[1]


def _verl_score(result: Any) -> Score:
    if not isinstance(result, Mapping):
        first = result[0] if isinstance(result, tuple | list) and result else result
        return Score(float(cast(Any, first)))
    if "score" not in result:
        raise KeyError(
            f"a verl result that is a dict needs the key 'score'; got {', '.join(map(str, result))}"
        )
    parts = tuple(
        Component(str(key), float(value))
        for key, value in result.items()
        if key not in ("score", "unscored") and isinstance(value, numbers.Real)
    )
    if result.get("unscored") == 1:
        raise Unscored("the function says so", cause="not_applicable")
    return Score(float(result["score"]), parts)


def _ignore(*_: object) -> None:
    """What `log_extra` and `log_metric` do here."""


def _texts(code: CodeType) -> set[str]:
    """Every text constant of a function's code and of the functions inside it."""
    nested = (_texts(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return {constant for constant in code.co_consts if isinstance(constant, str)}.union(*nested)
