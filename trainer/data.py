"""The files of a run as samples, and the data sets that TRL is given.

GRPO's data set has two columns only, `prompt` and `sample_index`: a reference may be rows, a number or a text in one file, which Arrow
columns do not take, and TRL uses some column names itself. The reward looks the sample up by its index.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError, DataError, did_you_mean
from rewardkit.evaluating.identity import file_identity
from rewardkit.evaluating.models import prompt_of
from rewardkit.paths import display_path
from rewardkit.row_shapes import Recognised
from rewardkit.samples import Sample, read_samples, some_of

from .config import Data, RunConfig, RunFile

_DRAWN_BY = 0  # the seed of [eval] limit: trainings with different seeds are measured on the same prompts


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of every file of a run; a file that is not named has none."""

    train: tuple[Sample, ...]
    heldout: tuple[Sample, ...]
    expert: tuple[Sample, ...] = ()
    validation: tuple[Sample, ...] = ()

    def identity(self, run: RunConfig) -> dict[str, dict[str, Any]]:
        """Name, rows and content hash of every file, for run.json: a run is not resumed on other data."""
        data, drawn = run.data, {} if run.eval.limit is None else {"heldout": _DRAWN_BY}
        return {
            key: {
                **file_identity(getattr(data, key), len(getattr(self, key)), drawn_by=drawn.get(key)),
                "file": getattr(data, key).name,
            }
            for key in ("train", "heldout", "expert", "validation")
            if getattr(data, key) is not None
        }


def read_data(run: RunFile, *, say: Callable[[str], None] | None = None) -> Samples:
    """Read the files; DataError with file and line. A held-out prompt that is also trained on is an error.

    `say` is told which columns of another tool's rows are taken for prompt and reference.
    """
    data = run.config.data

    def read(path: Path | None) -> tuple[Sample, ...]:
        if path is None:
            return ()

        def on_shape(shape: Recognised) -> None:
            if say is not None:
                say(f"{display_path(path)}: {shape} ([data] columns decides otherwise)")

        return tuple(read_samples(path, columns=data.columns, on_shape=on_shape))

    heldout = tuple(some_of(read(data.heldout), run.config.eval.limit, seed=_DRAWN_BY))
    samples = Samples(read(data.train), heldout, read(data.expert), read(data.validation))
    _check_gold(samples.expert, data)
    _check_slice(run, samples.heldout)
    _check_apart(samples)
    return samples


def training_order(count: int, length: int, seed: int) -> list[int]:
    """`length` indices below `count`: one shuffled pass after another, so that every sample comes equally often."""
    shuffler = random.Random(seed)
    order: list[int] = []
    while len(order) < length:
        one_pass = list(range(count))
        shuffler.shuffle(one_pass)
        order += one_pass
    return order[:length]


def grpo_rows(
    samples: Sequence[Sample], order: Sequence[int], system: str, *, chat: bool
) -> list[dict[str, Any]]:
    """Rows of GRPO's data set: the prompt as text or, where the tokenizer has a chat template, as messages."""
    prompts = [_shown(sample, system, chat) for sample in samples]
    return [{"prompt": prompts[index], "sample_index": index} for index in order]


def sft_rows(samples: Sequence[Sample], gold: str, system: str, *, chat: bool) -> list[dict[str, Any]]:
    """Rows of SFT's data set: the same prompts with the answers to imitate, on which alone the loss is taken."""
    rows = []
    for sample in samples:
        answer = str(sample.columns[gold])
        completion = [{"role": "assistant", "content": answer}] if chat else answer
        rows.append({"prompt": _shown(sample, system, chat), "completion": completion})
    return rows


def _shown(sample: Sample, system: str, chat: bool) -> Any:
    """The same prompt that the evaluation shows (see `HuggingFaceModel`)."""
    prompt = prompt_of(sample, system=system)
    if chat:
        return (
            [{"role": "user", "content": prompt}]
            if isinstance(prompt, str)
            else [dict(turn) for turn in prompt]
        )
    return prompt if isinstance(prompt, str) else "\n\n".join(str(turn["content"]) for turn in prompt)


def _check_gold(expert: Sequence[Sample], data: Data) -> None:
    for sample in expert:
        if not isinstance(sample.columns.get(data.gold), str) or not sample.columns[data.gold].strip():
            hint = did_you_mean(data.gold, sample.columns)
            raise DataError(
                f"an expert row needs the answer to imitate as text in the column '{data.gold}'; it has: "
                f'{", ".join(sample.columns)}.{hint} ([data] gold = "..." names another column)',
                where=sample.where,
            )


def _check_slice(run: RunFile, heldout: Sequence[Sample]) -> None:
    name = run.config.data.slice
    for sample in heldout:
        if name is not None and name not in sample.columns:
            raise ConfigError(
                f"slice = '{name}': no such column in {sample.where}; available: {', '.join(sample.columns)}."
                f"{did_you_mean(name, sample.columns)}",
                where=run.toml.where("data", "slice"),
            )


def _check_apart(samples: Samples) -> None:
    """Held-out prompts measure what was not trained on, so none may be among the trained or choosing ones."""
    known = {
        (s.prompt, str(s.messages)): s.where for s in (*samples.train, *samples.expert, *samples.validation)
    }
    for sample in samples.heldout:
        other = known.get((sample.prompt, str(sample.messages)))
        if other is not None:
            raise DataError(
                f"this held-out prompt is also a prompt of {other}: a score on it would not show learning. Remove one of them",
                where=sample.where,
            )
