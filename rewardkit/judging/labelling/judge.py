"""How the rubric's judge agrees with people, as `rewardkit calibrate` last found it: for raters who are done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...errors import ConfigError, GraderError
from ..calibration_file import KeptCalibration, outdated, read_calibration, relabelled
from ..rubric_files import read_rubric


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """The kept calibration, and why it says less than it did: of another version or judge, or of labels that have changed since; or empty."""

    kept: KeptCalibration
    but: str


def judge_figures(rubric: Path | None) -> JudgeFigures | None:
    """The figures kept beside a rubric's file; None where there are none, or the file is only good to label by."""
    if rubric is None:
        return None
    try:
        grader = read_rubric(rubric)
        kept = read_calibration(grader)
    except (ConfigError, GraderError):
        return None
    if kept is None:
        return None
    since = "the labels have changed since" if relabelled(grader, kept) else ""
    return JudgeFigures(kept, outdated(grader, kept) or since)
