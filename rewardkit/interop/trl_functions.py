"""Reward functions written for TRL as graders.

    f(completions, prompts=..., <columns>, **kwargs) -> one number or None per completion

It is called with one completion at a time, as a batch of one. Columns are lists of one value; None means "does not apply". Only tests call it
with several, as TRL does.

Completions are chat messages (`[[{"role": "assistant", "content": ...}]]`) when the sample's prompt is a list of messages, as in TRL, and also
when the function shows that it wants them: the annotation of `completions` names `dict`, or the text "content" stands in its code or in that of
a function of the same folder that it calls. Else they are texts. `trl-chat+FILE:NAME` and `trl-text+FILE:NAME` decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

from ..errors import GraderError
from ..grader import Grader
from .plain_functions import Plain, named_parameters, names_in, takes_any, texts_in

GIVEN = (
    "prompts",
    "completions",
    "completion_ids",
    "trainer_state",
    "log_extra",
    "log_metric",
    "environments",
)
"""Names that TRL passes to every reward function itself."""

BESIDE = "rewardkit: beside"
"""A column that only tests give: what the calls before and after this one in its batch are asked, each by name."""

_ABSENT = ("completion_ids", "environments")  # a function that insists on these cannot run here
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


def trl_grader(plain: Plain, chat: bool | None = None) -> Grader:
    """The grader that a function written for TRL makes. `chat` says whether completions are messages; None: as the module says."""
    named = named_parameters(plain.function)
    required = [parameter.name for parameter in named if parameter.default is parameter.empty]
    missing = [key for key in required if key in _ABSENT]
    if missing:
        raise GraderError(
            f"it insists on '{missing[0]}', which only TRL's trainer has; it cannot be a grader here",
            where=plain.where,
        )
    columns = tuple(key for key in required if key not in GIVEN)
    open_ended = takes_any(plain.function)
    accepts = None if open_ended else frozenset(parameter.name for parameter in named)
    named_in_code = tuple(sorted(texts_in(plain.under().__code__))) if open_ended else ()
    reads_prompt = "prompts" in {parameter.name for parameter in named} | set(named_in_code)
    asks = ("completion", "messages", *(("prompt",) if reads_prompt else ()), "sample", *columns)
    caller = _call_async if plain.is_async else _call
    call = partial(caller, plain.function, accepts, chat if chat is not None else _wants_chat(plain.under()))
    return plain.grader(call, asks, tuple(text for text in named_in_code if text not in _NO_REFERENCE))


def _wants_chat(function: FunctionType) -> bool | None:
    """True when the function shows that its completions are messages; None: they are what the prompt is."""
    annotation = str(function.__annotations__.get("completions", ""))
    if "dict" in annotation.casefold():
        return True
    named = (function.__globals__.get(name) for name in names_in(function.__code__))
    codes = [function.__code__, *(value.__code__ for value in named if isinstance(value, FunctionType))]
    folder = Path(function.__code__.co_filename).parent  # what "content" means elsewhere is another matter
    own = (code for code in codes if Path(code.co_filename).parent == folder)
    return True if any("content" in texts_in(code) for code in own) else None


def takes_batches(grader: Grader) -> bool:
    """Whether it is made of a function that scores a batch."""
    return isinstance(grader.function, partial) and grader.function.func in (_call, _call_async)


def _call(
    function: Callable[..., Any], accepts: frozenset[str] | None, chat: bool | None, **values: Any
) -> object:
    batch, place = _batch(values)
    return _one_of(function(**_arguments(accepts, chat, batch)), place, len(batch))


async def _call_async(
    function: Callable[..., Any], accepts: frozenset[str] | None, chat: bool | None, **values: Any
) -> object:
    batch, place = _batch(values)
    return _one_of(await function(**_arguments(accepts, chat, batch)), place, len(batch))


def _batch(values: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int]:
    """The calls that are made as one, and the place of this one among them."""
    before, after = values["sample"].get(BESIDE, ((), ()))
    return [*before, values, *after], len(before)


def _arguments(
    accepts: frozenset[str] | None, chat: bool | None, batch: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The arguments that TRL would give for a batch; `accepts` are the function's parameters, None when it takes any."""
    each = [_arguments_of_one(chat, values) for values in batch]
    arguments: dict[str, Any] = {key: [one.get(key) for one in each] for key in each[0]}
    arguments |= {"trainer_state": None, "log_extra": _ignore, "log_metric": _ignore}
    return {key: value for key, value in arguments.items() if accepts is None or key in accepts}


def _arguments_of_one(chat: bool | None, values: Mapping[str, Any]) -> dict[str, Any]:
    sample = values["sample"]
    *before, answer = values["messages"]
    as_chat = "messages" in sample if chat is None else chat
    left_out = ("prompt", "messages", "id", BESIDE)
    arguments = {key: value for key, value in sample.items() if key not in left_out}
    given = ("completion", "messages", "prompt", "sample")
    arguments |= {key: value for key, value in values.items() if key not in given}
    arguments["prompts"] = before if as_chat else sample.get("prompt", "")
    arguments["completions"] = [answer] if as_chat else values["completion"]
    return arguments


def _one_of(results: Any, place: int, count: int) -> object:
    if isinstance(results, str) or (not isinstance(results, Sequence) and not hasattr(results, "__len__")):
        raise TypeError(
            f"a TRL reward function returns one number per completion, a list; got {results!r:.60}"
        )
    if len(results) != count:
        raise ValueError(
            f"a TRL reward function returns one number per completion; got {len(results)} for {count}"
        )
    result = results[place]
    return result.item() if hasattr(result, "item") else result  # of a tensor or an array


def _ignore(*_: object) -> None:
    """What `log_extra` and `log_metric` do here."""
