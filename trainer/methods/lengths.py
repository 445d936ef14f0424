"""Rows that the model cannot take whole. TRL trains on them without a word: past the context, or with the end of an answer cut off."""

from __future__ import annotations

from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.evaluating.models import prompt_of
from rewardkit.samples import Sample

from ..rows.data import Samples, grpo_rows
from ..settings.arguments import sft_arguments
from ..settings.config import RunFile
from ..settings.sampling import group_sampling
from .policies import Policy


def check_lengths(run: RunFile, samples: Samples, policy: Policy) -> None:
    """ConfigError for the first row whose prompt is empty, or is too long with its answer, or with the completion that may follow it."""
    data, most = run.config.data, group_sampling(run).max_tokens
    context = getattr(policy.model.config, "max_position_embeddings", None)
    model = policy.as_model("")
    for sample in samples.train:
        _check_not_empty(sample, policy, data.system)
        length = model.length(prompt_of(sample, system=data.system))
        if context is not None and length + most > context:
            raise ConfigError(
                f"the prompt of {sample.where} has {length} tokens; with the {most} of a completion that is more than the {context} of the "
                f"model's context. Leave the row out, or lower [{run.config.method}] max_completion_length",
                where=run.toml.where("data", "train"),
            )
    for sample in samples.expert:
        _check_answer(run, sample, policy, context)


def _check_answer(run: RunFile, sample: Sample, policy: Policy, context: int | None) -> None:
    """An expert row whose answer would lose its end."""
    data = run.config.data
    asked = policy.as_model("").length(prompt_of(sample, system=data.system))
    answer = len(policy.tokenizer(str(sample.columns[data.gold]), add_special_tokens=False)["input_ids"])
    limits = {f"the {context} of the model's context": context}
    if run.config.sft is not None:
        longest = sft_arguments(run, Path("unused")).max_length
        limits[f"[sft] max_length = {longest}, where TRL would cut it off"] = longest
    for limit, tokens in limits.items():
        if tokens is not None and asked + answer + 1 > tokens:  # and the token that ends it
            raise ConfigError(
                f"the expert row {sample.where} has {asked + answer + 1} tokens with its answer, more than {limit}. Leave the row out, or "
                "shorten its answer",
                where=run.toml.where("data", "expert"),
            )


def _check_not_empty(sample: Sample, policy: Policy, system: str) -> None:
    """Without a chat template an empty prompt may be no token at all, and there is nothing to go on from."""
    if policy.chat:
        return
    [row] = grpo_rows([sample], system, chat=False)
    if not policy.tokenizer(row["prompt"])["input_ids"]:
        raise ConfigError(
            "its prompt is empty, and the model has no chat template around it",
            where=sample.where,
        )
