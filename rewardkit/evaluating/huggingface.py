"""Local generation with transformers: a folder, a hub name, a LoRA adapter, or a model that is in memory already.

    model = HuggingFaceModel.load("models/bikeshare")
    model = HuggingFaceModel.from_loaded(trainer.model, tokenizer, name="rft")

Sampling is plain: the model's own distribution at the temperature asked for. What a model's generation_config.json adds (top_k 50,
a repetition penalty) is left out, because training samples without it too. The random state of torch is as before after each call.
On a CPU one thread is used unless OMP_NUM_THREADS says otherwise: two threads on a busy machine are several times slower than one.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigError, MissingExtra
from ..scoring.items import seed_of
from .chat_templates import ChatTemplate, template_errors
from .models import Generation, Prompt, Sampling

_MARK = "\x02answer\x03"  # stands for an answer while looking for what a chat template puts after one


@dataclass(frozen=True, slots=True)
class HuggingFaceModel:
    """A causal language model and its tokenizer. `source` is the folder or hub name it came from, `template` the file of its chat template, where not its own."""

    name: str
    model: Any
    tokenizer: Any
    end_tokens: tuple[int, ...]
    source: str = ""
    template: str = ""

    @classmethod
    def load(cls, source: str, template: ChatTemplate | None = None) -> HuggingFaceModel:
        """Load a folder (whole model or LoRA adapter) or a hub name; on a GPU when there is one. ConfigError when it cannot be.

        `template` takes the place of the tokenizer's chat template.
        """
        use_few_threads()
        try:
            import torch
            import transformers
        except ImportError as error:
            raise MissingExtra(error.name or "torch", "train") from None
        device = "cuda" if torch.cuda.is_available() else "cpu"
        # Without bf16 hardware, as on most CPUs, half precision is several times slower than float32.
        dtype = "auto" if device == "cuda" else torch.float32
        base = _base_of(source)
        try:
            with _no_progress_bar():
                model = transformers.AutoModelForCausalLM.from_pretrained(base or source, dtype=dtype)
                if base is not None:
                    model = _with_adapter(model, source)
            tokenizer = transformers.AutoTokenizer.from_pretrained(_tokenizer_home(source, base))
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot load the model: {str(error).splitlines()[0]}", where=source) from None
        if template is not None:
            tokenizer.chat_template = template.text
            with template.named():
                _render(tokenizer, [{"role": "user", "content": "?"}])
        name = Path(source).resolve().name
        shown = "" if template is None else str(template.path)
        return cls.from_loaded(model.to(device), tokenizer, name=name, source=source, template=shown)

    @classmethod
    def from_loaded(
        cls, model: Any, tokenizer: Any, *, name: str, source: str = "", template: str = ""
    ) -> HuggingFaceModel:
        """Wrap a model that is in memory, on the device where it is; neither it nor the tokenizer is changed."""
        return cls(name, model, tokenizer, _end_tokens(model, tokenizer), source, template)

    @property
    def whole_batches(self) -> bool:
        """Rows of a batch share one random stream and one padded width."""
        return True

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        """Generate one batch. ConfigError when a prompt leaves no room in the model's context, or memory does not suffice."""
        import torch

        rows = [self.encode(prompt) for prompt in prompts]
        room = self._room(max(len(row) for row in rows))
        inputs, mask = _left_padded(rows, self._pad, self.model.device)
        with torch.inference_mode(), _seeded(seed_of(*seeds), self.model.device), _evaluating(self.model):
            try:
                output = self.model.generate(
                    input_ids=inputs,
                    attention_mask=mask,
                    generation_config=self._settings(sampling, min(room, sampling.max_tokens)),
                    **({"tokenizer": self.tokenizer} if sampling.stop else {}),
                )
            except torch.OutOfMemoryError:
                raise ConfigError(
                    f"not enough memory for a batch of {len(rows)} completions; lower --batch-size"
                ) from None
        return [self._read(row, sampling.stop) for row in output[:, inputs.shape[1] :].tolist()]

    def length(self, prompt: Prompt) -> int:
        """How many tokens the model reads for a prompt."""
        return len(self.encode(prompt))

    def encode(self, prompt: Prompt) -> list[int]:
        """Token ids of a prompt as the model is shown it. ConfigError for messages that its template does not allow."""
        template = bool(self.tokenizer.chat_template)
        if template:
            messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)
            with template_errors(self.template or f"the chat template of {self.name}"):
                text = _render(self.tokenizer, messages)
        else:
            text = prompt if isinstance(prompt, str) else "\n\n".join(str(m["content"]) for m in prompt)
        text = text.encode("utf-8", "replace").decode()  # tokenizers refuse lone surrogates
        # A template writes its own begin-of-text token.
        ids: list[int] = self.tokenizer(text, add_special_tokens=not template)["input_ids"]
        return ids or [self._pad]

    def _room(self, longest: int) -> int:
        context = getattr(self.model.config, "max_position_embeddings", None) or sys.maxsize
        if longest >= context:
            raise ConfigError(
                f"a prompt has {longest} tokens, and the context of {self.name} is {context}; shorten it or leave it out"
            )
        return int(context) - longest

    def _settings(self, sampling: Sampling, max_tokens: int) -> Any:
        """Every field that a model's generation_config.json could set otherwise, spelt out."""
        from transformers import GenerationConfig

        sampled = sampling.decoding == "sampled"
        drawn = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0, "min_p": 0.0}
        return GenerationConfig(
            do_sample=sampled,
            **(drawn if sampled else {"temperature": 1.0, "top_p": 1.0, "top_k": 50}),
            max_new_tokens=max_tokens,
            min_new_tokens=0,
            num_beams=1,
            repetition_penalty=1.0,
            no_repeat_ngram_size=0,
            use_cache=True,
            eos_token_id=list(self.end_tokens) or None,
            pad_token_id=self._pad,
            stop_strings=list(sampling.stop) or None,
            return_dict_in_generate=False,
        )

    def _read(self, tokens: list[int], stop: Sequence[str]) -> Generation:
        """The completion in the tokens after a prompt: up to the first end token or stop text, whichever comes first."""
        ends = [index for index, token in enumerate(tokens) if token in self.end_tokens]
        kept = tokens[: ends[0]] if ends else tokens
        text = str(self.tokenizer.decode(kept, skip_special_tokens=True))
        cuts = [text.find(mark) for mark in stop if mark in text]
        if cuts:
            text = text[: min(cuts)]
        return Generation(text, len(kept), "stop" if ends or cuts else "length")

    @property
    def _pad(self) -> int:
        for ident in (self.tokenizer.pad_token_id, self.tokenizer.eos_token_id, *self.end_tokens):
            if ident is not None:
                return int(ident)
        return 0


def use_few_threads() -> None:
    """One CPU thread for torch, which yields when it waits, unless the environment says otherwise."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if "OMP_NUM_THREADS" not in os.environ:
        os.environ["OMP_NUM_THREADS"] = "1"
        if "torch" in sys.modules:  # too late for the variable
            sys.modules["torch"].set_num_threads(1)


def _base_of(source: str) -> str | None:
    """The base model of a LoRA adapter folder; None for a whole model. A relative path holds from here or from the adapter."""
    if not (Path(source) / "adapter_config.json").is_file():
        return None
    try:
        import peft
    except ImportError:
        raise MissingExtra("peft", "train") from None
    base = str(peft.PeftConfig.from_pretrained(source).base_model_name_or_path)
    beside = Path(source) / base
    return str(beside) if not Path(base).exists() and beside.is_dir() else base


def _with_adapter(model: Any, source: str) -> Any:
    import peft

    return peft.PeftModel.from_pretrained(model, source)


def _tokenizer_home(source: str, base: str | None) -> str:
    """An adapter folder has a tokenizer of its own when training changed it, and often without."""
    if base is None or (Path(source) / "tokenizer_config.json").is_file():
        return source
    return base


def _render(tokenizer: Any, messages: list[dict[str, Any]]) -> str:
    """The messages as the template of the tokenizer writes them, up to where an answer begins."""
    return str(tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False))


def _end_tokens(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Every token that ends an answer: the tokenizer's, the model's, and what the chat template writes after one."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    found = [tokenizer.eos_token_id, *(configured if isinstance(configured, list) else [configured])]
    if tokenizer.chat_template:
        found.append(_end_of_turn(tokenizer))
    return tuple(dict.fromkeys(int(token) for token in found if token is not None))


def _end_of_turn(tokenizer: Any) -> int | None:
    """The special token that the template writes right after an answer, if it is one token."""
    turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": _MARK}]
    after = tokenizer.apply_chat_template(turns, tokenize=False).partition(_MARK)[2]
    ids = tokenizer(after.strip(), add_special_tokens=False)["input_ids"]
    return int(ids[0]) if ids and ids[0] in tokenizer.added_tokens_decoder else None


def _left_padded(rows: Sequence[list[int]], pad: int, device: Any) -> tuple[Any, Any]:
    """Ids and attention mask of shape (batch, longest): padding on the left, so that every row ends where generation begins."""
    import torch

    width = max(len(row) for row in rows)
    ids = [[pad] * (width - len(row)) + row for row in rows]
    mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """transformers draws a bar while it loads weights, between the lines of ours."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


@contextmanager
def _seeded(seed: int, device: Any) -> Iterator[None]:
    import torch

    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """Dropout off for the moment: a trainer passes its model while it trains."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)


def free_memory() -> None:
    """Give back what a model that is no longer used held: trainers keep it in reference cycles, and the next one may need the same place."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
