"""The prompts on which the other side did worst against the base, with both texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.runs import Result, ResultKey, SampleRecord, iter_samples, reading

from .sides import Side


@dataclass(frozen=True, slots=True)
class Regression:
    """A prompt whose mean fell: its two means, and of each side the completion that stands for it (the lowest of the other, the highest of the base).

    `prompt` and `reference` are None where the run keeps no texts.
    """

    sample: str
    base: float
    other: float
    before: Result
    after: Result
    prompt: str | None
    reference: object

    @property
    def difference(self) -> float:
        """The other minus the base; below 0."""
        return self.other - self.base

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "sample": self.sample,
            "base": self.base,
            "other": self.other,
            "prompt": self.prompt,
            "reference": self.reference,
            "base_completion": self.before.completion,
            "base_reason": self.before.reason,
            "other_completion": self.after.completion,
            "other_reason": self.after.reason,
        }


def regressions(
    base: Side,
    other: Side,
    means: tuple[Mapping[str, float], Mapping[str, float]],
    *,
    grader: str,
    decoding: str,
    most: int,
) -> list[Regression]:
    """The `most` greatest falls, the worst first; the texts are those of the first run of each side."""
    first, second = means
    fallen = sorted(
        (sample for sample in first if sample in second and second[sample] < first[sample] - 1e-9),
        key=lambda sample: second[sample] - first[sample],
    )[:most]
    if not fallen:
        return []
    wanted = set(fallen)
    before = _typical(base, grader, decoding, wanted, highest=True)
    after = _typical(other, grader, decoding, wanted, highest=False)
    samples = _samples(base.runs[0].path, wanted)
    return [
        _regression(sample, first, second, before[sample], after[sample], samples.get(sample))
        for sample in fallen
        if sample in before and sample in after
    ]


def _regression(
    sample: str,
    first: Mapping[str, float],
    second: Mapping[str, float],
    before: Result,
    after: Result,
    record: SampleRecord | None,
) -> Regression:
    return Regression(
        sample,
        first[sample],
        second[sample],
        before,
        after,
        record.prompt if record else None,
        record.columns.get("reference") if record else None,
    )


def _typical(side: Side, grader: str, decoding: str, wanted: set[str], *, highest: bool) -> dict[str, Result]:
    """One scored completion of each sample."""
    found: dict[str, Result] = {}
    sign = 1 if highest else -1
    for result in _of(side.runs[0].path, (side.stage, decoding, grader), wanted):
        known = found.get(result.sample)
        if known is None or sign * (result.value or 0.0) > sign * (known.value or 0.0):
            found[result.sample] = result
    return found


def _of(folder: Path, place: tuple[str, str, str], wanted: set[str]) -> Sequence[Result]:
    """The scored results of those samples."""

    def is_meant(key: ResultKey) -> bool:
        return key.sample in wanted and (key.stage, key.decoding, key.grader) == place

    results = (read() for key, read in reading.iter_keyed(folder) if is_meant(key))
    return [result for result in results if result.value is not None]


def _samples(folder: Path, wanted: set[str]) -> dict[str, SampleRecord]:
    if not (folder / "samples.jsonl").is_file():
        return {}
    return {row.sample: row for row in iter_samples(folder) if row.sample in wanted}
