"""A run that has been checked: everything that can be found wrong before TRL or a model is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rewardkit.collecting import check_columns, collect_grader
from rewardkit.errors import ConfigError, GraderError
from rewardkit.grader import Grader

from .reward.controls import changed, dealt_references
from .rows.data import Samples, column_of, read_data
from .rows.unlabelled import without_reference
from .settings.config import RunFile


@dataclass(frozen=True, slots=True)
class Job:
    """A checked run: its file, samples, the reward, and the graders that measure, as a rule the reward first.

    `holdout` looks at training completions beside the reward and takes no part in it. `unlabelled` graders ask for nothing that
    `samples.unlabelled` lack.
    """

    file: RunFile
    samples: Samples
    grader: Grader
    graders: tuple[Grader, ...]
    holdout: Grader | None = None
    unlabelled: tuple[Grader, ...] = ()

    @property
    def all_graders(self) -> tuple[Grader, ...]:
        """The reward, the other graders of the evaluations and the hold-out."""
        return tuple(dict.fromkeys(each for each in (self.grader, *self.graders, self.holdout) if each))

    @property
    def keeps_model(self) -> bool:
        """Whether a model is trained that is kept, beside those of the folds."""
        return self.file.config.data.final or not self.samples.folds

    def folds(self) -> list[Job]:
        """The trainings that hold out the rows of this one, fold by fold; none when it has held-out rows of its own."""
        return [replace(self, samples=samples, unlabelled=()) for samples in self.samples.folds]

    def on_unlabelled(self) -> Job | None:
        """The same models measured on the unlabelled prompts; None when there are none beside the held-out rows."""
        rows = self.samples.unlabelled
        if not rows:
            return None
        clusters = column_of(rows, self.file.config.data.cluster)
        samples = Samples((), rows, source="unlabelled", part={}, clusters=clusters)
        return replace(self, samples=samples, graders=self.unlabelled, unlabelled=(), holdout=None)


def prepare(file: RunFile, *, untested: bool = False, say: Callable[[str], None] | None = None) -> Job:
    """Everything that can be wrong and needs neither TRL nor a model: files, columns, graders, whether they are tested."""
    samples = read_data(file, say=say)
    graders = measuring = _measuring(file)
    check_columns(graders[0], (*samples.train, *samples.validation))
    if samples.source == "unlabelled":
        measuring = without_reference(file, graders, samples.heldout)
    else:
        for grader in graders:
            check_columns(grader, (*samples.heldout, *samples.validation))
    unlabelled = without_reference(file, graders, samples.unlabelled) if samples.unlabelled else []
    holdout = _holdout(file, graders)
    watching = [] if holdout is None else [holdout]
    for grader in watching:
        check_columns(grader, samples.train)
    if file.config.control == "shuffled-reference":
        for part in (samples, *samples.folds):
            dealt_references(graders[0], part.train, file.config.seed)
    if not untested:
        _check_tested(file, [*graders, *watching])
    return Job(file, samples, graders[0], tuple(measuring), holdout, tuple(unlabelled))


def control_told(job: Job) -> list[str]:
    """One sentence that says what the reward of a control experiment is; nothing for any other run."""
    kind, grader, train = job.file.config.control, job.grader, job.samples.train
    if kind is None:
        return []
    what = {
        "random": f"the scores of '{grader.name}', dealt out at random among the completions of each generation",
        "format": f"full marks for the first level of '{grader.name}'"
        if grader.levels
        else "full marks for any answer that has the form of one",
        "shuffled-reference": f"the scores of '{grader.name}' against the references of other samples",
    }[kind]
    if kind == "shuffled-reference":
        what += f" ({changed(grader, train, job.file.config.seed)} of {len(train)} have another reference than their own)"
    return [
        f"control experiment ({kind}): the reward of this training is {what}. The evaluations are by '{grader.name}' itself"
    ]


def graders_of(file: RunFile) -> list[Grader]:
    """The reward, the other graders of the evaluations, and the hold-out."""
    graders = _measuring(file)
    holdout = _holdout(file, graders)
    return list(dict.fromkeys([*graders, *([] if holdout is None else [holdout])]))


def _measuring(file: RunFile) -> list[Grader]:
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
