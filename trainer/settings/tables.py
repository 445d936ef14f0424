"""The tables of RUN.toml: their keys, defaults and ranges. `config` reads a file into them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from rewardkit.errors import ConfigError
from rewardkit.judging.spending import parse_budget, parse_price

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Group = Annotated[int, Field(ge=2)]
Temperature = Annotated[float, Field(gt=0, le=10)]


class Table(BaseModel):
    """A frozen table of RUN.toml; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(Table):
    """`[data]`: the files, and how their columns are called here. `slice` names a column to report parts of the held-out data by.

    Without `heldout` the rows of `train` are split in `folds` parts, and each is held out once; `final` then trains a model on all rows. With
    folds = 0 all rows are trained on and `unlabelled` prompts alone are answered. `cluster` names a column whose rows belong together.
    """

    train: Path
    heldout: Path | None = None
    unlabelled: Path | None = None
    folds: Annotated[int, Field(ge=0)] = 4
    final: bool = True
    cluster: str | None = None
    expert: Path | None = None
    validation: Path | None = None
    columns: Mapping[str, str] = {}
    gold: str = "gold"
    system: str = ""
    slice: str | None = None


class Evaluation(Table):
    """`[eval]`: greedy once and `k` sampled completions per held-out prompt. `max_tokens` defaults to the training's completion length.

    `limit` takes a random sample of the held-out and of the unlabelled prompts, the same one whatever the seed of the training.
    """

    k: Positive = 4
    temperature: Temperature = 1.0
    max_tokens: Positive | None = None
    batch_size: Positive = 64
    limit: Positive | None = None
    graders: tuple[str, ...] = ()


class Guard(Table):
    """`[guard]`: training stops when more than this share of the last `window` completions could not be scored.

    When it is a judge that is away, the training, or the evaluation, first waits for it, `wait` seconds at most (0: not at all). `min_entropy`, `max_length_growth` and
    `patience` say when a training is past hope (`watching.health`).

    With `checks`, the newest `check_last` completions are looked at at each checkpoint, as `rewardkit test --on` does; `holdout` is a grader
    that takes no part in the reward. What they find stops the training only with `stop_on_checks`.
    """

    unscored_limit: Share = 0.05
    window: Positive = 200
    checks: bool = True
    holdout: str | None = None
    check_last: Positive = 256
    stop_on_checks: bool = False
    wait: Annotated[float, Field(ge=0, le=86_400)] = 600
    min_entropy: Annotated[float, Field(ge=0)] = 0.01
    max_length_growth: Annotated[float, Field(ge=0)] = 1.5
    patience: Positive = 10


class Record(Table):
    """`[record]`: what is kept of the training besides its figures. `rollouts`: every completion of every step, as Parquet."""

    rollouts: bool = True


class Judge(Table):
    """`[judge]`: the model (or openai:MODEL@URL) that all rubrics ask that name one, the most that it may cost in this run, and its price.

    budget: dollars ("2.50") or tokens ("500k tokens"); once it is spent the training stops and, with a larger one, goes on from its last
    checkpoint. price: dollars for a million tokens of questions and of replies ("0.40,1.60").
    """

    model: str | None = None
    budget: str | None = None
    price: str | None = None

    @field_validator("budget", "price")
    @classmethod
    def _read(cls, value: str | None, info: ValidationInfo) -> str | None:
        try:
            if value is not None:
                (parse_budget if info.field_name == "budget" else parse_price)(value)
        except ConfigError as error:
            raise ValueError(error.message) from None
        return value


class Preflight(Table):
    """`[preflight]`: completions sampled before training to see whether there is anything to learn from."""

    prompts: Positive = 16
    k: Group | None = None


class Curriculum(Table):
    """`[curriculum]`: what is asked, and what is paid for, as the training goes on.

    shaping = "anneal": partial credit counts in full up to `anneal_from` (a share of the steps) and no longer from `anneal_to` on.
    sampling = "difficulty": prompts whose completions differ most in their rewards are drawn more often. resample: groups of one reward
    are drawn anew, with another prompt, up to so many times in a step.
    """

    shaping: Literal["none", "anneal"] = "none"
    anneal_from: Share = 0.25
    anneal_to: Share = 0.75
    sampling: Literal["uniform", "difficulty"] = "uniform"
    resample: Annotated[int, Field(ge=0, le=16)] = 0


class Mixed(Table):
    """`[mixed]`: an SFT loss beside GRPO's, on expert rows, on the training's own completions that were solved, or on both by turns.

    The loss is GRPO's plus `weight` times the mean cross-entropy of the answers' tokens.
    """

    on: Literal["expert", "accepted", "both"]
    weight: Annotated[float, Field(gt=0, le=100)]


class SftAlone(Table):
    """`[sft_alone]`: the same base fine-tuned on the same expert rows only, at the best of these settings on the validation file."""

    learning_rate: Annotated[tuple[float, ...], Field(min_length=1)]
    num_train_epochs: Annotated[tuple[float, ...], Field(min_length=1)]


class Raft(Table):
    """`[raft]`: `rounds` of sampling, grading and fine-tuning on what the grader accepts; its `sft` has keys of trl.SFTConfig for each round.

    A round samples `num_generations` completions of each of `prompts` training prompts (none: all). Those that reach `accept` (none: the
    grader's solved_at) are accepted, and at most `most` different ones of a prompt are kept; with `replay` those of earlier rounds stay.
    """

    rounds: Positive
    num_generations: Group = 8
    prompts: Positive | None = None
    max_completion_length: Positive = 256
    temperature: Temperature = 1.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    accept: float | None = None
    most: Positive = 4
    replay: bool = False
    sft: Mapping[str, Any] = {}


class WarmStart(Table):
    """`[warm_start]`: what [sft] imitates: expert rows, completions of the model itself that the grader accepts, or both.

    `num_generations` completions of each training prompt are sampled once, and kept as in [raft]. With `stop` the warm start ends when the
    graders find nothing better on the validation rows for `patience` epochs, and the best epoch's model goes on.
    """

    on: Literal["expert", "accepted", "both"] = "expert"
    num_generations: Group = 8
    temperature: Temperature = 1.0
    accept: float | None = None
    most: Positive = 4
    stop: bool = False
    patience: Positive = 2


class RunConfig(Table):
    """A whole RUN.toml, its paths made absolute."""

    name: str
    model: str
    grader: str
    data: Data
    method: Literal["grpo", "raft"] = "grpo"
    grpo: Mapping[str, Any] | None = None
    raft: Raft | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    control: Literal["random", "format", "shuffled-reference"] | None = None
    sft: Mapping[str, Any] | None = None
    warm_start: WarmStart | None = None
    lora: Mapping[str, Any] | None = None
    load: Mapping[str, Any] = {}
    eval: Evaluation = Evaluation()
    guard: Guard = Guard()
    record: Record = Record()
    judge: Judge = Judge()
    preflight: Preflight = Preflight()
    curriculum: Curriculum = Curriculum()
    mixed: Mixed | None = None
    sft_alone: SftAlone | None = None

    @field_validator("model", "grader", "name")
    @classmethod
    def _not_empty(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be empty")
        return value
