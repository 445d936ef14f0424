"""The stages of a run, each done once: what a kill interrupted is found by what lies in the run folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rewardkit.evaluating.answers import key_of
from rewardkit.evaluating.loop import Plan, evaluate, planned
from rewardkit.evaluating.summary import compare_stages, summarise
from rewardkit.runs import RunFolder
from rewardkit.runs.records import Decoding
from rewardkit.runs.report import write_report
from rewardkit.scoring import Scorer

from .jobs import Job
from .plans import evaluation_plans
from .policies import Policy, free_memory, load_policy, save_policy
from .preflight import preflight
from .reporting import Reporter

FINAL = "final"
"""The folder of the trained model below checkpoints/."""


def is_complete(job: Job, folder: RunFolder) -> bool:
    """Whether every stage, its evaluation and the summary are there. Needs neither TRL nor a model."""
    config, done = job.file.config, folder.done_keys()
    optional = {"sft": config.sft, "sft_alone": config.sft_alone}
    saved = {"rft": FINAL, **{name: name for name, table in optional.items() if table is not None}}
    repeats: dict[Decoding, int] = {"greedy": 1, "sampled": config.eval.k}
    return (
        (folder.path / "summary.json").is_file()
        and all((folder.checkpoints / name).is_dir() for name in saved.values())
        and all(
            key_of(sample, repeat, grader, stage, decoding) in done
            for stage in ("base", *saved)
            for decoding, k in repeats.items()
            for sample in job.samples.heldout
            for repeat in range(k)
            for grader in job.graders
        )
    )


class Stages:
    """The stages of one run, each done once. `texts` False keeps prompts and completions out of samples.jsonl and the report."""

    def __init__(
        self, job: Job, folder: RunFolder, scorer: Scorer, reporter: Reporter, *, texts: bool = True
    ) -> None:
        self._job = job
        self._config = job.file.config
        self._folder = folder
        self._scorer = scorer
        self._reporter = reporter
        self._texts = texts

    def all(self) -> None:
        """Every stage that the configuration asks for."""
        config = self._config
        if self._texts:
            self._folder.append_samples(self._job.samples.heldout)
        start: Path | None = None
        self.evaluate("base", None)
        if config.sft is not None:
            start = self._stage("sft", "sft", lambda work: self._train_sft("sft", work, {}))
            self.evaluate("sft", start)
            if not any((self._folder.checkpoints / name).exists() for name in (FINAL, "rft-steps")):
                preflight(self._job, start, self._scorer, self._reporter)
        final = self._stage("rft", FINAL, lambda work: self._train_grpo(start, work))
        self.evaluate("rft", final)
        if config.sft_alone is not None:
            alone = self._stage("sft_alone", "sft_alone", self._train_sft_alone)
            self.evaluate("sft_alone", alone)
        self.publish()

    def evaluate(self, stage: str, source: Path | None) -> None:
        """Greedy and sampled completions of every held-out prompt, scored by every grader."""
        samples, graders = self._job.samples.heldout, self._job.graders
        todo = [plan for plan in evaluation_plans(self._job.file, stage) if self._lacks(plan)]
        if not todo:
            return
        with self._timed(f"eval {stage}"):
            model = load_policy(self._job.file, source).as_model(stage)
            for plan in todo:
                on_progress = partial(self._reporter.progress, f"{stage} {plan.sampling.decoding}")
                evaluate(model, samples, graders, plan, self._folder, self._scorer, on_progress)
        free_memory()
        self._reporter.say(self._headline(stage))

    def _lacks(self, plan: Plan) -> bool:
        """Whether the folder has not all results of a plan."""
        done = self._folder.done_keys()
        return any(
            key_of(unit.sample, unit.repeat, grader, plan.stage, plan.sampling.decoding) not in done
            for batch in planned(self._job.samples.heldout, plan)
            for unit in batch
            for grader in self._job.graders
        )

    def publish(self) -> None:
        """Write summary.json and report.html from what there is."""
        results = self._folder.read_results()
        bars = {grader.name: grader.options.solved_at for grader in self._job.graders}
        name = self._config.data.slice
        slices = {s.id: str(s.columns[name]) for s in self._job.samples.heldout} if name else None
        ranges = {grader.name: grader.options.range for grader in self._job.graders}
        summary = {
            "stages": [
                row.model_dump() for row in summarise(results, pass_at=bars, slices=slices, ranges=ranges)
            ],
            "comparisons": [
                row.model_dump() for row in compare_stages(results, pass_at=bars, seed=self._config.seed)
            ],
            "seconds": self._folder.seconds(),
        }
        self._folder.write_summary(summary)
        write_report(self._folder.path, texts=self._texts)

    def _stage(self, stage: str, name: str, train: Callable[[Path], Policy]) -> Path:
        """The folder of a finished stage: trained now, in a work folder that outlives a kill, unless it is there."""
        done = self._folder.checkpoints / name
        work = self._folder.checkpoints / f"{stage}-steps"
        if not done.is_dir():
            work.mkdir(exist_ok=True)
            with self._timed(stage):
                save_policy(train(work), done)
            free_memory()
        shutil.rmtree(work, ignore_errors=True)
        return done

    def _train_sft(self, phase: str, work: Path, changes: dict[str, Any]) -> Policy:
        from .sft import train_sft

        return train_sft(
            self._job.file,
            self._job.samples.expert,
            work,
            phase=phase,
            folder=self._folder,
            reporter=self._reporter,
            changes=changes,
        )

    def _train_grpo(self, start: Path | None, work: Path) -> Policy:
        from .grpo import train_grpo

        return train_grpo(
            self._job.file,
            self._job.samples.train,
            self._job.grader,
            start,
            work,
            folder=self._folder,
            scorer=self._scorer,
            reporter=self._reporter,
        )

    def _train_sft_alone(self, work: Path) -> Policy:
        from .choosing import choose

        point = choose(
            self._job.file,
            self._job.samples.expert,
            self._job.samples.validation,
            self._job.grader,
            self._folder.checkpoints / "sft_alone.json",
            work,
            plans=evaluation_plans(self._job.file, "validation"),
            scorer=self._scorer,
            reporter=self._reporter,
        )
        self._reporter.say(
            f"sft_alone: best on validation is learning_rate {point.learning_rate:g}, {point.num_train_epochs:g} epochs "
            f"(greedy {point.greedy:.1%}, sampled {point.sampled:.1%})"
        )
        return self._train_sft("sft_alone", work, point.changes)

    def _headline(self, stage: str) -> str:
        bars = {grader.name: grader.options.solved_at for grader in self._job.graders}
        rows = summarise((r for r in self._folder.read_results() if r.stage == stage), pass_at=bars)
        shown = [
            f"{row.grader} {row.decoding} {row.mean:.1%} solved"
            for row in rows
            if row.metric == "solved" and row.mean is not None
        ]
        return f"{stage}: {', '.join(shown) or 'nothing scored'}"

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._folder.add_seconds(name, time.monotonic() - begun)
