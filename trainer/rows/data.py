"""The files of a run as samples, and the data sets that TRL is given.

GRPO's data set has two columns only, `prompt` and `sample_index`: a reference may be rows, a number or a text in one file, which Arrow
columns do not take, and TRL uses some column names itself. The reward looks the sample up by its index.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rewardkit.errors import ConfigError, DataError, did_you_mean
from rewardkit.evaluating.identity import file_identity
from rewardkit.evaluating.models import prompt_of
from rewardkit.paths import display_path
from rewardkit.row_shapes import Recognised
from rewardkit.rows import iter_rows
from rewardkit.runs import config_hash
from rewardkit.samples import Sample, read_samples, some_of

from ..settings.config import RunFile
from ..settings.tables import Data, RunConfig
from .splitting import folds_of, grouped, prompt_mark

_DRAWN_BY = 0  # the seed of [eval] limit: trainings with different seeds are measured on the same prompts


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of every file of a run; a file that is not named has none.

    `heldout` are the rows that are answered and measured, `source` the key of [data] whose file they come from. With "train" they are all of its
    rows, and `folds` are the samples of the trainings that held them out; `part` says in run.json which rows these are. `clusters`
    names those of `heldout` that belong together, by id; None where each stands alone.
    """

    train: tuple[Sample, ...]
    heldout: tuple[Sample, ...]
    expert: tuple[Sample, ...] = ()
    validation: tuple[Sample, ...] = ()
    unlabelled: tuple[Sample, ...] = ()
    source: Literal["heldout", "train", "unlabelled"] = "heldout"
    folds: tuple[Samples, ...] = ()
    part: Mapping[str, Any] | None = None
    clusters: Mapping[str, str] | None = None

    @property
    def units(self) -> int:
        """How many held-out prompts, or groups of them that belong together, there are."""
        return len(self.heldout) if self.clusters is None else len(set(self.clusters.values()))

    def file(self, run: RunConfig) -> Path:
        """The file that the held-out rows come from."""
        path: Path | None = getattr(run.data, self.source)
        assert path is not None
        return path

    def identity(self, run: RunConfig) -> dict[str, Any]:
        """Name, rows and content hash of every file, for run.json: a run is not resumed on other data, nor on other parts of it."""
        data, drawn = run.data, {} if run.eval.limit is None else dict.fromkeys(_LIMITED, _DRAWN_BY)
        return {
            key: {
                **file_identity(path, len(self._of(key)), drawn_by=drawn.get(key)),
                "file": path.name,
            }
            for key in ("train", "heldout", "unlabelled", "expert", "validation")
            if (path := getattr(data, key)) is not None and (self._of(key) or self.part is None)
        } | dict(self.part or {})

    def _of(self, key: str) -> tuple[Sample, ...]:
        if key == self.source != "train":
            return self.heldout
        rows: tuple[Sample, ...] = () if key == "heldout" else getattr(self, key)
        return rows


_LIMITED = ("heldout", "unlabelled")


def read_data(run: RunFile, *, say: Callable[[str], None] | None = None) -> Samples:
    """Read the files; DataError with file and line. A held-out prompt that is also trained on is an error.

    Without [data] heldout the rows of `train` are split in folds (`Samples.folds`), or with folds = 0 those of `unlabelled` are held out.
    `say` is told which columns of another tool's rows are taken for prompt and reference.
    """
    data, limit = run.config.data, run.config.eval.limit

    def read(path: Path | None, columns: Mapping[str, str] = data.columns) -> tuple[Sample, ...]:
        if path is None:
            return ()

        def on_shape(shape: Recognised) -> None:
            if say is not None:
                say(f"{display_path(path)}: {shape} ([data] columns decides otherwise)")

        return tuple(read_samples(path, columns=columns, on_shape=on_shape))

    def some(rows: Sequence[Sample]) -> tuple[Sample, ...]:
        return tuple(some_of(rows, limit, seed=_DRAWN_BY))

    train, expert, validation = read(data.train), read(data.expert), read(data.validation)
    heldout, unlabelled = some(read(data.heldout)), some(read(data.unlabelled, _columns_there(data)))
    if data.unlabelled is not None and not unlabelled:
        raise DataError("no prompts in it", where=str(data.unlabelled))
    _check_gold(expert, data)
    samples = Samples(train, heldout, expert, validation, unlabelled)
    if data.heldout is None:
        samples = (
            _in_folds(run, samples)
            if data.folds
            else replace(samples, heldout=unlabelled, unlabelled=(), source="unlabelled")
        )
    for key in ("slice", "cluster"):
        _check_column(run, key, samples.heldout)
    for part in samples.folds or (samples,):
        _check_apart(part)
    if samples.source != "train":
        samples = replace(samples, clusters=column_of(samples.heldout, data.cluster))
    return samples


def column_of(samples: Sequence[Sample], name: str | None) -> dict[str, str] | None:
    """The value of a column as text, by sample id; None for no column, or when a sample lacks it."""
    if name is None or not all(name in sample.columns for sample in samples):
        return None
    return {sample.id: str(sample.columns[name]) for sample in samples}


def _columns_there(data: Data) -> dict[str, str]:
    """`columns` for the unlabelled file: that a renamed one, such as the reference's, is not there is no error as it is elsewhere."""
    first = None if data.unlabelled is None else next(iter_rows(data.unlabelled), None)
    there = {} if first is None else first.values
    return {
        ours: theirs
        for ours, theirs in data.columns.items()
        if ours in ("id", "prompt", "messages") or theirs.partition(".")[0] in there
    }


def _in_folds(run: RunFile, samples: Samples) -> Samples:
    """All rows of `train` as held-out rows, and the samples of each fold: what belongs to a held-out row is in none of its other files."""
    data, where = run.config.data, run.toml.where
    train = samples.train
    groups = grouped((*train, *samples.expert, *samples.validation), data.cluster)
    mine, others = groups[: len(train)], groups[len(train) :]
    folds = _count(run, len(set(mine)))
    parts = []
    for number, places in enumerate(folds_of(mine, folds, seed=run.config.seed), 1):
        out = {mine[place] for place in places}
        held = tuple(train[place] for place in places)
        kept = [sample for sample, group in zip(train, mine, strict=True) if group not in out]
        beside = [group not in out for group in others]
        expert = _those(samples.expert, beside[: len(samples.expert)])
        validation = _those(samples.validation, beside[len(samples.expert) :])
        for key, before, after in (
            ("expert", samples.expert, expert),
            ("validation", samples.validation, validation),
        ):
            if before and not after:
                raise ConfigError(
                    f"fold {number} of {folds} leaves no row of {key}: all {len(before)} belong to the {len(held)} rows that it holds out. "
                    "Give rows of further prompts, or set [data] folds to a larger number",
                    where=where("data", key),
                )
        name = {"number": number, "of": folds, "rows": config_hash({"ids": [s.id for s in held]})}
        clusters = _clusters(held, [mine[place] for place in places])
        parts.append(
            Samples(
                tuple(kept), held, expert, validation, source="train", part={"fold": name}, clusters=clusters
            )
        )
    return replace(
        samples,
        heldout=train,
        source="train",
        folds=tuple(parts),
        part={"folds": folds},
        clusters=_clusters(train, mine),
    )


def _count(run: RunFile, groups: int) -> int:
    """How many folds are made of so many groups of rows."""
    data, where = run.config.data, run.toml.where
    belong = f"or of one '{data.cluster}' " if data.cluster else ""
    if groups < 2:
        raise ConfigError(
            f"no [data] heldout, and the rows of {data.train.name} cannot be split in folds: rows of one prompt {belong}stay together, which "
            f"leaves {groups} group{'s' * (groups != 1)} of them. Give further rows, or [data] heldout",
            where=where("data", "train"),
        )
    if "folds" in data.model_fields_set and data.folds > groups:
        raise ConfigError(
            f"folds = {data.folds}: at most {groups} here, one for each row or group of rows of one prompt {belong}in {data.train.name}",
            where=where("data", "folds"),
        )
    return min(data.folds, groups)


def _clusters(rows: Sequence[Sample], groups: Sequence[int]) -> dict[str, str] | None:
    if len(set(groups)) == len(groups):
        return None
    return {sample.id: f"group {group + 1}" for sample, group in zip(rows, groups, strict=True)}


def _those(rows: Sequence[Sample], kept: Sequence[bool]) -> tuple[Sample, ...]:
    return tuple(row for row, keep in zip(rows, kept, strict=True) if keep)


def training_order(count: int, length: int, seed: int) -> list[int]:
    """`length` indices below `count`: one shuffled pass after another, so that every sample comes equally often."""
    shuffler = random.Random(seed)
    order: list[int] = []
    while len(order) < length:
        one_pass = list(range(count))
        shuffler.shuffle(one_pass)
        order += one_pass
    return order[:length]


def grpo_rows(samples: Sequence[Sample], system: str, *, chat: bool) -> list[dict[str, Any]]:
    """Rows of GRPO's data set, one for each sample: the prompt as text or, where the tokenizer has a chat template, as messages."""
    return [
        {"prompt": _shown(sample, system, chat), "sample_index": index}
        for index, sample in enumerate(samples)
    ]


def answers_of(expert: Sequence[Sample], gold: str) -> list[tuple[Sample, str]]:
    """Expert rows with the answers to imitate, the texts of their column `gold`."""
    return [(sample, str(sample.columns[gold])) for sample in expert]


def sft_rows(answers: Sequence[tuple[Sample, str]], system: str, *, chat: bool) -> list[dict[str, Any]]:
    """Rows of SFT's data set: the same prompts with the answers to imitate, on which alone the loss is taken."""
    rows = []
    for sample, answer in answers:
        completion = _writable([{"role": "assistant", "content": answer}] if chat else answer)
        rows.append({"prompt": _shown(sample, system, chat), "completion": completion})
    return rows


def _shown(sample: Sample, system: str, chat: bool) -> Any:
    """The same prompt that the evaluation shows (see `HuggingFaceModel`)."""
    prompt = prompt_of(sample, system=system)
    if chat:
        turns = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        return _writable([dict(turn) for turn in turns])
    text = prompt if isinstance(prompt, str) else "\n\n".join(str(turn["content"]) for turn in prompt)
    return _writable(text)


def _writable(value: Any) -> Any:
    """The value with a question mark for each lone surrogate, which neither Arrow nor a tokenizer takes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _writable(one) for key, one in value.items()}
    return [_writable(one) for one in value] if isinstance(value, list) else value


def _check_gold(expert: Sequence[Sample], data: Data) -> None:
    for sample in expert:
        if not isinstance(sample.columns.get(data.gold), str) or not sample.columns[data.gold].strip():
            hint = did_you_mean(data.gold, sample.columns)
            raise DataError(
                f"an expert row needs the answer to imitate as text in the column '{data.gold}'; it has: "
                f'{", ".join(sample.columns)}.{hint} ([data] gold = "..." names another column)',
                where=sample.where,
            )


def _check_column(run: RunFile, key: str, heldout: Sequence[Sample]) -> None:
    name: str | None = getattr(run.config.data, key)
    for sample in heldout:
        if name is not None and name not in sample.columns:
            raise ConfigError(
                f"{key} = '{name}': no such column in {sample.where}; available: {', '.join(sample.columns)}."
                f"{did_you_mean(name, sample.columns)}",
                where=run.toml.where("data", key),
            )


def _check_apart(samples: Samples) -> None:
    """Held-out prompts measure what was not trained on, so none may be among the trained or choosing ones."""
    known = {prompt_mark(s): s.where for s in (*samples.train, *samples.expert, *samples.validation)}
    measured = (("held-out", samples.heldout), ("unlabelled", samples.unlabelled))
    for kind, sample in ((kind, sample) for kind, rows in measured for sample in rows):
        other = known.get(prompt_mark(sample))
        if other is not None:
            raise DataError(
                f"this {kind} prompt is also a prompt of {other}: a score on it would not show learning. Remove one of them",
                where=sample.where,
            )
