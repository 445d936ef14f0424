"""A judge behind an OpenAI-compatible endpoint, asked through the openai client.

Nothing waits for ever: `timeout` bounds each request, `patience` all attempts and waits together. Time-outs, broken connections, 408, 409,
429 and 5xx are tried again after a growing pause, or after what Retry-After asks for, however long within the patience. An endpoint that
does not know JSON schemas is asked without one from then on.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import time
import weakref
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from .connections import Connections
from .judges import NoVerdict, Reply, Trouble
from .limits import Limits
from .questions import Question
from .spending import check_budget

RETRY_SECONDS = "REWARDKIT_JUDGE_RETRY_SECONDS"
"""The variable with seconds after which an endpoint that says nothing of when to come again is not tried again, whatever the patience: for a
caller that asks again by itself."""

OPENAI_URL = "https://api.openai.com/v1"

_AGAIN = (408, 409, 425, 429)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_NO_SCHEMA = (400, 404, 422)
# The endpoint is there and does not take this question, which may be too long for it.
_REJECTED = (400, 413, 422)


@dataclass(eq=False)
class OpenAIJudge:
    """A model that judges. Give its name; the address and the key come from the environment unless given.

    model: the model's name. url: the base URL (default: OPENAI_BASE_URL, else api.openai.com). api_key_env: the variable with the key.
    temperature: None leaves it to the endpoint, as some models ask for. responses: use the responses API.
    timeout: seconds for one request. patience: seconds for all attempts together. retries: how many further attempts they may be (None: as
    many as the patience allows). max_tokens: of one reply.
    price: dollars for a million tokens of questions and of replies; None: what --judge-price says.
    concurrency, requests_per_minute, tokens_per_minute: what the endpoint may be asked at once, and in a minute (None: no limit).
    """

    model: str
    url: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    temperature: float | None = 0.0
    responses: bool = False
    timeout: float = 60.0
    patience: float = 600.0
    retries: int | None = None
    max_tokens: int = 2048
    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    price: tuple[float, float] | None = None
    _connections: Connections = field(default_factory=Connections, repr=False)
    _limits: Any = field(default_factory=weakref.WeakKeyDictionary, repr=False)
    _plain: bool = field(default=False, repr=False)  # the endpoint does not know JSON schemas

    def __reduce__(self) -> Any:
        settings = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return _made, (settings,)

    @property
    def base_url(self) -> str:
        """Where its requests go."""
        return (self.url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL).rstrip("/")

    @property
    def host(self) -> str:
        """Host and port of the endpoint."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def identity(self) -> str:
        """Model, address and what is asked with each request; not the key, nor how patiently it is asked."""
        kind = "responses" if self.responses else "chat"
        return f"{self.model}@{without_password(self.base_url)} {kind} temperature={self.temperature} max_tokens={self.max_tokens}"

    async def ask(self, question: Question) -> Reply:
        """Its reply; NoVerdict with the cause when it cannot be reached, refuses, or is cut off."""
        import openai

        limits = self._limits_here()
        until, pause, plain = math.inf, _FIRST_PAUSE, self._plain
        again_until = math.inf
        left = math.inf if self.retries is None else self.retries
        while True:
            told_when = False  # whether the endpoint has said when to come again
            try:
                async with limits.turn():
                    until = min(
                        until, time.monotonic() + self.patience
                    )  # waiting for the first turn does not count
                    again_until = min(again_until, time.monotonic() + _retry_seconds())
                    check_budget()
                    async with asyncio.timeout(max(0.001, min(self.timeout, until - time.monotonic()))):
                        reply = await self._once(question, plain)
                self._plain |= plain
                limits.used(reply.tokens_in + reply.tokens_out)
                return reply
            except TimeoutError:
                last, wait = f"{self.host} did not answer within {self.timeout:g} s", pause
            except openai.APIStatusError as error:
                last, wait = self._refused_request(error, pause)
                told_when = _asked_to_wait(error) is not None
                if error.status_code in _NO_SCHEMA:
                    if plain:
                        raise NoVerdict(_cause_of(error), last) from None
                    plain, wait = True, 0.0
                    left += 1  # asked in another way, not again
            except openai.APIConnectionError as error:
                last = f"no connection to {self.host}: {_shortened(str(error.__cause__ or error))}"
                wait = pause * random.uniform(0.75, 1.25)
            except openai.OpenAIError as error:
                raise NoVerdict("judge_unavailable", _shortened(str(error))) from None
            except UnicodeEncodeError as error:
                raise NoVerdict("judge_unavailable", f"it cannot be sent: {_shortened(str(error))}") from None
            except (ValueError, RecursionError) as error:  # a body that is no JSON
                last, wait = f"no usable reply from {self.host}: {_shortened(str(error))}", pause
            if time.monotonic() + wait > until:
                raise NoVerdict("judge_unavailable", f"{last}; given up after {self.patience:g} s") from None
            if left < 1 or (not told_when and time.monotonic() + wait > again_until):
                raise NoVerdict("judge_unavailable", last) from None
            left -= 1
            await asyncio.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _refused_request(self, error: Any, pause: float) -> tuple[str, float]:
        """What the endpoint says and how long to wait; NoVerdict for what waiting does not mend."""
        said = f"HTTP {error.status_code} from {self.host}: {_shortened(error.message)}"
        if error.status_code in _AGAIN or error.status_code in _NO_SCHEMA or error.status_code >= 500:
            asked = _asked_to_wait(error)
            return said, pause * random.uniform(0.75, 1.25) if asked is None else asked
        raise NoVerdict(_cause_of(error), said) from None

    async def _once(self, question: Question, plain: bool) -> Reply:
        # By `post`: what `create` adds, types for the body and the reply, costs a third of a request; the reply is checked here anyway.
        path, read = ("/responses", _of_response) if self.responses else ("/chat/completions", _of_chat)
        client = await self._client()
        reply = await client.post(path, body=self._request(question, plain), cast_to=object)
        if isinstance(reply, str):  # what has another content type, such as a proxy's page
            raise ValueError(f"no JSON: {reply}")
        return read(reply)

    def _request(self, question: Question, plain: bool) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self.model}
        if self.temperature is not None:
            request["temperature"] = self.temperature
        form = {"name": "verdicts", "strict": True, "schema": question.schema}
        if self.responses:
            system, user = question.messages()
            request |= {
                "instructions": system["content"],
                "input": user["content"],
                "max_output_tokens": self.max_tokens,
            }
            if not plain:
                request["text"] = {"format": {"type": "json_schema", **form}}
            return request
        # OpenAI's own newer models refuse max_tokens, most other servers do not know max_completion_tokens.
        limit = "max_completion_tokens" if self.base_url == OPENAI_URL else "max_tokens"
        request |= {"messages": question.messages(), limit: self.max_tokens}
        if not plain:
            request["response_format"] = {"type": "json_schema", "json_schema": form}
        return request

    async def _client(self) -> Any:
        key = os.environ.get(self.api_key_env, "")
        if not key and self.base_url == OPENAI_URL:
            raise NoVerdict(
                "judge_unavailable",
                f"api.openai.com needs a key: set {self.api_key_env}, or name another variable with api_key_env=",
            )
        return await self._connections.client(self.base_url, key or "none", self.timeout)

    def _limits_here(self) -> Limits:
        loop = asyncio.get_running_loop()
        if loop not in self._limits:
            self._limits[loop] = Limits(self.concurrency, self.requests_per_minute, self.tokens_per_minute)
        return self._limits[loop]  # type: ignore[no-any-return]


def _cause_of(error: Any) -> Trouble:
    return "judge_refused" if error.status_code in _REJECTED else "judge_unavailable"


def without_password(url: str) -> str:
    """The address without what stands before an @: an identity is kept in files that are committed."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _made(settings: dict[str, Any]) -> OpenAIJudge:
    return OpenAIJudge(**settings)


def _of_chat(reply: object) -> Reply:
    paid = _paid(reply, "prompt_tokens", "completion_tokens")
    choice = _first(_get(reply, "choices"))
    message = _get(choice, "message")
    if not isinstance(message, dict):
        raise NoVerdict(
            "judge_unparseable", f"the reply is no chat completion: {_shortened(repr(reply))}", paid
        )
    if message.get("refusal"):
        raise NoVerdict("judge_refused", f"it refused: {_shortened(str(message['refusal']))}", paid)
    finish = _get(choice, "finish_reason")
    if finish == "content_filter":
        raise NoVerdict("judge_refused", "its content filter ended the reply", paid)
    if finish == "length":
        raise NoVerdict("judge_unparseable", "its reply was cut off; raise max_tokens", paid)
    return _reply(message.get("content"), paid)


def _of_response(reply: object) -> Reply:
    paid = _paid(reply, "input_tokens", "output_tokens")
    items = _get(reply, "output")
    if not isinstance(items, list):
        raise NoVerdict("judge_unparseable", f"the reply is no response: {_shortened(repr(reply))}", paid)
    contents = [_get(item, "content") for item in items]
    parts = [
        part
        for content in contents
        if isinstance(content, list)
        for part in content
        if isinstance(part, dict)
    ]
    refused = [part for part in parts if part.get("type") == "refusal"]
    if refused:
        raise NoVerdict("judge_refused", f"it refused: {_shortened(str(refused[0].get('refusal')))}", paid)
    if _get(_get(reply, "incomplete_details"), "reason") == "content_filter":
        raise NoVerdict("judge_refused", "its content filter ended the reply", paid)
    if _get(reply, "status") not in (None, "completed"):
        raise NoVerdict("judge_unparseable", "its reply was cut off; raise max_tokens", paid)
    text = "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
    return _reply(text, paid)


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _paid(reply: object, tokens_in: str, tokens_out: str) -> Reply:
    """What a reply has cost, whether or not it is of use: its tokens, under these names, and no text."""
    usage = _get(reply, "usage")
    return Reply("", *(_count(_get(usage, name)) for name in (tokens_in, tokens_out)))


def _count(value: object) -> int:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return max(0, int(value)) if is_number else 0  # type: ignore[call-overload]


def _reply(text: object, paid: Reply) -> Reply:
    if not isinstance(text, str) or not text.strip():
        raise NoVerdict("judge_unparseable", "it said nothing", paid)
    return replace(paid, text=text)


def _asked_to_wait(error: Any) -> float | None:
    """Seconds that Retry-After asks for, also above what the client itself would heed."""
    headers = error.response.headers
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return _seconds_until(headers.get("retry-after", ""))


def _seconds_until(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _retry_seconds() -> float:
    return float(os.environ.get(RETRY_SECONDS, "inf"))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
