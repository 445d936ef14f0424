"""What generates completions: one protocol, three kinds behind it, and the text that names one on a command line.

    models/bikeshare                        a local Hugging Face folder, whole or a LoRA adapter
    Qwen/Qwen3-0.6B                         a name on the Hugging Face hub (downloaded by transformers)
    openai:gpt-4.1-mini                     a model of an OpenAI-compatible endpoint, api.openai.com unless given
    openai:my-model@http://localhost:8000/v1
    python:my_system.py:answer              a function of a file (callables.py says what it may ask for)

A generation that failed is not a completion: it comes back with `error` set and is never scored. What the model did say, an empty
text or a refusal among it, is a completion.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..paths import neighbour
from ..samples import Message, Sample

if TYPE_CHECKING:
    from .chat_templates import ChatTemplate

Prompt: TypeAlias = str | Sequence[Message]

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How completions are drawn. `temperature` 0 is greedy decoding; `stop` texts end a completion and are not part of it."""

    max_tokens: int = 256
    temperature: float = 1.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ConfigError(f"max_tokens={self.max_tokens} must be 1 or more")
        if not 0 <= self.temperature <= 10:
            raise ConfigError(f"temperature={self.temperature:g} must lie in 0 (greedy) to 10")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p={self.top_p:g} must lie above 0 and at most 1")

    @property
    def decoding(self) -> Literal["greedy", "sampled"]:
        """The name of it in results."""
        return "greedy" if self.temperature == 0 else "sampled"


@dataclass(frozen=True, slots=True)
class Generation:
    """One attempt at a completion.

    `tokens` is its length without the end token, None when the endpoint does not say. `finish` is "stop", "length" (cut off by
    `max_tokens`) or what else the endpoint gives. With `error` set there is no completion, and `text` is empty.
    """

    text: str
    tokens: int | None = None
    finish: str = "stop"
    error: str = ""


class Model(Protocol):
    """Anything that turns prompts into completions."""

    @property
    def name(self) -> str:
        """A short name for tables and files."""
        ...

    @property
    def whole_batches(self) -> bool:
        """Whether a completion depends on the batch it is drawn in; then an unfinished batch is generated again whole."""
        ...

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        """One generation per prompt, in order; the same batch with the same seeds gives the same texts as far as the model can."""
        ...


def prompt_of(sample: Sample, *, system: str = "") -> Prompt:
    """What the model is shown: the sample's messages when it has them, else its text; `system` goes in front."""
    if sample.messages is None and not system:
        return sample.prompt
    messages = list(sample.messages or ({"role": "user", "content": sample.prompt},))
    if system and messages[0]["role"] == "system":
        raise ConfigError(
            "the row's messages start with a system message already; leave --system out", where=sample.where
        )
    return [{"role": "system", "content": system}, *messages] if system else messages


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A parsed model name. `url` is set for an endpoint, `function` for one of the Python file `name`; otherwise `name` is a folder or a name on the hub."""

    name: str
    url: str | None = None
    function: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells it from other models, the last part most of all."""
        if self.url is not None:
            return ((self.host or "").replace(":", "-"), *self.name.split("/"))
        path = Path(self.name).resolve()
        return (*path.with_suffix("").parts, self.function) if self.function else path.parts

    @property
    def short(self) -> str:
        """The name for tables and run folders."""
        return self.parts[-1]

    @property
    def shown(self) -> str:
        """The name as messages and run.json have it."""
        return f"python:{self.name}:{self.function}" if self.function else self.name

    @property
    def host(self) -> str | None:
        """Host and port that prompts are sent to; None when they stay here."""
        return None if self.url is None else urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_local(self) -> bool:
        """Whether its weights are loaded here: a folder, or a name on the hub."""
        return self.url is None and not self.function

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of this machine, and no name on the hub."""
        return self.is_local and Path(self.name).is_dir()


def parse_spec(spec: str) -> ModelSpec:
    """Read `FOLDER`, `ORG/NAME`, `openai:MODEL@URL` or `python:FILE.py:FUNCTION`.

    ConfigError when it is none of them, or the folder or the file is not there.
    """
    if spec.startswith("python:"):
        return _callable_spec(spec)
    if spec.startswith("openai:"):
        name, _, url = spec.removeprefix("openai:").partition("@")
        url = url or OPENAI_URL
        if not name or not url.startswith(("http://", "https://")):
            raise ConfigError(f"model '{spec}': an endpoint is openai:MODEL@http://host:port/v1")
        if urlsplit(url).username is not None:  # it would stand in run.json and in the report
            raise ConfigError(
                "a user or password must not be part of a model's URL; put the key into OPENAI_API_KEY"
            )
        return ModelSpec(name, url.rstrip("/"))
    path = Path(spec).expanduser()
    if path.is_dir():
        if not any((path / file).is_file() for file in ("config.json", "adapter_config.json")):
            raise ConfigError(
                f"model folder '{spec}' holds neither config.json nor adapter_config.json; give the folder that save_pretrained wrote"
            )
        return ModelSpec(str(path))
    hint = _folder_near(path)
    # A hub name has one slash at most and no dots in front; anything deeper was meant as a path, and so was a misspelt folder.
    if not spec or spec.startswith((".", "/", "~")) or spec.count("/") > 1 or path.exists() or hint:
        raise ConfigError(
            f"model '{spec}': no such folder; allowed: a Hugging Face folder, a hub name, openai:MODEL@URL, python:FILE.py:FUNCTION.{hint}"
        )
    return ModelSpec(spec)


def _callable_spec(spec: str) -> ModelSpec:
    file, colon, function = spec.removeprefix("python:").rpartition(":")
    if not (colon and file.endswith(".py") and function.isidentifier()):
        raise ConfigError(
            f"model '{spec}': a function of a file is python:FILE.py:FUNCTION, for example python:my_system.py:answer"
        )
    path = Path(file).expanduser()
    if not path.is_file():
        raise ConfigError(f"model '{spec}': no such file{neighbour(path)}")
    return ModelSpec(str(path), function=function)


def _folder_near(path: Path) -> str:
    """A hint when correcting one part of a path gives a folder that is there; a typo must not be asked for on a network."""
    for index, part in enumerate(path.parts):
        above, below = Path(*path.parts[:index]), path.parts[index + 1 :]
        if not above.is_dir():
            break
        folders = [
            entry.name for entry in above.iterdir() if entry.is_dir() and (entry / Path(*below)).is_dir()
        ]
        near = difflib.get_close_matches(part, folders, n=1)
        if near:
            return f" Did you mean '{above / near[0] / Path(*below)}'?"
    return ""


def open_model(
    spec: str | ModelSpec,
    *,
    api_key_env: str = "OPENAI_API_KEY",
    timeout: float = 60.0,
    max_retries: int = 5,
    concurrency: int = 8,
    template: ChatTemplate | None = None,
) -> Model:
    """Load a local model or a function, or make ready to call an endpoint (nothing is sent yet).

    `api_key_env` names the variable that holds the key; `timeout` is seconds for one request; `template` takes the place of a local
    model's own chat template. Raises ConfigError or MissingExtra.
    """
    parsed = parse_spec(spec) if isinstance(spec, str) else spec
    if parsed.function:
        from .callables import CallableModel

        return CallableModel.load(Path(parsed.name), parsed.function, concurrency=concurrency)
    if parsed.url is None:
        from .huggingface import HuggingFaceModel

        return HuggingFaceModel.load(parsed.name, template)
    from .openai_endpoint import OpenAIEndpoint

    return OpenAIEndpoint.connect(
        parsed.name,
        parsed.url,
        api_key_env=api_key_env,
        timeout=timeout,
        max_retries=max_retries,
        concurrency=concurrency,
    )
