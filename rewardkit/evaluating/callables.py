"""A model that is a Python function: a prompt in, the text of an answer out.

    # my_system.py
    async def answer(prompt: str, seed: int) -> str:
        return await pipeline(prompt, seed=seed)             # rewardkit eval -m python:my_system.py:answer

It asks for what it needs by name: `prompt` (text), `messages` (a list of {role, content}), `seed` (an int that is another one for each
completion), `sampling` (a Sampling: max_tokens, temperature, top_p, stop). It returns text, or a Generation when it knows tokens and
finish. An async function has `concurrency` calls under way, a plain one is called one time after the other. It runs in the process of
the command: nothing ends a call that hangs. What it raises is an attempt without completion, which is never scored.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigError, did_you_mean
from ..loading import load_file
from ..paths import display_path
from ..samples import prompt_of as text_and_messages
from ..scoring.event_loop import awaited
from .models import Generation, Prompt, Sampling

GIVEN = ("prompt", "messages", "seed", "sampling")
"""What a function may ask for."""


@dataclass(frozen=True, slots=True)
class CallableModel:
    """A function that answers prompts. Made by `of` or `load`, which have looked at what it asks for."""

    name: str
    function: Callable[..., Any]
    asks: tuple[str, ...]
    concurrency: int = 8

    @classmethod
    def of(cls, function: Callable[..., Any], *, name: str = "", concurrency: int = 8) -> CallableModel:
        """Wrap a function; ConfigError when it asks for something that there is not."""
        if not callable(function):
            raise ConfigError(f"a model is a text that names one, or a function; got {function!r:.80}")
        return cls(name or name_of(function), function, _asked(function), concurrency)

    @classmethod
    def load(cls, file: Path, function: str, *, concurrency: int = 8) -> CallableModel:
        """The function of that name in a file. GraderError when the file cannot be imported, ConfigError when it has no such function."""
        module = load_file(file)
        found = getattr(module, function, None)
        if not callable(found):
            names = [name for name, value in vars(module).items() if inspect.isfunction(value)]
            raise ConfigError(
                f"no function '{function}' there; functions: {', '.join(names) or 'none'}.{did_you_mean(function, names)}",
                where=display_path(file),
            )
        return cls.of(found, name=function, concurrency=concurrency)

    @property
    def whole_batches(self) -> bool:
        """Each completion is a call of its own."""
        return False

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        """One call per prompt. What a call raises is a generation with `error`."""
        calls = [self._values(prompt, sampling, seed) for prompt, seed in zip(prompts, seeds, strict=True)]
        if _is_async(self.function):
            return awaited(self._gather(calls))
        return [self._call(values) for values in calls]

    def _values(self, prompt: Prompt, sampling: Sampling, seed: int) -> dict[str, Any]:
        text = prompt if isinstance(prompt, str) else text_and_messages(list(prompt), None, "")[0]
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [*map(dict, prompt)]
        given = {"prompt": text, "messages": messages, "seed": seed, "sampling": sampling}
        return {name: given[name] for name in self.asks}

    def _call(self, values: Mapping[str, Any]) -> Generation:
        try:
            answer = self.function(**values)
            return self._generation(awaited(answer) if inspect.iscoroutine(answer) else answer)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # the user's code may do anything
            return self._failed(error)

    async def _gather(self, calls: Sequence[Mapping[str, Any]]) -> list[Generation]:
        gate = asyncio.Semaphore(self.concurrency)

        async def one(values: Mapping[str, Any]) -> Generation:
            async with gate:
                try:
                    return self._generation(await self.function(**values))
                except (Exception, SystemExit) as error:  # noqa: BLE001  # the user's code may do anything
                    return self._failed(error)

        return await asyncio.gather(*map(one, calls))

    def _generation(self, answer: Any) -> Generation:
        if isinstance(answer, Generation):
            return answer
        if isinstance(answer, str):
            return Generation(answer)
        return Generation(
            "", error=f"it returned {answer!r:.80}, and a model returns text ({where_of(self.function)})"
        )

    def _failed(self, error: BaseException) -> Generation:
        """The error with the last line of the function's own file that it passed."""
        file, line = _place(self.function)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        at = frames[-1].lineno if frames else line
        return Generation("", error=f"{type(error).__name__}: {error} ({display_path(file)}:{at})")


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function for tables: that of its definition, or of the class of an object that is called."""
    name = getattr(_plain(function), "__name__", "") or type(function).__name__
    return name.strip("<>")


def where_of(function: Callable[..., Any]) -> str:
    """`file:line` of the definition."""
    file, line = _place(function)
    return f"{display_path(file)}:{line}"


def code_of(function: Callable[..., Any]) -> str:
    """What tells a version of a function from another where it is in no file: its source, else its instructions, else its name."""
    method = _method(function)
    try:
        return inspect.getsource(method)
    except (OSError, TypeError):
        code = getattr(method, "__code__", None)
        if code is None:
            return name_of(function)
        constants = [value for value in code.co_consts if not inspect.iscode(value)]
        return f"{code.co_code.hex()} {code.co_names} {constants}"


def _asked(function: Callable[..., Any]) -> tuple[str, ...]:
    """The parameters to give. Others need a default."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise ConfigError(
            f"{function!r:.80} does not tell its parameters; wrap it in a function of 'prompt'"
        ) from None
    for parameter in parameters:
        by_name = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        needed = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        )
        if needed and not (by_name and parameter.name in GIVEN):
            raise ConfigError(
                f"the model '{name_of(function)}' asks for '{parameter.name}'; available, by name: {', '.join(GIVEN)}."
                f"{did_you_mean(parameter.name, GIVEN)}",
                where=where_of(function),
            )
    names = [parameter.name for parameter in parameters if parameter.kind is not parameter.POSITIONAL_ONLY]
    return tuple(name for name in GIVEN if name in names)


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(function, functools.partial):
        function = function.func
    unwrapped: Callable[..., Any] = inspect.unwrap(function)
    return unwrapped


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function itself; of an object that is called, its method."""
    plain: Any = _plain(function)
    has_code = inspect.isroutine(plain) or inspect.isclass(plain)
    method: Callable[..., Any] = plain if has_code else type(plain).__call__
    return method


def _is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(_method(function))


def _place(function: Callable[..., Any]) -> tuple[str, int]:
    code = getattr(_method(function), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code is not None else (name_of(function), 0)
