"""What the options of `grade` come to: which completions, of which samples, into which run folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewardkit.runs import BaselineRow, RunFolder, read_summary

from ..grader import Grader
from ..paths import display_path
from ..samples import Sample
from ..scoring import Scorer
from .answer_files import AnswerFile
from .baselines import SomeSamples, baselines, some_samples
from .faults import Locate
from .grading import Given
from .identity import default_name, file_identity, versions
from .parts import Parts, parts_of
from .small_data import what_shows
from .standings import primary_of
from .stored import Stored


@dataclass(frozen=True, slots=True)
class GradeJob:
    """Completions that are to be graded. `samples` gives theirs, some perhaps several times; `locate` tells where they stand.

    `config` and `identity` are what a resumed run must have in common with its start, `stem` is what its name begins with. `prepare` puts into a new
    folder what is known already.
    """

    given: Sequence[Given]
    graders: Sequence[Grader]
    samples: Callable[[], Iterable[Sample]]
    locate: Locate
    parts: Parts
    config: Mapping[str, Any]
    identity: Mapping[str, Any]
    stem: str
    seed: int
    prepare: Callable[[RunFolder], None] = lambda _: None

    def __len__(self) -> int:
        return sum(len(each.answers) for each in self.given)

    @property
    def stages(self) -> list[str]:
        """The names of the stages, in their order."""
        return list(dict.fromkeys(each.stage for each in self.given))

    def shows(self) -> str:
        """What so many prompts can show of a difference between stages."""
        ids = {sample.id for sample in self.samples()}
        return what_shows(len(ids), None if self.parts.clusters is None else self.parts.units(ids))

    def folder(self, run: str | None, runs_dir: Path) -> RunFolder:
        """The run folder: new, or that of an earlier start of the same job."""
        fingerprints = {g.name: g.fingerprint for g in self.graders}
        named = {**self.config, **fingerprints, **self.identity, "seed": self.seed}
        return RunFolder.open(
            runs_dir,
            run or default_name(self.stem, named),
            "grade",
            self.config,
            versions=versions("duckdb", "sqlglot"),
            fingerprints=fingerprints,
            seed=self.seed,
            samples=self.identity,
            primary=primary_of(self.graders).name,
        )

    def baselines(
        self, folder: RunFolder, scorer: Scorer, some: SomeSamples, *, again: bool, texts: bool
    ) -> tuple[BaselineRow, ...]:
        """The baselines of a run whose results are all there: those that it has, unless they are made `again`.

        `some` saw the samples while they were graded; where it saw none, the samples are read once more.
        """
        known = read_summary(folder.path).baselines
        if known and not again:
            return known
        samples = some.chosen() or some_samples(self.samples(), self.seed)
        return baselines(samples, folder.iter_results(), self.graders, scorer, seed=self.seed, texts=texts)


def job_of_file(
    answers: AnswerFile,
    graders: Sequence[Grader],
    *,
    limit: int | None = None,
    slices: Sequence[str] = (),
    cluster: str | None = None,
) -> GradeJob:
    """The completions of a file as one stage."""

    def samples() -> Iterator[Sample]:
        return (answer.sample for answer in answers)

    drawn_by = None if limit is None else answers.seed
    return GradeJob(
        [Given(answers)],
        graders,
        samples,
        answers.places,
        parts_of(samples(), slices, cluster) if slices or cluster else Parts(),
        {
            "data": str(answers.path),
            "columns": dict(answers.columns),
            "limit": limit,
            **_common(graders, slices, cluster),
        },
        file_identity(answers.path, len(answers), drawn_by=drawn_by, files=answers.files),
        answers.path.stem,
        answers.seed,
    )


def job_of_run(
    stored: Stored,
    graders: Sequence[Grader],
    *,
    data: Path | None = None,
    columns: Mapping[str, str] | None = None,
    limit: int | None = None,
    slices: Sequence[str] = (),
    cluster: str | None = None,
) -> GradeJob:
    """The completions of a run, stage by stage; the configuration names it."""
    drawn_by = None if limit is None else stored.seed
    source = {"run": display_path(stored.path), "verb": stored.info.verb, "config": stored.info.config_hash}
    return GradeJob(
        stored.given,
        graders,
        stored.samples.values,
        stored.places,
        parts_of(stored.samples.values(), slices, cluster),
        {
            "source": source,
            "data": None if data is None else str(data),
            "columns": dict(columns or {}),
            "limit": limit,
            **_common(graders, slices, cluster),
        },
        file_identity(stored.path / "results.jsonl", len(stored), drawn_by=drawn_by, files=stored.files),
        f"{stored.info.name}-graded",
        stored.seed,
        stored.copy_lengths,
    )


def _common(graders: Sequence[Grader], slices: Sequence[str], cluster: str | None) -> dict[str, Any]:
    return {
        "graders": {g.name: display_path(g.file) for g in graders},
        "slices": list(slices),
        "cluster": cluster,
    }
