"""A run that has been checked: everything that can be found wrong before TRL or a model is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rewardkit.collecting import check_columns, collect_grader
from rewardkit.errors import ConfigError, GraderError
from rewardkit.grader import Grader

from .config import RunFile
from .data import Samples, read_data


@dataclass(frozen=True, slots=True)
class Job:
    """A checked run: its file, samples and graders; the first grader is the one that training maximises.

    `holdout` looks at training completions beside it and takes no part in the reward.
    """

    file: RunFile
    samples: Samples
    graders: tuple[Grader, ...]
    holdout: Grader | None = None

    @property
    def all_graders(self) -> tuple[Grader, ...]:
        """The reward, the other graders of the evaluations and the hold-out."""
        return self.graders if self.holdout is None else (*self.graders, self.holdout)

    @property
    def grader(self) -> Grader:
        """The reward."""
        return self.graders[0]


def prepare(file: RunFile, *, untested: bool = False, say: Callable[[str], None] | None = None) -> Job:
    """Everything that can be wrong and needs neither TRL nor a model: files, columns, graders, whether they are tested."""
    samples = read_data(file, say=say)
    graders = _graders(file)
    check_columns(graders[0], samples.train)
    for grader in graders:
        check_columns(grader, (*samples.heldout, *samples.validation))
    holdout = _holdout(file, graders)
    watching = [] if holdout is None else [holdout]
    for grader in watching:
        check_columns(grader, samples.train)
    if not untested:
        _check_tested(file, [*graders, *watching])
    return Job(file, samples, tuple(graders), holdout)


def _graders(file: RunFile) -> list[Grader]:
    graders: dict[str, Grader] = {}
    for target, key in (
        (file.config.grader, ("grader",)),
        *((t, ("eval", "graders")) for t in file.config.eval.graders),
    ):
        grader = _collected(file, target, *key)
        graders.setdefault(grader.name, grader)
    return list(graders.values())


def _holdout(file: RunFile, graders: Sequence[Grader]) -> Grader | None:
    target = file.config.guard.holdout
    if target is None:
        return None
    grader = _collected(file, target, "guard", "holdout")
    same = [other for other in graders if other.name == grader.name]
    if graders[0] in same or any(other.fingerprint != grader.fingerprint for other in same):
        whose = "the reward" if graders[0] in same else "another grader of this run"
        raise ConfigError(
            f"holdout '{grader.name}' has the name of {whose}; a hold-out is a grader of its own, never used as reward",
            where=file.toml.where("guard", "holdout"),
        )
    return grader


def _collected(file: RunFile, target: str, *key: str) -> Grader:
    try:
        return collect_grader(target)
    except GraderError as error:
        raise GraderError(str(error), where=file.toml.where(*key)) from None


def _check_tested(file: RunFile, graders: Sequence[Grader]) -> None:
    """Every grader must be in graders.lock, of the current folder or beside RUN.toml, as it is now."""
    from rewardkit.checking.calibrated import not_held
    from rewardkit.checking.lock import LOCK, verify

    problems = verify(graders, LOCK if LOCK.is_file() else file.folder / LOCK)
    problems += not_held(graders)
    if problems:
        raise GraderError("\n".join([*problems, "(--untested trains with it all the same)"]))
