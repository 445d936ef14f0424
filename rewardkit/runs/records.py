"""What the files of a run hold, line by line (`reading` reads them back).

    run.json       RunInfo        what was run: configuration, versions, fingerprints, seed
    results.jsonl  Result         one scored completion a line; nothing in it varies between identical runs
    faults.jsonl   Fault          what a grader printed on a completion that it could not score, or that broke it; may vary
    samples.jsonl  SampleRecord   one sample a line; missing when the run keeps no texts
    metrics.jsonl  Metrics        one optimiser step a line
    checks.jsonl   Checked        one checkpoint of a training a line: what its completions show of the reward
    notable.jsonl  Notable        the best and the strangest completions of a training step, one a line
    times.jsonl    StepTimes      what one optimiser step took; varies between identical runs
    summary.json   Summary        the figures: stages and comparisons

There are as many results as completions and graders, so a result is a slotted dataclass that costs a few hundred bytes. Making one
checks nothing; `parse_result` does, and nothing gets into a run or out of it that has not passed there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rewardkit.errors import DataError
from rewardkit.samples import Sample
from rewardkit.scores import Cause, Component, Score

Decoding = Literal["greedy", "sampled", "given"]
Metric = Literal["score", "solved"]
Verdict = Literal["better", "worse", "no detectable difference"]
Method = Literal["t", "wilson", "score"]
Count = Annotated[int, Field(ge=0)]
Repeat = Annotated[int, Field(ge=0, lt=10_000_000)]


class Record(BaseModel):
    """A frozen line or file of the run folder; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ResultKey(NamedTuple):
    """What a result is about: at most one line of results.jsonl has it."""

    stage: str
    decoding: str
    sample: str
    repeat: int
    grader: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Result:
    """One scored completion. `value` is None when it is unscored, and then `cause` says why."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", allow_inf_nan=False, revalidate_instances="always"
    )

    stage: str
    decoding: Decoding
    sample: str
    repeat: Repeat
    grader: str
    fingerprint: str
    completion: str
    value: float | None
    cause: Cause | None = None
    components: tuple[Component, ...] = ()
    reason: str = ""

    @property
    def key(self) -> ResultKey:
        """The identity of this line."""
        return ResultKey(self.stage, self.decoding, self.sample, self.repeat, self.grader, self.fingerprint)

    def as_row(self) -> dict[str, Any]:
        """The line of results.jsonl: plain values by name, in the order of the file."""
        return {
            "stage": self.stage,
            "decoding": self.decoding,
            "sample": self.sample,
            "repeat": self.repeat,
            "grader": self.grader,
            "fingerprint": self.fingerprint,
            "completion": self.completion,
            "value": self.value,
            "cause": self.cause,
            "components": [_component_row(part) for part in self.components],
            "reason": self.reason,
        }


class Fault(Record):
    """What a grader printed while it worked on a completion, and where it was when it was stopped; `cause` is that of the result."""

    stage: str
    decoding: Decoding
    sample: str
    repeat: Repeat
    grader: str
    fingerprint: str
    cause: Cause
    output: str

    @property
    def key(self) -> ResultKey:
        """The key of the result that it goes with."""
        return ResultKey(self.stage, self.decoding, self.sample, self.repeat, self.grader, self.fingerprint)


class SampleRecord(Record):
    """What the report shows beside a completion; `messages` where the prompt came as those."""

    sample: str
    prompt: str
    columns: Mapping[str, Any] = {}
    messages: tuple[Mapping[str, Any], ...] | None = None

    def as_row(self) -> dict[str, Any]:
        """The line of samples.jsonl, without what it has not."""
        row = {"sample": self.sample, "prompt": self.prompt, "columns": self.columns}
        return row if self.messages is None else {**row, "messages": self.messages}


class Metrics(BaseModel):
    """One optimiser step. A missing quantity is None and absent from the file, never 0; further numbers are kept as they come."""

    model_config = ConfigDict(frozen=True, extra="allow")

    phase: str
    step: Count
    reward: float | None = None
    reward_std: float | None = None
    saturated: float | None = None
    unscored: float | None = None
    length: float | None = None
    truncated: float | None = None
    loss: float | None = None
    learning_rate: float | None = None
    entropy: float | None = None
    kl: float | None = None
    unique: float | None = None
    components: Mapping[str, float] = {}


class Notable(Record):
    """A completion of a training step that is worth a look; `why` says in words what it is. `completion` is None where the run keeps no texts."""

    phase: str
    step: Count
    kind: Literal["best", "cut off", "length", "repeated", "apart"]
    why: str
    sample: str
    group: str
    score: float | None
    tokens: Count = 0
    completion: str | None = None


class GraderTime(Record):
    """What the calls of a grader took in one step: milliseconds a call, the mean and what 95 % of them stay below."""

    calls: Count
    mean_ms: float
    p95_ms: float


class StepTimes(Record):
    """Wall-clock seconds of one optimiser step on rank 0, and where they went: `seconds` is all of it, `optimising` what the others leave.

    `waiting` is the part of `scoring` in which a judge was away. `reused` is the share of calls that were answered without asking the grader.
    """

    phase: str
    step: Count
    seconds: float
    generating: float = 0.0
    scoring: float = 0.0
    waiting: float = 0.0
    optimising: float = 0.0
    reused: float | None = None
    graders: Mapping[str, GraderTime] = {}


class MeanRow(Record):
    """A mean over so many prompts with its 95 % interval, None under 10 prompts."""

    mean: float
    low: float | None
    high: float | None
    prompts: Count


class FigureRow(Record):
    """A figure of one of the checks RK401 to RK406."""

    check: str
    name: str
    value: float
    low: float | None
    high: float | None
    prompts: Count


class FoundRow(Record):
    """What a check found, and the completion that shows it best; `facts` are the figures behind it."""

    check: str
    severity: str
    title: str
    sample: str = ""
    completion: str | None = None
    expected: str = ""
    facts: tuple[str, ...] = ()


class Checked(Record):
    """A line of checks.jsonl: the completions before one checkpoint, looked at as `rewardkit test --on` does.

    `reward` and `holdout` are the means of the newest completions, `start_reward` and `start_holdout` those of the first that were drawn;
    `trend` says in words what became of the two. `skipped` has the checks that say nothing, with the reason.
    """

    phase: str
    step: Count
    completions: Count
    prompts: Count
    unscored: Count
    reward: MeanRow | None = None
    holdout: MeanRow | None = None
    start_reward: MeanRow | None = None
    start_holdout: MeanRow | None = None
    trend: str = ""
    figures: tuple[FigureRow, ...] = ()
    findings: tuple[FoundRow, ...] = ()
    skipped: Mapping[str, str] = {}


class StageRow(Record):
    """One figure of a stage: the mean of a grader's score, or the share solved, over prompts.

    `low` and `high` are the 95 % interval (None under 10 prompts). `worst` and `best` are the mean had every unscored completion
    got the lowest or the highest score; they are there only when something is unscored. `pass_at_k` is the chance that at least
    one of k samples is solved, `all_k` that all k are; both only on "solved" rows with k > 1. `unique` is the share of distinct
    completions per prompt, where k > 1.

    `slice` names the part of the data that the row is about, as `COLUMN = VALUE` where a column names it; None: all prompts. `clusters`
    counts the groups of prompts that belong together, None where prompts stand alone; `method` says how the interval was made.
    `detectable` is the least true difference to another run on the same prompts that would be found with 80 % power, if the two went
    together with a correlation of 0.5. `median`, `top` and `bottom` (the shares of prompts at the highest and the lowest score) are on
    "score" rows of graders that give more than two values.
    """

    name: str
    grader: str
    metric: Metric
    decoding: Decoding
    prompts: Count
    k: Count
    mean: float | None
    low: float | None
    high: float | None
    unscored: Count
    slice: str | None = None
    pass_at: float | None = None
    pass_at_k: float | None = None
    all_k: float | None = None
    worst: float | None = None
    best: float | None = None
    unique: float | None = None
    clusters: Count | None = None
    method: Method | None = None
    detectable: float | None = None
    median: float | None = None
    top: float | None = None
    bottom: float | None = None


class ComponentRow(Record):
    """The mean of one component of a grader at a stage, over prompts, with its 95 % interval (None under 10 prompts)."""

    name: str
    grader: str
    component: str
    decoding: Decoding
    prompts: Count
    mean: float
    low: float | None
    high: float | None


class LengthRow(Record):
    """How long the completions of a stage are: means of characters and, where the model counts them, tokens; the share cut off."""

    name: str
    decoding: Decoding
    completions: Count
    characters: float
    tokens: float | None = None
    truncated: float | None = None


class BaselineRow(Record):
    """What the best constant answer earns from a grader: one text given to every prompt, whatever was asked.

    `solved` is the most that an answer solves, and `answer` that one; `score` the highest mean score, which may be that of another.
    """

    grader: str
    answer: str
    score: float
    solved: float
    prompts: Count


class ComparisonRow(Record):
    """Stage `b` against stage `a` on the prompts both have: `difference` is b minus a, `verdict` is about b.

    `adjusted` is p after Holm's correction over the pairs of stages, which the verdict then goes by; None where one pair was named in advance.
    """

    a: str
    b: str
    grader: str
    decoding: Decoding
    metric: Metric
    prompts: Count
    difference: float
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    adjusted: float | None = None


class ItemRow(Record):
    """One prompt at one stage, where there are too few for an interval: the means over its scored repeats, None where none was scored."""

    name: str
    grader: str
    decoding: Decoding
    sample: str
    score: float | None
    solved: float | None


class Summary(Record):
    """summary.json: the figures of a run; `reused` counts the scores that were taken from identical completions.

    `notes` are sentences that belong beside the figures: whose they are, what their prompts can show. `items` are there under 10 prompts.
    `generated` counts the completions that each phase of a training drew, where it counts them: what two methods are fairly compared by.
    """

    stages: tuple[StageRow, ...] = ()
    comparisons: tuple[ComparisonRow, ...] = ()
    components: tuple[ComponentRow, ...] = ()
    lengths: tuple[LengthRow, ...] = ()
    baselines: tuple[BaselineRow, ...] = ()
    notes: tuple[str, ...] = ()
    items: tuple[ItemRow, ...] = ()
    reused: Count = 0
    generated: Mapping[str, Count] = {}
    seconds: Mapping[str, float] = {}


NAMED = "files"
"""The key in the `samples` of a run under which the files that rows name stand, with a hash of what is in them."""


class RunInfo(Record):
    """run.json: what was run. `primary` is the grader that the headline is about ("": the first of the summary).

    `started_from` is the file that describes the run, relative to its folder ("": none, or an older run).
    """

    verb: str
    name: str
    config: Mapping[str, Any]
    config_hash: str
    versions: Mapping[str, str]
    fingerprints: Mapping[str, str]
    seed: int
    samples: Mapping[str, Any] = {}
    primary: str = ""
    started_from: str = ""


_ADVICE = "; delete the line, or restore the file"

_R = TypeVar("_R", bound=BaseModel)
_T = TypeVar("_T")


def result_of(
    score: Score,
    *,
    stage: str,
    decoding: Decoding,
    sample: str,
    repeat: int,
    grader: str,
    fingerprint: str,
    completion: str,
) -> Result:
    """The line of results.jsonl for a score."""
    return Result(
        stage,
        decoding,
        sample,
        repeat,
        grader,
        fingerprint,
        completion,
        score.value,
        score.cause,
        score.components,
        score.reason,
    )


def fault_of(score: Score, key: ResultKey) -> Fault | None:
    """The line of faults.jsonl for a score; None when there is nothing to keep."""
    if score.cause is None or not score.output:
        return None
    return parse_record(
        Fault, {**key._asdict(), "cause": score.cause, "output": score.output}, "faults.jsonl"
    )


def sample_record(sample: Sample) -> SampleRecord:
    """The line of samples.jsonl for a sample."""
    return SampleRecord(
        sample=sample.id, prompt=sample.prompt, columns=dict(sample.columns), messages=sample.messages
    )


def parse_result(row: Result | Mapping[str, Any], where: str) -> Result:
    """The row as a result whose every field is what it says; DataError naming the first one that is not."""
    try:
        return _RESULT.validate_python(row)
    except ValidationError as error:
        raise _wrong_field(error, where) from None


def parse_result_line(line: bytes, where: str) -> Result:
    """A line of results.jsonl; DataError naming the first field that is wrong."""
    try:
        return _RESULT.validate_json(line)
    except ValidationError:  # also for what is right and the fast parser refuses: lone surrogates
        return _again(_RESULT.validate_python, line, where)


def parse_key_line(line: bytes, where: str) -> ResultKey:
    """The key of a line of results.jsonl or faults.jsonl, without the rest of it: half the time."""
    try:
        key = _KEY.validate_json(line)
    except ValidationError:
        key = _again(_KEY.validate_python, line, where)
    return ResultKey(key.stage, key.decoding, key.sample, key.repeat, key.grader, key.fingerprint)


def parse_record(model: type[_R], value: object, where: str) -> _R:
    """The value as that record; DataError naming the first field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _wrong_field(error, where) from None


def parse_record_line(model: type[_R], line: bytes, where: str) -> _R:
    """A line or a file of JSON as that record."""
    try:
        return model.model_validate_json(line)
    except ValidationError:
        return _again(model.model_validate, line, where)


def _again(validate: Callable[[Any], _T], line: bytes, where: str) -> _T:
    """The slow way through a line, which says what is wrong with it."""
    try:
        return validate(json.loads(line))
    except ValidationError as error:
        raise _wrong_field(error, where, _ADVICE) from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"not valid JSON ({error}){_ADVICE}", where=where) from None


@dataclass(frozen=True, slots=True)
class _Key:
    """The part of a line that is its key; what else is in the line is not looked at."""

    stage: str
    decoding: Decoding
    sample: str
    repeat: Repeat
    grader: str
    fingerprint: str


_RESULT = TypeAdapter(Result)
_KEY = TypeAdapter(_Key)


def _component_row(part: Component) -> dict[str, Any]:
    return {
        "name": part.name,
        "value": part.value,
        "weight": part.weight,
        "level": part.level,
        "reason": part.reason,
    }


def _wrong_field(error: ValidationError, where: str, advice: str = "") -> DataError:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    what = f"{field}: {first['msg']}" if field else "a record is an object with names and values"
    return DataError(f"{what}, got {first['input']!r:.80}{advice}", where=where)
