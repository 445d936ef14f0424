"""Prompts without references: which graders can judge answers to them, and what is to be said of those.

Where labelled rows are few, prompts seldom are. A rubric asks a judge and needs no reference, so it can compare the base model with the
trained one on prompts that nobody labelled; how far it may be trusted is what its calibration says (docs/judges.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rewardkit.errors import ConfigError
from rewardkit.grader import BUILT_IN, JUDGED, Grader
from rewardkit.samples import Sample

from ..settings.config import RunFile


def without_reference(run: RunFile, graders: Sequence[Grader], samples: Sequence[Sample]) -> list[Grader]:
    """Those of the graders that ask for nothing that a sample lacks or leaves empty; ConfigError, saying what each asks for, when there is none."""
    lacking = {grader.name: lacks(grader, samples) for grader in graders}
    able = [grader for grader in graders if not lacking[grader.name]]
    if able:
        return able
    asked = "; ".join(f"'{name}' asks for {', '.join(map(repr, names))}" for name, names in lacking.items())
    assert run.config.data.unlabelled is not None
    raise ConfigError(
        f"no grader of this run can judge the prompts of {run.config.data.unlabelled.name}, whose rows lack what they ask for: {asked}. "
        "Name one in [eval] graders that asks for no reference, such as a rubric (docs/judges.md)",
        where=run.toml.where("data", "unlabelled"),
    )


def uncalibrated(graders: Sequence[Grader]) -> Iterator[str]:
    """A warning for each rubric whose agreement with people nothing vouches for."""
    from rewardkit.judging.declared import declared_of
    from rewardkit.judging.named import rubrics_of

    for rubric in rubrics_of(graders):
        if declared_of(rubric).min_kappa is None:
            yield (
                f"{rubric} judges the unlabelled prompts and has no min_kappa, so nothing says how far its judge agrees with people; "
                "`rewardkit calibrate` measures it, and min_kappa makes it a condition"
            )


def lacks(grader: Grader, samples: Sequence[Sample]) -> list[str]:
    """The columns that it asks for and that some sample lacks or leaves empty."""
    asked = sorted(set(grader.needs) - {*BUILT_IN, "id"})
    found = [name for name in asked if any(_empty(sample, name) for sample in samples)]
    if found or grader.kind in JUDGED or not grader.reference_in:
        return found
    # It takes the whole sample, and where a function of code looks for a reference is known.
    blank = any(all(_empty(sample, name) for name in grader.reference_in) for sample in samples)
    return [grader.reference_in[0]] if blank else []


def _empty(sample: Sample, column: str) -> bool:
    return sample.columns.get(column) in (None, "")
