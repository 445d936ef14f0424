"""A judge that stands in for the real one when a grader is tested: a server on the loopback, and how graders in a worker are led to it.

    judge = StandInJudge()                     # in the testing process
    judge.follow(lambda request: say("7"))     # what it answers from now on
    judge.asked                                # the requests since then

A worker finds it through OPENAI_BASE_URL. Clients of the openai package that name another address are led to it as well, and so are
functions of the grader's file that are called after a judge and use another library.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any

from ..chat_server import ChatServer, Reply, Script, say
from ..grader import JUDGED, Grader

_ADDRESS = "REWARDKIT_STAND_IN_JUDGE"
_NAMED_AFTER_A_JUDGE = re.compile(
    r"(?:^|_)(?:judge|llm|ask_model|call_model|query_model|chat)(?:$|_)", re.IGNORECASE
)
_IMPORTS_OPENAI = re.compile(r"^\s*(?:from|import)\s+openai\b", re.MULTILINE)
_REACHES_ONE = re.compile(
    r"^\s*(?:from|import)\s+(?:requests|httpx|aiohttp|urllib|http|anthropic|litellm|google|mistralai|cohere|groq|ollama|boto3|langchain\w*)\b",
    re.MULTILINE,
)
_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages[/\\]|[/\\]python3\.\d+[/\\]")
_SECONDS = 20


class StandInJudge:
    """The server with the script that it follows now, and what it was asked since that was set."""

    def __init__(self) -> None:
        self._script: Script = lambda request: say("")
        self.asked: list[dict[str, Any]] = []
        self._server = ChatServer(self._answer)

    @property
    def url(self) -> str:
        """Its base URL, for OPENAI_BASE_URL."""
        return self._server.url

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that lead a worker's clients to it."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": "stand-in", _ADDRESS: self.url}

    def close(self) -> None:
        """End its server."""
        self._server.close()

    def follow(self, script: Script) -> None:
        """Answer by this script from now on, and forget what was asked before."""
        self._script, self.asked = script, []

    def _answer(self, request: dict[str, Any]) -> Reply:
        self.asked.append(request)
        return self._script(request)


def asks_a_judge(grader: Grader) -> bool:
    """Whether it is a rubric with a judge that is no script, or its file uses the openai package or has a function that is called after a judge;
    or a part of it does."""
    if grader.kind in JUDGED:
        from ..judging.named import asks_a_model

        return asks_a_model(grader)
    module = sys.modules.get(grader.module)
    own = module is not None and (_uses_openai(module) or bool(_functions_of(module, grader)))
    return own or any(asks_a_judge(part) for part, _ in grader.parts)


def is_stood_in() -> bool:
    """Whether a stand-in takes the judge's place in this process: what it says is not to be kept."""
    return _ADDRESS in os.environ


def lead_clients() -> None:
    """In a worker, before a grader is loaded: every client of the openai package talks to the stand-in and never waits to try again."""
    time.sleep = lambda seconds, /: None  # a grader's own waiting between tries
    try:
        import openai
    except ImportError:
        return

    class Shared(openai.DefaultHttpxClient):
        """One for all clients, since making one takes longer than a call; `with OpenAI() as client` must not end it for the next."""

        def close(self) -> None:
            """Stay open."""

    _lead(openai.OpenAI, http_client=Shared())
    _lead(openai.AsyncOpenAI)


def lead_functions(grader: Grader) -> None:
    """In a worker, after a grader was loaded: functions that ask a judge without the openai package ask the stand-in."""
    module = sys.modules.get(grader.module)
    if module is not None and not _uses_openai(module):
        for name, function in _functions_of(module, grader).items():
            setattr(module, name, _asks_stand_in(function))
    for part, _ in grader.parts:
        lead_functions(part)


def _lead(client: type, **always: Any) -> None:
    made = client.__init__  # type: ignore[misc]

    def make(self: object, *arguments: Any, **options: Any) -> None:
        ours = {"base_url": os.environ[_ADDRESS], "api_key": "stand-in", **always}
        made(self, *arguments, **{**options, **ours})

    client.__init__ = make  # type: ignore[misc]


def _functions_of(module: ModuleType, grader: Grader) -> dict[str, Callable[..., Any]]:
    """The functions of the grader's module, by name, that are called after a judge, take something, and can reach one."""
    if not _REACHES_ONE.search(_source(module)):
        return {}
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and name not in (grader.name, grader.attribute)
        and _NAMED_AFTER_A_JUDGE.search(name)
        and inspect.signature(value).parameters
    }


def _uses_openai(module: ModuleType) -> bool:
    """Whether the module, or one whose functions it uses, imports the openai package."""
    functions = [value for value in vars(module).values() if inspect.isfunction(value)]
    names = {module.__name__, *(function.__module__ for function in functions)}
    return any(
        _IMPORTS_OPENAI.search(_source(used)) for name in names if (used := sys.modules.get(name)) is not None
    )


@cache
def _source(module: ModuleType) -> str:
    """The text of a module outside of the standard library and of installed packages, else empty."""
    try:
        file = inspect.getsourcefile(module) or ""
        return "" if _INSTALLED.search(file) else inspect.getsource(module)
    except (OSError, TypeError):
        return ""


def _asks_stand_in(function: Callable[..., Any]) -> Callable[..., Any]:
    """In place of `function`: the texts among its arguments as one message. An outage is a ConnectionError, as with most libraries."""

    def ask(*arguments: Any, **options: Any) -> str:
        texts = [text for text in (*arguments, *options.values()) if isinstance(text, str)]
        body = json.dumps({"model": "judge", "messages": [{"role": "user", "content": "\n".join(texts)}]})
        request = urllib.request.Request(
            f"{os.environ[_ADDRESS]}/chat/completions", body.encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as reply:
                return str(json.load(reply)["choices"][0]["message"]["content"] or "")
        except (OSError, ValueError, LookupError) as error:
            raise ConnectionError(f"the judge cannot be reached: {error}") from error

    async def ask_async(*arguments: Any, **options: Any) -> str:
        return ask(*arguments, **options)

    return ask_async if inspect.iscoroutinefunction(function) else ask
