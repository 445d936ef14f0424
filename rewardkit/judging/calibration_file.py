"""`NAME.calibration.json` beside a rubric: the figures of its last calibration, and of what it was one. To be committed, and read in CI.

    kept = read_calibration(rubric)                # None where there is none
    stale = outdated(rubric, kept)                 # why it is no longer about this rubric and judge; empty while it is

It holds one calibration with the rubric's own judge, and one for each other that `--judge` named, so that trying one costs nothing. It holds
no text and no name of a rater. A bar is compared with the figures anew each time that it is asked about.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from os.path import relpath
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ConfigError, GraderError
from ..evaluating.statistics.bootstrap import Estimate
from ..grader import Grader
from ..paths import display_path
from ..runs.files import write_json
from .calibration import Calibration, CriterionCalibration, Outcome, outcome_of
from .declared import declared_of
from .named import JUDGE


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KeptEstimate(_Strict):
    """A value with its 95 % bounds over `n` completions; None where it, or they, cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def estimate(self) -> Estimate:
        """As it was reckoned with."""
        return Estimate(self.value, self.low, self.high, self.n)


class KeptCriterion(_Strict):
    """One criterion: agreement of judge and people, as a share and as kappa; alpha among the people; and the bar, if there is one."""

    id: str
    n: int
    agreement: KeptEstimate
    kappa: KeptEstimate
    alpha_people: KeptEstimate
    min_kappa: float | None

    @property
    def outcome(self) -> Outcome | None:
        """Whether the bar is met; None without one."""
        return None if self.min_kappa is None else outcome_of(self.kappa.estimate, self.min_kappa)


class KeptCalibration(_Strict):
    """One calibration. `asked` is what `--judge` said, empty for the rubric's own judges, whose identities are `judges`.

    `labels` is seen from the file's folder, and `labels_digest` is one of its content; `unscored` counts by cause.
    """

    asked: str
    judges: tuple[str, ...]
    fingerprint: str
    labels: str
    labels_digest: str
    raters: int
    completions: int
    judged: int
    unscored: dict[str, int]
    criteria: tuple[KeptCriterion, ...]


class _File(_Strict):
    rubric: str
    calibrations: tuple[KeptCalibration, ...]


def path_of(rubric: Grader) -> Path:
    """Where the calibration of a rubric is kept."""
    return rubric.file.parent / f"{rubric.name}.calibration.json"


def write_calibration(
    rubric: Grader, calibration: Calibration, labels: Path, unscored: Mapping[str, int]
) -> Path:
    """Keep it; the same labels and verdicts give the same bytes. Raises CannotWrite."""
    path = path_of(rubric)
    kept = KeptCalibration(
        asked=_asked(),
        judges=identities(rubric),
        fingerprint=rubric.fingerprint,
        labels=Path(relpath(labels.resolve(), path.parent.resolve())).as_posix(),
        labels_digest=digest_of(labels),
        raters=len(calibration.raters),
        completions=calibration.completions,
        judged=calibration.judged,
        unscored=dict(sorted(unscored.items())),
        criteria=tuple(map(_kept, calibration.criteria)),
    )
    others = [other for other in _read(path) if other.asked != kept.asked]
    both = sorted([*others, kept], key=lambda each: each.asked)
    write_json(path, _File(rubric=rubric.name, calibrations=tuple(both)).model_dump())
    return path


def read_calibration(rubric: Grader) -> KeptCalibration | None:
    """The calibration with the judge that is asked now; None where there is none, ConfigError for a file that holds none."""
    asked = _asked()
    return next((kept for kept in _read(path_of(rubric)) if kept.asked == asked), None)


def _read(path: Path) -> tuple[KeptCalibration, ...]:
    if not path.is_file():
        return ()
    try:
        return _File.model_validate_json(path.read_bytes()).calibrations
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"no calibration: {f'{place}: ' if place else ''}{first['msg']}; delete the file and run `rewardkit calibrate` again",
            where=display_path(path),
        ) from None


def _asked() -> str:
    """The judge that `--judge` names in the place of the rubric's own, as long as the verb runs."""
    return os.environ.get(JUDGE, "")


def outdated(rubric: Grader, kept: KeptCalibration) -> str:
    """Why a calibration says nothing of this rubric as it is now, with its judge; empty when it does."""
    if kept.fingerprint != rubric.fingerprint:
        return f"it is of another version of the rubric ({kept.fingerprint}; now {rubric.fingerprint})"
    judges = identities(rubric)
    if kept.judges != judges:
        return f"it is of another judge ({'; '.join(kept.judges)}; now {'; '.join(judges)})"
    return ""


def relabelled(rubric: Grader, kept: KeptCalibration) -> bool:
    """Whether the labels have changed since. Where they are not, they may be anything: people's texts are not always committed."""
    labels = path_of(rubric).parent / kept.labels
    return labels.is_file() and digest_of(labels) != kept.labels_digest


def identities(rubric: Grader) -> tuple[str, ...]:
    """What decides the answers of each of its judges; of a name that is none, why."""
    try:
        return tuple(judge.identity for judge in declared_of(rubric).judges())
    except GraderError as error:
        return (error.message,)


def digest_of(labels: Path) -> str:
    """16 hexadecimal digits for what is in a file."""
    return blake2b(labels.read_bytes(), digest_size=8).hexdigest()


def _kept(criterion: CriterionCalibration) -> KeptCriterion:
    return KeptCriterion(
        id=criterion.id,
        n=criterion.n,
        agreement=_rounded(criterion.agreement),
        kappa=_rounded(criterion.kappa),
        alpha_people=_rounded(criterion.alpha_people),
        min_kappa=None if criterion.bar is None else criterion.bar.min_kappa,
    )


def _rounded(estimate: Estimate) -> KeptEstimate:
    """To digits that every machine finds alike."""
    value, low, high = (
        None if number is None else round(number, 9)
        for number in (estimate.value, estimate.low, estimate.high)
    )
    return KeptEstimate(value=value, low=low, high=high, n=estimate.n)
