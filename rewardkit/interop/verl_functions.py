"""Reward functions written for verl as graders.

    compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs) -> a number, or a dict with `score`

Of these it gets the ones that it has parameters for, so that the functions inside verl (`compute_score(solution_str, ground_truth, ...)`) are
graders too; the completion may be called `predict_str`, `model_output`, `response`, `prediction` or `completion` there. The batched kind
(`solution_strs`, `ground_truths`, ...) gets a batch of one. Further parameters without a default are columns.

ground_truth is the column of that name, else `reference`, else reward_model.ground_truth; extra_info is the column of that name, else the whole
row. Of a dict, `score` is the score and its other numbers become components; of a tuple, the first is the score.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, cast

from ..columns import find_column
from ..errors import GraderError, Unscored
from ..grader import Grader
from ..scores import Component, Score
from .plain_functions import Plain, named_parameters, takes_any

_COMPLETION = (
    "solution_str",
    "predict_str",
    "model_output",
    "response",
    "prediction",
    "completion",
    "solution_strs",
)
_TRUTH = ("ground_truth", "ground_truths")
_OTHERS = ("data_source", "extra_info", "data_sources", "extra_infos")
_GROUND_TRUTH = ("ground_truth", "reference", "reward_model.ground_truth")


def is_of_verl(names: Iterable[str]) -> bool:
    """Whether parameters of these names are those of a verl function."""
    names = set(names)
    return bool(names & {*_TRUTH} and names & {*_COMPLETION})


def verl_grader(plain: Plain) -> Grader:
    """The grader that a function written for verl makes.

    Of one that was only said to be written for verl, the first two parameters are completion and ground truth, whatever their names.
    """
    named = [parameter.name for parameter in named_parameters(plain.function)]
    unknown = [name for name in named if name not in (*_COMPLETION, *_TRUTH, *_OTHERS)]
    completion = _first(_COMPLETION, named) or (unknown.pop(0) if unknown else None)
    truth = _first(_TRUTH, named) or (unknown.pop(0) if unknown else None)
    if completion is None or truth is None:
        raise GraderError(
            f"its parameters ({', '.join(named) or 'none'}) have no place for a completion and a ground truth; "
            "verl's are (data_source, solution_str, ground_truth, extra_info)",
            where=plain.where,
        )
    required = {p.name for p in named_parameters(plain.function) if p.default is p.empty}
    columns = tuple(name for name in unknown if name in required)
    accepts = frozenset(_OTHERS[:2] if takes_any(plain.function) else ()).union(named)
    caller = _call_async if plain.is_async else _call
    batched = truth == "ground_truths"
    call = partial(caller, plain.function, (completion, truth), accepts, batched)
    return plain.grader(call, ("completion", "sample", *columns), _GROUND_TRUTH)


def _first(wanted: Iterable[str], names: Iterable[str]) -> str | None:
    return next((name for name in wanted if name in names), None)


def _call(
    function: Callable[..., Any],
    names: tuple[str, str],
    accepts: frozenset[str],
    batched: bool,
    **values: Any,
) -> Score:
    return _score(function(**_arguments(names, accepts, batched, values)), batched)


async def _call_async(
    function: Callable[..., Any],
    names: tuple[str, str],
    accepts: frozenset[str],
    batched: bool,
    **values: Any,
) -> Score:
    return _score(await function(**_arguments(names, accepts, batched, values)), batched)


def _arguments(
    names: tuple[str, str], accepts: frozenset[str], batched: bool, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What verl would give, as far as the function accepts it; `names` are those of completion and ground truth."""
    sample = values["sample"]
    plural = "s" if batched else ""
    others = {
        f"data_source{plural}": sample.get("data_source", ""),
        f"extra_info{plural}": sample.get("extra_info", dict(sample)),
    }
    given = {name: value for name, value in others.items() if name in accepts}
    given |= {name: value for name, value in values.items() if name not in ("completion", "sample")}
    given |= {names[0]: values["completion"], names[1]: _ground_truth(sample)}
    return {name: [value] for name, value in given.items()} if batched else given


def _ground_truth(sample: Mapping[str, Any]) -> Any:
    found = find_column(sample, _GROUND_TRUTH)
    if found is None:
        raise Unscored(f"the row has none of the columns {', '.join(_GROUND_TRUTH)}")
    return found[1]


def _score(result: Any, batched: bool) -> Score:
    if batched:
        result = result[0]
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
