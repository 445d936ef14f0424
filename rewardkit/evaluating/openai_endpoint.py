"""Generation by any server that speaks the OpenAI chat-completions API: vLLM, llama.cpp, Ollama, a provider, api.openai.com.

Requests of a batch run at the same time, at most `concurrency` of them. Time-outs, 429 (Retry-After heeded), 5xx and broken
connections are tried again by the client, replies that are not chat completions by us. What fails in the end is a `Generation` with `error`.
What the model said is a completion even when it is empty, a refusal, or was cut by a content filter (`finish` says so).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..scoring.event_loop import awaited
from .models import OPENAI_URL, Generation, Prompt, Sampling

_LONGEST_WAIT = 120.0  # seconds of Retry-After that the client heeds
_SLACK = 5.0  # seconds between a time-out of the client and ours


@dataclass(frozen=True, slots=True)
class OpenAIEndpoint:
    """A model behind an endpoint. `timeout` is seconds for one request, `max_retries` how often it is tried again."""

    name: str
    url: str
    key: str = field(repr=False)
    timeout: float = 60.0
    max_retries: int = 5
    concurrency: int = 8

    @classmethod
    def connect(
        cls,
        name: str,
        url: str,
        *,
        api_key_env: str = "OPENAI_API_KEY",
        timeout: float = 60.0,
        max_retries: int = 5,
        concurrency: int = 8,
    ) -> OpenAIEndpoint:
        """Make ready to call; nothing is sent. ConfigError when the provider needs a key and the variable is not set."""
        if concurrency < 1 or timeout <= 0 or max_retries < 0:
            raise ConfigError(
                f"concurrency={concurrency} must be 1 or more, timeout={timeout:g} above 0, max_retries={max_retries} 0 or more"
            )
        key = os.environ.get(api_key_env, "")
        if not key and url == OPENAI_URL:
            raise ConfigError(
                f"api.openai.com needs a key: set {api_key_env}, or name another variable with --api-key-env"
            )
        return cls(name, url, key or "none", timeout, max_retries, concurrency)

    @property
    def host(self) -> str:
        """Host and port that texts are sent to."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def whole_batches(self) -> bool:
        """Each completion is a request of its own."""
        return False

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        """One request per prompt. A request that failed for good is a generation with `error`; nothing is raised for it."""
        return awaited(self._generate(prompts, sampling, seeds))

    async def _generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        from openai import AsyncOpenAI

        gate = asyncio.Semaphore(self.concurrency)
        async with AsyncOpenAI(
            base_url=self.url, api_key=self.key, timeout=self.timeout, max_retries=self.max_retries
        ) as client:

            async def one(prompt: Prompt, seed: int) -> Generation:
                async with gate:
                    return await self._ask(client, self._request(prompt, sampling, seed))

            return await asyncio.gather(
                *(one(prompt, seed) for prompt, seed in zip(prompts, seeds, strict=True))
            )

    def _request(self, prompt: Prompt, sampling: Sampling, seed: int) -> dict[str, Any]:
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)
        # OpenAI's own newer models refuse max_tokens, most other servers do not know max_completion_tokens.
        limit = "max_completion_tokens" if self.url == OPENAI_URL else "max_tokens"
        request: dict[str, Any] = {
            "model": self.name,
            "messages": messages,
            "temperature": sampling.temperature,
            "seed": seed,
            limit: sampling.max_tokens,
        }
        if sampling.top_p < 1:
            request["top_p"] = sampling.top_p
        if sampling.stop:
            request["stop"] = list(sampling.stop)
        return request

    async def _ask(self, client: Any, request: dict[str, Any]) -> Generation:
        """The completion of one request, with a deadline over all its attempts: a server that drips bytes never times out by itself."""
        import openai

        attempts = self.max_retries + 1
        deadline = _SLACK + attempts * self.timeout + self.max_retries * _LONGEST_WAIT
        try:
            async with asyncio.timeout(deadline):
                for _ in range(attempts):
                    reply = await client.chat.completions.create(**request)
                    generation = _generation_of(reply)
                    if not generation.error:
                        break
        except openai.APIStatusError as error:
            return Generation(
                "", error=f"HTTP {error.status_code} from {self.host}: {_shortened(error.message)}"
            )
        except openai.APITimeoutError:
            return Generation(
                "", error=f"{self.host} did not answer within {self.timeout:g} s, {attempts} times"
            )
        except openai.OpenAIError as error:  # no connection, a reply that is no JSON
            cause = error.__cause__ or error
            return Generation(
                "", error=f"no usable reply from {self.host}: {_shortened(str(cause) or str(error))}"
            )
        except (ValueError, RecursionError) as error:
            return Generation("", error=f"no usable reply from {self.host}: {_shortened(str(error))}")
        except TimeoutError:
            return Generation("", error=f"{self.host} did not finish its answer within {deadline:g} s")
        return generation


def _generation_of(reply: Any) -> Generation:
    """What a reply says; `error` is set when it is no chat completion. Servers answer 200 with anything, and the client lets it pass."""
    choices = getattr(reply, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    if message is None or not isinstance(message.content, str | None):
        return Generation("", error=f"the reply is no chat completion: {_shortened(repr(reply))}")
    text = message.content or getattr(message, "refusal", None) or ""
    used = getattr(reply.usage, "completion_tokens", None)
    finish = getattr(choice, "finish_reason", None)
    return Generation(
        text,
        used if isinstance(used, int) else None,
        finish if isinstance(finish, str) and finish else "stop",
    )


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:200]} ..."
