"""A judge that runs on this machine: a Hugging Face model, a folder or a name on the hub, asked through its chat template.

    @rubric(judge="hf:models/judge")
    @rubric(judge=LocalJudge("Qwen/Qwen3-4B", max_tokens=4096, batch=16))

Nothing leaves the machine. The model is loaded by the first question, once in a process, on a GPU when there is one, and decodes greedily. Questions that wait at
the same time are answered in one batch, on a thread of its own.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import json
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError, MissingExtra, UsageError
from .judges import NoVerdict, Reply, Trouble
from .questions import Question

if TYPE_CHECKING:
    from ..evaluating.huggingface import HuggingFaceModel

_NO_TEMPLATE = (
    "has no chat template, as a base model has none, so it cannot be asked; name a model that was tuned to follow instructions, or save a "
    "template with its tokenizer (tokenizer.chat_template = ...; tokenizer.save_pretrained(folder))"
)


@dataclass(eq=False)
class LocalJudge:
    """A model of this machine that judges. ConfigError for a folder that holds none, MissingExtra without torch and transformers.

    source: a folder (whole model or LoRA adapter) or a name on the hub. max_tokens: of one reply, its thinking included; a longer one counts for nothing.
    batch: so many questions at once. A batch may round otherwise than one question alone does; with 1, nothing else that is asked has a say.
    """

    source: str
    max_tokens: int = 2048
    batch: int = 8
    _desks: Any = field(default_factory=weakref.WeakKeyDictionary, repr=False)

    def __post_init__(self) -> None:
        from ..evaluating.models import parse_spec

        for package in ("torch", "transformers"):
            if importlib.util.find_spec(package) is None:
                raise MissingExtra(package, "train")
        if self.max_tokens < 1 or self.batch < 1:
            raise ConfigError(
                f"max_tokens={self.max_tokens} and batch={self.batch} of a judge must be 1 or more"
            )
        if self.source.startswith("openai:"):
            raise ConfigError(f"'{self.source}' is an endpoint; a local judge is a folder or a hub name")
        if parse_spec(self.source).is_folder and not any(map(_has_template, _folders_of(self.source))):
            raise ConfigError(f"the judge '{self.source}' {_NO_TEMPLATE}")

    def __reduce__(self) -> Any:
        return LocalJudge, (self.source, self.max_tokens, self.batch)

    @property
    def host(self) -> None:
        """Nothing is sent anywhere."""
        return

    @functools.cached_property
    def identity(self) -> str:
        """The model's name and contents, wherever it lies, and how it decodes; not how many questions it is asked at once. Empty for one that cannot be found."""
        contents = _contents_of(self.source)
        return contents and f"hf:{self._name}@{contents} greedy max_tokens={self.max_tokens}"

    @property
    def _name(self) -> str:
        folder = Path(self.source).expanduser()
        return folder.resolve().name if folder.is_dir() else self.source

    async def ask(self, question: Question) -> Reply:
        """Its reply; NoVerdict when it cannot be loaded, is cut off, or the question is longer than it can read."""
        desk = self._desks.setdefault(asyncio.get_running_loop(), _Desk())
        mine = _Waiting(question)
        desk.waiting.append(mine)
        try:
            await asyncio.sleep(0)  # who asks at the same moment comes into the same batch
            async with desk.turn:
                while mine.outcome is None:
                    batch = desk.waiting[: self.batch]
                    outcomes = await asyncio.to_thread(self._answered, [each.question for each in batch])
                    for each, outcome in zip(batch, outcomes, strict=True):
                        each.outcome = outcome
                    desk.waiting = [each for each in desk.waiting if each.outcome is None]
        finally:
            if mine in desk.waiting:
                desk.waiting.remove(mine)
        if isinstance(mine.outcome, NoVerdict):
            raise mine.outcome
        return mine.outcome

    def _answered(self, questions: Sequence[Question]) -> list[Reply | NoVerdict]:
        """A reply, or why there is none, for each question."""
        try:
            model = _loaded(self.source, self.identity)
        except (UsageError, OSError, RuntimeError) as error:
            return [NoVerdict("judge_unavailable", f"hf:{self.source}: {error}")] * len(questions)
        try:
            return model.replies(questions, self.max_tokens)
        except (ConfigError, RuntimeError) as error:  # a question that is too long, or too little memory
            if len(questions) > 1:
                return [outcome for each in questions for outcome in self._answered([each])]
            cause: Trouble = "judge_refused" if isinstance(error, ConfigError) else "judge_unavailable"
            return [NoVerdict(cause, f"hf:{self.source}: {error}")]


@dataclass(eq=False)
class _Waiting:
    question: Question
    outcome: Reply | NoVerdict | None = None


class _Desk:
    """The questions of one event loop that wait, in the order in which they came, and whose turn it is."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.waiting: list[_Waiting] = []


class _Loaded:
    """A model in memory. One thread's at a time."""

    def __init__(self, model: HuggingFaceModel) -> None:
        if not model.tokenizer.chat_template:
            raise ConfigError(_NO_TEMPLATE)
        self._model = model
        self._lock = threading.Lock()
        self._takes_system = _takes_system(model.tokenizer)

    def replies(self, questions: Sequence[Question], max_tokens: int) -> list[Reply | NoVerdict]:
        """One batch."""
        from ..evaluating.models import Sampling

        prompts = [self._messages(question) for question in questions]
        sampling = Sampling(max_tokens=max_tokens, temperature=0.0)
        with self._lock:
            made = self._model.generate(prompts, sampling, [0] * len(prompts))
            read = [self._model.length(prompt) for prompt in prompts]
        return [
            Reply(each.text, tokens, each.tokens or 0)
            if each.finish == "stop"
            else NoVerdict("judge_unparseable", "its reply was cut off; raise max_tokens")
            for each, tokens in zip(made, read, strict=True)
        ]

    def _messages(self, question: Question) -> list[dict[str, str]]:
        system, user = question.messages()
        if self._takes_system:
            return [system, user]
        return [{"role": "user", "content": f"{system['content']}\n\n{user['content']}"}]


_loading = threading.Lock()
_models: dict[tuple[Path, str], _Loaded] = {}


def _loaded(source: str, identity: str) -> _Loaded:
    """The model, which is in memory once, however many judges ask it; one whose folder holds something else now is another one."""
    from ..evaluating.huggingface import HuggingFaceModel

    with _loading:
        key = (Path(source).expanduser().resolve(), identity)
        if key not in _models:
            _models[key] = _Loaded(HuggingFaceModel.load(source))
        return _models[key]


def _takes_system(tokenizer: Any) -> bool:
    """Whether its template knows a system message: some raise an error at one."""
    from jinja2 import TemplateError

    turns = [{"role": "system", "content": "?"}, {"role": "user", "content": "?"}]
    try:
        tokenizer.apply_chat_template(turns, tokenize=False)
    except TemplateError:
        return False
    return True


def _folders_of(source: str) -> list[Path]:
    """The folder, and of an adapter also that of its base, where it is on this machine."""
    folder = Path(source).expanduser()
    adapter = folder / "adapter_config.json"
    if not adapter.is_file():
        return [folder]
    base = str(json.loads(adapter.read_text(encoding="utf-8")).get("base_model_name_or_path", ""))
    return [folder, *(path for path in (Path(base), folder / base) if base and path.is_dir())][:2]


def _has_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    settings = folder / "tokenizer_config.json"
    return settings.is_file() and bool(json.loads(settings.read_text(encoding="utf-8")).get("chat_template"))


def _contents_of(source: str) -> str:
    """Hashes of a folder's files and of its base's; of a hub name the commit that is in use, empty when there is none."""
    from ..evaluating.identity import model_identity

    folders = _folders_of(source)
    if folders[0].is_dir():
        return "+".join(map(model_identity, folders))
    from transformers.utils import cached_file

    try:
        return Path(cached_file(source, "config.json")).parent.name
    except (OSError, ValueError):  # loading it says why
        return ""
