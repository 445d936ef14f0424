"""The stages of a run, each done once: what a kill interrupted is found by what lies in the run folder.

Among several processes every one goes through the same stages. Rank 0 decides what is left to do, holds the run folder and saves models;
evaluations are shared out in whole batches, each process keeping the results of its own until rank 0 merges them.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rewardkit.evaluating.answers import key_of
from rewardkit.evaluating.huggingface import free_memory
from rewardkit.evaluating.loop import Plan, evaluate, planned, whole_groups
from rewardkit.evaluating.models import Model
from rewardkit.guard import Guard
from rewardkit.runs import RunFolder
from rewardkit.runs.records import Decoding
from rewardkit.scoring import Scorer

from .folders import merge, open_folder
from .jobs import Job
from .methods.policies import Policy, load_policy, save_policy
from .plans import evaluation_plans, share_of
from .preflight import preflight
from .publishing import headline, publish
from .ranks import Ranks
from .reporting import Reporter
from .reward.outages import Patience, PatientScorer
from .settings.backends import backends_of, logs_under
from .settings.tables import RunConfig

FINAL = "final"
"""The folder of the trained model below checkpoints/."""


def trained_stage(config: RunConfig) -> str:
    """The stage of the method, whose model is kept: `rft` after GRPO, `raft` after RAFT."""
    return "raft" if config.method == "raft" else "rft"


def stages_of(config: RunConfig) -> dict[str, str | None]:
    """The stages that are measured, each with the folder of its model below checkpoints/; None for the base model."""
    asked = {
        "base": True,
        "sft": config.sft is not None,
        trained_stage(config): True,
        "sft_alone": config.sft_alone is not None,
    }
    folders = {"base": None, "sft": "sft", trained_stage(config): FINAL, "sft_alone": "sft_alone"}
    return {stage: folders[stage] for stage, wanted in asked.items() if wanted}


def has_models(job: Job, folder: Path) -> bool:
    """Whether every model is there that the configuration asks for."""
    saved = [name for name in stages_of(job.file.config).values() if name is not None]
    return all((folder / "checkpoints" / name).is_dir() for name in saved)


def has_results(job: Job, folder: RunFolder) -> bool:
    """Whether every stage is measured on every held-out row. Needs neither TRL nor a model."""
    config, done = job.file.config, folder.done_keys()
    repeats: dict[Decoding, int] = {"greedy": 1, "sampled": config.eval.k}
    return all(
        key_of(sample, repeat, grader, stage, decoding) in done
        for stage in stages_of(config)
        for decoding, k in repeats.items()
        for sample in job.samples.heldout
        for repeat in range(k)
        for grader in job.graders
    )


class Stages:
    """The stages of one run, each done once. `texts` False keeps prompts and completions out of samples.jsonl and the report.

    `folder` is the open folder at `path` on rank 0, and None on the others.
    """

    def __init__(
        self,
        job: Job,
        path: Path,
        folder: RunFolder | None,
        scorer: Scorer,
        reporter: Reporter,
        ranks: Ranks,
        *,
        texts: bool = True,
    ) -> None:
        self._job = job
        self._config = job.file.config
        self._path = path
        self._folder_of_first = folder
        self._scorer = scorer
        self._reporter = reporter
        self._ranks = ranks
        self._texts = texts

    @property
    def _folder(self) -> RunFolder:
        """On rank 0 only."""
        assert self._folder_of_first is not None
        return self._folder_of_first

    def all(self) -> None:
        """Every stage that the configuration asks for. With folds they only train: the rows were answered by the models of the folds."""
        config = self._config
        self._ranks.first(self.keep_texts)
        start: Path | None = None
        self.evaluate("base", None)
        if config.sft is not None:
            start = self._stage("sft", "sft", self._warm_up)
            self.evaluate("sft", start)
            if not self._ranks.first(self._has_begun):
                preflight(self._job, start, self._scorer, self._reporter, self._ranks)
        trained = trained_stage(config)
        final = self._stage(trained, FINAL, lambda work: self._train(start, work))
        self.evaluate(trained, final)
        if config.sft_alone is not None:
            alone = self._stage("sft_alone", "sft_alone", self._train_sft_alone)
            self.evaluate("sft_alone", alone)
        self._ranks.first(self.publish)

    def measure(self, models: Path) -> None:
        """What another run has left in the checkpoints of its folder, and the base model, on the prompts of this one; nothing is trained."""
        self._ranks.first(self.keep_texts)
        for stage, name in stages_of(self._config).items():
            self.evaluate(stage, None if name is None else models / "checkpoints" / name)
        self._ranks.first(self.publish)

    def evaluate(self, stage: str, source: Path | None) -> None:
        """Greedy and sampled completions of every held-out prompt, scored by every grader; none of rows that this run trains on."""
        if self._job.samples.folds:
            return
        plans = evaluation_plans(self._job.file, stage)
        todo = self._ranks.first(lambda: self._left(plans))
        if not todo:
            return
        with self._timed(f"eval {stage}"):
            model = self._ranks.together(lambda: load_policy(self._job.file, source).as_model(stage))
            for plan in todo:
                self._ranks.together(partial(self._evaluate, model, plan))
                self._ranks.first(self._merge)
        free_memory()
        self._ranks.first(lambda: self._reporter.say(headline(self._job, self._folder, stage)))

    def _left(self, plans: Sequence[Plan]) -> list[Plan]:
        """The plans whose results are not all there, after merging what a kill left in the files of other processes."""
        self._merge()
        return [plan for plan in plans if self._lacks(plan)]

    def _evaluate(self, model: Model, plan: Plan) -> None:
        """This process's share of a plan."""
        plan = whole_groups(plan, self._job.graders)
        samples = share_of(self._job.samples.heldout, plan, self._ranks)
        whose = "" if self._ranks.size == 1 else f" (rank {self._ranks.rank} of {self._ranks.size})"
        on_progress = partial(self._reporter.progress, f"{plan.stage} {plan.sampling.decoding}{whose}")
        with self._opened() as folder:
            evaluate(
                model,
                samples,
                self._job.graders,
                plan,
                folder,
                self._patient(f"{plan.stage} {plan.sampling.decoding}"),
                on_progress,
                guard=Guard(limit=1),
            )

    @contextmanager
    def _opened(self) -> Iterator[RunFolder]:
        if self._folder_of_first is not None:
            yield self._folder_of_first
            return
        with open_folder(self._job, self._path, self._ranks) as folder:
            yield folder

    def _merge(self) -> None:
        if self._ranks.size > 1:
            merge(self._folder, self._job.samples.heldout, self._config.eval.k)

    def _has_begun(self) -> bool:
        """Whether the training by the method has."""
        steps = f"{trained_stage(self._config)}-steps"
        return any((self._folder.checkpoints / name).exists() for name in (FINAL, steps))

    def _lacks(self, plan: Plan) -> bool:
        """Whether the folder has not all results of a plan."""
        done = self._folder.done_keys()
        return any(
            key_of(unit.sample, unit.repeat, grader, plan.stage, plan.sampling.decoding) not in done
            for batch in planned(self._job.samples.heldout, plan)
            for unit in batch
            for grader in self._job.graders
        )

    def keep_texts(self) -> None:
        """Write samples.jsonl, unless texts are to be kept out of the folder. On rank 0 only."""
        if self._texts:
            self._folder.append_samples(self._job.samples.heldout)

    def publish(self) -> None:
        """Write summary.json and report.html from what there is. On rank 0 only."""
        publish(self._job, self._folder, texts=self._texts)

    def _stage(self, stage: str, name: str, train: Callable[[Path], Policy]) -> Path:
        """The folder of a finished stage: trained now, in a work folder that outlives a kill, unless it is there."""
        done = self._path / "checkpoints" / name
        work = done.with_name(f"{stage}-steps")
        if not self._ranks.first(done.is_dir):
            self._ranks.first(lambda: work.mkdir(parents=True, exist_ok=True))
            keys = self._config.grpo if stage == "rft" else self._config.sft
            with self._timed(stage), logs_under(self._path, stage, backends_of(keys)):
                policy = train(work)
                self._ranks.first(lambda: save_policy(policy, done))
            free_memory()
        self._ranks.first(lambda: shutil.rmtree(work, ignore_errors=True))
        return done

    def _warm_up(self, work: Path) -> Policy:
        from .methods.warm_start import WarmUp

        graders = dict.fromkeys((self._job.grader, *self._job.graders))
        warm_up = WarmUp(
            self._job.file,
            self._job.samples,
            list(graders),
            folder=self._folder_of_first,
            scorer=self._scorer,
            reporter=self._reporter,
            ranks=self._ranks,
        )
        return warm_up.train(work, work.with_name("sft.json"))

    def _train(self, start: Path | None, work: Path) -> Policy:
        """By the method of the run, from the model of the stage `start`."""
        from .methods.grpo import train_grpo
        from .methods.raft import train_raft

        train = {"raft": partial(train_raft), "grpo": partial(train_grpo, expert=self._job.samples.expert)}
        return train[self._config.method](
            self._job.file,
            self._job.samples.train,
            self._job.grader,
            start,
            work,
            holdout=self._job.holdout,
            folder=self._folder_of_first,
            scorer=self._scorer,
            reporter=self._reporter,
            ranks=self._ranks,
            texts=self._texts,
        )

    def _train_sft_alone(self, work: Path) -> Policy:
        from .methods.choosing import choose
        from .methods.sft import train_sft

        point = choose(
            self._job.file,
            self._job.samples.expert,
            self._job.samples.validation,
            self._job.grader,
            work.with_name("sft_alone.json"),
            work,
            plans=evaluation_plans(self._job.file, "validation"),
            scorer=self._patient("sft_alone settings"),
            reporter=self._reporter,
            ranks=self._ranks,
        )
        self._reporter.say(
            f"sft_alone: best on validation is learning_rate {point.learning_rate:g}, {point.num_train_epochs:g} epochs "
            f"(greedy {point.greedy:.1%}, sampled {point.sampled:.1%})"
        )
        return train_sft(
            self._job.file,
            self._job.samples.expert,
            work,
            phase="sft_alone",
            folder=self._folder_of_first,
            reporter=self._reporter,
            ranks=self._ranks,
            changes=point.changes,
        )

    def _patient(self, where: str) -> PatientScorer:
        return PatientScorer(self._scorer, Patience.of(self._config.guard, self._reporter), where)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            if self._folder_of_first is not None:
                self._folder_of_first.add_seconds(name, time.monotonic() - begun)
