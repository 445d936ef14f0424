"""The warm start before the training: SFT on expert rows, on completions of the base model that the grader accepts, or on both.

    [warm_start]
    on = "both"        # what [sft] imitates
    stop = true        # until the graders find nothing better on the validation rows

A completion is sampled once for each training prompt and place, by the run's seed, and what was kept is written into the work folder before it
is trained on, so that a killed warm start goes on with the same rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.grader import Grader
from rewardkit.runs import RunFolder, files
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer

from ..plans import evaluation_plans
from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.outages import Patience, PatientScorer
from ..rows.data import Samples, answers_of, sft_rows
from ..settings import arguments
from ..settings.config import RunFile
from ..settings.sampling import warm_start_accepting
from ..settings.tables import WarmStart
from .accepting import Drawing, measured
from .epochs import EpochCallback, Epochs, measure_on
from .policies import Policy, load_policy
from .sft import fine_tune

PHASE = "sft"
DRAWN = "warm_start"
"""The phase under which metrics.jsonl has what was sampled for it."""


class WarmUp:
    """The warm start of one run; `graders` are the reward and those of the evaluations, `record` keeps what each epoch reached."""

    def __init__(
        self,
        run: RunFile,
        samples: Samples,
        graders: Sequence[Grader],
        *,
        folder: RunFolder | None,
        scorer: Scorer,
        reporter: Reporter,
        ranks: Ranks,
    ) -> None:
        self._run = run
        self._warm = run.config.warm_start or WarmStart()
        self._samples = samples
        self._graders = graders
        self._folder = folder
        self._scorer = scorer
        self._reporter = reporter
        self._ranks = ranks

    def train(self, work: Path, record: Path) -> Policy:
        """A fresh base model (or a fresh adapter on it) after the warm start.

        ConfigError when it should imitate accepted completions alone and none was accepted; GuardStop when too many could not be scored.
        """
        policy = self._ranks.together(lambda: load_policy(self._run))
        answers = self._answers(policy, work / "accepted.json")
        rows = sft_rows(answers, self._run.config.data.system, chat=policy.chat)
        if self._warm.stop:
            return self._until_enough(policy, rows, work, record)
        return self._fine_tuned(policy, rows, arguments.sft_arguments(self._run, work), work)

    def _fine_tuned(
        self, policy: Policy, rows: Sequence[Mapping[str, Any]], settings: Any, work: Path, *callbacks: Any
    ) -> Policy:
        tuned, _ = fine_tune(
            self._run,
            policy,
            rows,
            settings,
            work,
            phase=PHASE,
            folder=self._folder,
            reporter=self._reporter,
            ranks=self._ranks,
            callbacks=callbacks,
        )
        return tuned

    def _until_enough(
        self, policy: Policy, rows: Sequence[Mapping[str, Any]], work: Path, record: Path
    ) -> Policy:
        """Epoch after epoch, each with a checkpoint; the best epoch's model."""
        _, plan = evaluation_plans(self._run, "validation")
        patience = Patience.of(self._run.config.guard, self._reporter)
        scorer = PatientScorer(self._scorer, patience, "validation")
        measure = measure_on(self._run, self._samples.validation, self._graders, plan, scorer, self._ranks)
        epochs = Epochs(record, work, self._warm.patience)
        epochs.means = self._ranks.first(epochs.resume)
        if not epochs.means:
            epochs.means = [measure(policy.as_model("validation"))]
            self._ranks.first(epochs.write)
        if not epochs.enough:
            settings = arguments.sft_arguments(self._run, work, {"save_strategy": "epoch"})
            callback = EpochCallback(epochs, measure, policy.tokenizer, self._ranks)
            self._fine_tuned(policy, rows, settings, work, callback)
        self._reporter.say(epochs.told())
        if epochs.warning():
            self._reporter.say(f"warning: {epochs.warning()}")
        return self._ranks.together(lambda: load_policy(self._run, epochs.folder))

    def _answers(self, policy: Policy, record: Path) -> list[tuple[Sample, str]]:
        """What is imitated: expert rows first, then what was accepted."""
        expert = (
            answers_of(self._samples.expert, self._run.config.data.gold)
            if self._warm.on != "accepted"
            else []
        )
        if self._warm.on == "expert":
            return expert
        known = self._ranks.first(lambda: _read(record))
        if known is None:
            known = self._drawn(policy, record)
        train = self._samples.train
        answers = [*expert, *((train[index], text) for index, text in known)]
        if not answers:
            raise ConfigError(
                "the warm start has nothing to imitate: no completion of the base model was accepted and whole. Give expert rows "
                '([warm_start] on = "both"), a lower accept, easier prompts or more num_generations; a changed RUN.toml needs another name',
                where=self._run.toml.where("warm_start"),
            )
        return answers

    def _drawn(self, policy: Policy, record: Path) -> list[tuple[int, str]]:
        """Sample all training prompts once, and keep what was accepted in `record`."""
        train = self._samples.train
        drawing = Drawing(
            self._run,
            train,
            self._graders[0],
            warm_start_accepting(self._run, self._graders[0]),
            "warm start",
            prompts=len(train),
            scorer=self._scorer,
            reporter=self._reporter,
            ranks=self._ranks,
        )
        drawn = drawing.draw(policy, range(len(train)))
        self._reporter.say(f"warm start: {drawn.told()}")
        if self._folder is not None:
            self._folder.truncate_metrics(DRAWN, -1)
            line = measured(drawn, len(drawn.everywhere))
            self._folder.append_metrics([{"phase": DRAWN, "step": 0, **line}])
        self._ranks.first(lambda: files.write_json(record, drawn.kept))
        return list(drawn.kept)


def _read(record: Path) -> list[tuple[int, str]] | None:
    if not record.is_file():
        return None
    return [(index, text) for index, text in json.loads(record.read_text(encoding="utf-8"))]
