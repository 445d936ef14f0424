"""What the files of a run hold, line by line, and how they are read back.

    run.json       RunInfo        what was run: configuration, versions, fingerprints, seed
    results.jsonl  Result         one scored completion a line; nothing in it varies between identical runs
    samples.jsonl  SampleRecord   one sample a line; missing when the run keeps no texts
    metrics.jsonl  Metrics        one optimiser step a line
    summary.json   Summary        the figures: stages and comparisons

Reading is strict inside a file (DataError with `file:line`) and forgiving at its end: a last line without its newline is being
written, or was cut off, and is not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from rewardkit.errors import DataError
from rewardkit.samples import Sample
from rewardkit.scores import Cause, Score

Decoding = Literal["greedy", "sampled", "given"]
Metric = Literal["score", "solved"]
Verdict = Literal["better", "worse", "no detectable difference"]
Count = Annotated[int, Field(ge=0)]


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


class ComponentRecord(Record):
    """A named part of a score: see `rewardkit.scores.Component`."""

    name: str
    value: FiniteFloat | None = None
    weight: FiniteFloat | None = None
    level: FiniteFloat | None = None
    reason: str = ""


class Result(Record):
    """One scored completion. `value` is None when it is unscored, and then `cause` says why."""

    stage: str
    decoding: Decoding
    sample: str
    repeat: Count
    grader: str
    fingerprint: str
    completion: str
    value: FiniteFloat | None
    cause: Cause | None = None
    components: tuple[ComponentRecord, ...] = ()
    reason: str = ""

    @property
    def key(self) -> ResultKey:
        """The identity of this line."""
        return ResultKey(self.stage, self.decoding, self.sample, self.repeat, self.grader, self.fingerprint)


class SampleRecord(Record):
    """What the report shows beside a completion."""

    sample: str
    prompt: str
    columns: Mapping[str, Any] = {}


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
    components: Mapping[str, float] = {}


class StageRow(Record):
    """One figure of a stage: the mean of a grader's score, or the share solved, over prompts.

    `low` and `high` are the 95 % interval (None under 10 prompts). `worst` and `best` are the mean had every unscored completion
    got the lowest or the highest score; they are there only when something is unscored. `pass_at_k` is the chance that at least
    one of k samples is solved, `all_k` that all k are; both only on "solved" rows with k > 1.
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


class ComparisonRow(Record):
    """Stage `b` against stage `a` on the prompts both have: `difference` is b minus a, `verdict` is about b."""

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


class Summary(Record):
    """summary.json: the figures of a run."""

    stages: tuple[StageRow, ...] = ()
    comparisons: tuple[ComparisonRow, ...] = ()
    seconds: Mapping[str, float] = {}


class RunInfo(Record):
    """run.json: what was run. `primary` is the grader that the headline is about ("": the first of the summary)."""

    verb: str
    name: str
    config: Mapping[str, Any]
    config_hash: str
    versions: Mapping[str, str]
    fingerprints: Mapping[str, str]
    seed: int
    samples: Mapping[str, Any] = {}
    primary: str = ""


_R = TypeVar("_R", bound=BaseModel)


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
    parts = tuple(
        ComponentRecord(name=c.name, value=c.value, weight=c.weight, level=c.level, reason=c.reason)
        for c in score.components
    )
    return Result(
        stage=stage,
        decoding=decoding,
        sample=sample,
        repeat=repeat,
        grader=grader,
        fingerprint=fingerprint,
        completion=completion,
        value=score.value,
        cause=score.cause,
        components=parts,
        reason=score.reason,
    )


def sample_record(sample: Sample) -> SampleRecord:
    """The line of samples.jsonl for a sample."""
    return SampleRecord(sample=sample.id, prompt=sample.prompt, columns=dict(sample.columns))


def read_run(folder: Path) -> RunInfo:
    """run.json; DataError when there is none."""
    path = folder / "run.json"
    if not path.is_file():
        raise DataError("not a run folder: it has no run.json", where=str(folder))
    return _parse(RunInfo, path.read_bytes(), str(path))


def read_summary(folder: Path) -> Summary:
    """summary.json; an empty Summary before the run has written one."""
    path = folder / "summary.json"
    return _parse(Summary, path.read_bytes(), str(path)) if path.is_file() else Summary()


def read_results(folder: Path) -> list[Result]:
    """The lines of results.jsonl in their order."""
    return _read_lines(Result, folder / "results.jsonl")


def read_keys(folder: Path) -> set[ResultKey]:
    """The keys of results.jsonl without the rest of its lines, for a quick resume."""
    keys = set()
    for line, where in _lines(folder / "results.jsonl"):
        row = _json(line, where)
        try:
            keys.add(ResultKey(*(row[name] for name in ResultKey._fields)))
        except (KeyError, TypeError):
            raise DataError(f"not a result: it needs {', '.join(ResultKey._fields)}", where=where) from None
    return keys


def read_samples(folder: Path) -> list[SampleRecord]:
    """The lines of samples.jsonl in their order."""
    return _read_lines(SampleRecord, folder / "samples.jsonl")


def read_metrics(folder: Path) -> list[Metrics]:
    """The lines of metrics.jsonl in their order."""
    return _read_lines(Metrics, folder / "metrics.jsonl")


def read_timings(folder: Path) -> dict[str, float]:
    """timings.json: seconds by name; empty before the run has written it."""
    path = folder / "timings.json"
    return (
        {str(name): float(value) for name, value in json.loads(path.read_bytes()).items()}
        if path.is_file()
        else {}
    )


def parse_record(model: type[_R], value: object, where: str) -> _R:
    """The value as that record; DataError naming the first field that is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the record"
        raise DataError(f"{field}: {first['msg']}, got {first['input']!r:.80}", where=where) from None


def _read_lines(model: type[_R], path: Path) -> list[_R]:
    return [_parse(model, line, where) for line, where in _lines(path)]


def _lines(path: Path) -> Iterator[tuple[bytes, str]]:
    """The finished lines of a file with where they stand."""
    if path.is_file():
        for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
            yield line, f"{path}:{number}"


def _parse(model: type[_R], text: bytes, where: str) -> _R:
    try:
        return model.model_validate_json(text)
    except (
        ValidationError
    ):  # twice as fast as what follows, but it refuses lone surrogates and has no `file:line`
        return parse_record(model, _json(text, where), where)


def _json(text: bytes, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DataError(
            f"not valid JSON ({error}); delete the line, or restore the file", where=where
        ) from None
