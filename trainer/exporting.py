"""`export`: the trained model as a plain Hugging Face folder, its LoRA adapter merged into the base, and a check that nothing was lost.

The check answers a few training prompts greedily with base and adapter, before they are merged. The folder that was written is then loaded
again by transformers alone, and has to give the same logits at every token of those answers.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.evaluating.huggingface import HuggingFaceModel, free_memory, use_few_threads
from rewardkit.evaluating.models import Prompt, Sampling, prompt_of
from rewardkit.paths import display_path
from rewardkit.runs.files import replace_file

from .card import card_text
from .finished import Trained
from .methods.policies import load_policy, quiet
from .rows.data import read_data

TOLERANCES = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}
"""By dtype: how far a logit may be off, as a share of the largest logit. In half precision it is mostly the rounding of the weights."""

_PROMPTS, _TOKENS = 4, 32  # of the check: logits of a large vocabulary take memory


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `difference` and `tolerance` are shares of the largest logit, None for an adapter, which is copied byte for byte.

    `same_answers` of the `prompts` greedy answers of the check are the same text.
    """

    folder: Path
    dtype: str
    difference: float | None = None
    tolerance: float | None = None
    prompts: int = 0
    same_answers: int = 0


@dataclass(frozen=True, slots=True)
class _Answered:
    """Greedy answers to the prompts of the check and the logits at each token of them: tensors of shape (tokens, vocabulary), float32."""

    texts: list[str]
    ids: list[list[int]]
    logits: list[Any]


def export(trained: Trained, folder: Path, *, dtype: str | None = None) -> Exported:
    """Write the whole model to `folder` in `dtype` (default: that of the training), with tokenizer, chat template and model card.

    ConfigError when something is in the folder, for an unknown dtype, and when the model that was written gives other logits; then there is
    no folder. A base model that was trained on in 4 bits is merged, and checked, in whole weights.
    """
    use_few_threads()
    import torch

    _check_free(folder)
    if dtype is not None and dtype not in TOLERANCES:
        raise ConfigError(f"--dtype {dtype}: allowed are {', '.join(TOLERANCES)}")
    data = trained.file.config.data
    prompts = [prompt_of(s, system=data.system) for s in read_data(trained.file).train[:_PROMPTS]]
    with quiet():
        policy = load_policy(trained.file, trained.model, quantised=False)
        before = _answered(policy.as_model("before"), prompts)
        model = policy.model.merge_and_unload(safe_merge=True) if policy.is_adapter else policy.model
        chosen = dtype or str(model.dtype).removeprefix("torch.")
        unfinished = folder.resolve().with_name(f".{folder.resolve().name}.tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        model.to(getattr(torch, chosen)).save_pretrained(unfinished)
        policy.tokenizer.save_pretrained(unfinished)
        del policy, model
        free_memory()
        try:
            exported = _compared(before, HuggingFaceModel.load(str(unfinished)), prompts, folder, chosen)
            _finish(trained, unfinished, folder, adapter=False)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return exported


def export_adapter(trained: Trained, folder: Path) -> Exported:
    """Copy the LoRA adapter with tokenizer and model card to `folder`. ConfigError when all weights were trained."""
    _check_free(folder)
    if not trained.is_adapter:
        raise ConfigError("all weights were trained, so there is no adapter; leave --adapter out")
    unfinished = folder.resolve().with_name(f".{folder.resolve().name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(trained.model, unfinished)
    _finish(trained, unfinished, folder, adapter=True)
    return Exported(folder, "as trained")


def _check_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            "there is something already, and an export overwrites nothing; name another folder",
            where=display_path(folder),
        )


def _finish(trained: Trained, unfinished: Path, folder: Path, *, adapter: bool) -> None:
    card = card_text(trained, adapter=adapter, place=folder)
    replace_file(unfinished / "README.md", card.encode())
    if folder.exists():
        folder.rmdir()  # empty
    unfinished.rename(folder.resolve())


def _answered(model: HuggingFaceModel, prompts: Sequence[Prompt]) -> _Answered:
    made = model.generate(prompts, Sampling(_TOKENS, 0.0), [0] * len(prompts))
    ids = [
        [*model.encode(prompt), *model.tokenizer(one.text, add_special_tokens=False)["input_ids"]]
        for prompt, one in zip(prompts, made, strict=True)
    ]
    return _Answered([one.text for one in made], ids, _logits(model, ids))


def _logits(model: HuggingFaceModel, rows: Sequence[Sequence[int]]) -> list[Any]:
    """Of each row the logits at its last tokens, float32 on the CPU."""
    import torch

    model.model.eval()
    with torch.inference_mode():
        return [
            model.model(torch.tensor([list(row)], device=model.model.device))
            .logits[0, -_TOKENS:]
            .float()
            .cpu()
            for row in rows
        ]


def _compared(
    before: _Answered, model: HuggingFaceModel, prompts: Sequence[Prompt], folder: Path, dtype: str
) -> Exported:
    """ConfigError unless the model that was written gives the logits that base and adapter gave."""
    after = _logits(model, before.ids)
    largest = max(float(one.abs().max()) for one in before.logits)
    pairs = zip(before.logits, after, strict=True)
    difference = max(float((one - other).abs().max()) for one, other in pairs) / largest
    tolerance = TOLERANCES.get(dtype, TOLERANCES["float32"])
    if not difference <= tolerance:
        raise ConfigError(
            f"the model that was written in {dtype} gives other logits than the trained one: off by {difference:.1e} of the largest, allowed "
            f"{tolerance:g}. Nothing was kept; try --dtype float32, or export the adapter alone (--adapter)"
        )
    texts = [one.text for one in model.generate(prompts, Sampling(_TOKENS, 0.0), [0] * len(prompts))]
    same = sum(one == other for one, other in zip(before.texts, texts, strict=True))
    return Exported(folder, dtype, difference, tolerance, len(texts), same)
