"""The model that is trained: loaded from a folder or the hub, saved so that a kill leaves no half of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.evaluating.huggingface import HuggingFaceModel

from ..settings.arguments import on_gpu
from ..settings.config import RunFile
from .quantised import load_in_4_bits
from .saving import saving


@dataclass(frozen=True, slots=True)
class Policy:
    """A causal language model with its tokenizer; `is_adapter` when it carries a LoRA adapter already."""

    model: Any
    tokenizer: Any
    is_adapter: bool = False

    @property
    def chat(self) -> bool:
        """Whether prompts go through a chat template."""
        return bool(self.tokenizer.chat_template)

    def as_model(self, name: str) -> HuggingFaceModel:
        """The same weights as a model that the evaluations can ask."""
        return HuggingFaceModel.from_loaded(self.model, self.tokenizer, name=name)


def load_policy(run: RunFile, stage: Path | None = None, *, quantised: bool = True) -> Policy:
    """The base model, or what an earlier stage saved in `stage`; ConfigError when it cannot be loaded.

    Weights are float32 unless [load] dtype says otherwise: under mixed precision the trainer keeps full-precision weights. `quantised`
    False loads them whole where [load] quantization would have them in 4 bits.
    """
    base = run.config.model
    adapter = stage is not None and (stage / "adapter_config.json").is_file()
    source = base if stage is None or adapter else str(stage)
    try:
        model = _load(source, run, quantised)
        if adapter:
            model = _with_adapter(model, str(stage))
        tokenizer = _tokenizer(base if stage is None else str(stage), run, model)
    except (OSError, ValueError) as error:
        place = run.toml.where("model")
        raise ConfigError(
            f"cannot load the model '{source}': {str(error).splitlines()[0]}", where=place
        ) from None
    return Policy(model, tokenizer, adapter)


def save_policy(policy: Policy, folder: Path) -> None:
    """Write model (or adapter) and tokenizer beside the folder first, then rename: the folder is whole or not there. Raises CannotWrite."""
    unfinished = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    # A reference copy of the adapter, which GRPO adds when beta > 0, is not part of the result.
    only = {"selected_adapters": ["default"]} if hasattr(policy.model, "peft_config") else {}
    with saving(folder.parent):
        policy.model.save_pretrained(unfinished, **only)
        policy.tokenizer.save_pretrained(unfinished)
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' own bars and notices off the terminal, among them TRL's, which prints a row of data for each unscored one."""
    import logging
    import warnings

    import datasets
    from transformers.utils import logging as transformers_logging

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    level = transformers_logging.get_verbosity()
    trl_logger = logging.getLogger("trl")
    trl_level = trl_logger.level
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    datasets.disable_progress_bars()
    trl_logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=FutureWarning)
            warnings.filterwarnings(
                "ignore", category=UserWarning, module=r"(torch|transformers|trl|peft|accelerate)\b"
            )
            yield
    finally:
        transformers_logging.set_verbosity(level)
        transformers_logging.enable_progress_bar()
        datasets.enable_progress_bars()
        trl_logger.setLevel(trl_level)


def _load(source: str, run: RunFile, quantised: bool) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    settings = dict(run.config.load)
    in_4_bits = settings.pop("quantization", None) is not None and quantised
    dtype = settings.pop("dtype", "float32")
    known = dtype if dtype == "auto" else getattr(torch, str(dtype), None)
    if known != "auto" and not isinstance(known, torch.dtype):
        raise ConfigError(
            f"dtype = '{dtype}': allowed are auto, float32, bfloat16, float16",
            where=run.toml.where("load", "dtype"),
        )
    if in_4_bits:
        return load_in_4_bits(source, known, settings)
    model = AutoModelForCausalLM.from_pretrained(source, dtype=known, **settings)
    return model.to(torch.device("cuda" if on_gpu() else "cpu"))


def _with_adapter(model: Any, folder: str) -> Any:
    from peft import PeftModel

    return PeftModel.from_pretrained(model, folder, is_trainable=True)


def _tokenizer(source: str, run: RunFile, model: Any) -> Any:
    from transformers import AutoTokenizer

    keys = {key: run.config.load[key] for key in ("revision", "trust_remote_code") if key in run.config.load}
    tokenizer = AutoTokenizer.from_pretrained(source, **keys)
    tokenizer.padding_side = "left"  # generation begins at the end of every row
    if tokenizer.eos_token_id is None:
        tokenizer.eos_token = _end_of_text(source, run, tokenizer, model)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _end_of_text(source: str, run: RunFile, tokenizer: Any, model: Any) -> Any:
    """The token that ends a text, which the tokenizer does not name, as the model's configuration has it."""
    known = getattr(model.generation_config, "eos_token_id", None)
    first = known[0] if isinstance(known, list) and known else known
    if not isinstance(first, int):
        raise ConfigError(
            f"the tokenizer of '{source}' has no token that ends a text (eos_token), and the model's configuration names none: no completion "
            "could end. Set eos_token in its tokenizer_config.json",
            where=run.toml.where("model"),
        )
    return tokenizer.convert_ids_to_tokens(first)
