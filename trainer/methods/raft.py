"""Rejection-sampled fine-tuning (RAFT): sample, keep what the grader accepts, imitate it, and again.

Dong et al. 2023, "RAFT: Reward rAnked FineTuning". Each round starts from the model that the one before left, draws completions of the next
training prompts in GRPO's order, and fine-tunes on those that were accepted, with a fresh optimiser. A run that generated as many completions
is the fair rival of GRPO.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.evaluating.huggingface import free_memory
from rewardkit.grader import Grader
from rewardkit.runs import Checked, RunFolder
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer

from ..ranks import Ranks
from ..reporting import LinesOnly, Reporter
from ..reward.outages import soon_told
from ..rows.data import sft_rows, training_order
from ..settings import arguments
from ..settings.config import RunFile
from ..settings.sampling import RaftPlan, raft_accepting, raft_plan
from ..watching.checks import Watch
from ..watching.completion_log import CompletionLog
from ..watching.listening import listeners
from .accepting import Drawing, Drawn, measured
from .policies import Policy, load_policy
from .rounds import Round, Rounds, to_imitate
from .sft import fine_tune
from .stopping import stopped_by_checks

PHASE = "raft"


def train_raft(
    run: RunFile,
    samples: Sequence[Sample],
    grader: Grader,
    start: Path | None,
    work: Path,
    *,
    holdout: Grader | None = None,
    folder: RunFolder | None,
    scorer: Scorer,
    reporter: Reporter,
    ranks: Ranks,
    texts: bool = True,
) -> Policy:
    """The model of the stage `start` (None: the base) after the rounds of [raft], the same on every process.

    `holdout` only looks on. GuardStop when too many completions were unscored; ConfigError when no round accepted anything. `folder` None, as on
    all processes but one, keeps no metrics; `texts` False keeps completions out of what is recorded.
    """
    plan = raft_plan(run, len(samples))
    asked = raft_accepting(run, grader)
    order = training_order(len(samples), plan.rounds * plan.prompts, run.config.seed)
    drawing = Drawing(
        run,
        samples,
        grader,
        asked,
        PHASE,
        prompts=plan.prompts,
        scorer=scorer,
        reporter=reporter,
        ranks=ranks,
    )
    rounds = _Rounds(run, samples, Rounds(work, start), plan, folder, reporter, ranks)
    log = CompletionLog(run.config.guard.check_last)
    hearing = [
        *([log] if run.config.guard.checks else []),
        *listeners(run, samples, folder, ranks, PHASE, texts=texts),
    ]
    watch = Watch(run, grader, samples, holdout, scorer, folder, reporter, PHASE, texts=texts)
    with closing(watch), soon_told(scorer, grader, run.config.guard.wait):
        for number in range(rounds.sampled + 1, plan.rounds + 1):
            rounds.finish()
            indices = order[(number - 1) * plan.prompts : number * plan.prompts]
            drawn = drawing.draw(rounds.policy(), indices, number - 1, plan.rounds)
            for listener in hearing:
                listener.hear(drawn.here)
            # Before the round counts as sampled: a resumed run has each line of checks.jsonl once.
            found = _looked(watch, log, number, ranks) if run.config.guard.checks else None
            rounds.add(number, drawn)
            if found is not None and found.findings and watch.stops:
                raise stopped_by_checks(found, run)
    rounds.finish()
    return rounds.result(asked.accept)


def _looked(watch: Watch, log: CompletionLog, number: int, ranks: Ranks) -> Checked | None:
    shares = ranks.collect(log.take)
    first, newest = ([one for share in shares for one in share[part]] for part in (0, 1))
    return ranks.first(lambda: watch.look(number, first, newest))


class _Rounds:
    """The rounds of one training: what is on disk, and the model in memory between sampling and fine-tuning."""

    def __init__(
        self,
        run: RunFile,
        samples: Sequence[Sample],
        kept: Rounds,
        plan: RaftPlan,
        folder: RunFolder | None,
        reporter: Reporter,
        ranks: Ranks,
    ) -> None:
        self._run = run
        self._samples = samples
        self._kept = kept
        self._plan = plan
        self._folder = folder
        self._reporter = reporter
        self._ranks = ranks
        self._policy: Policy | None = None
        self._rounds = ranks.first(self._resumed)
        if self._rounds:
            reporter.say(f"resuming {PHASE} after sampling round {self.sampled} of {plan.rounds}")

    @property
    def sampled(self) -> int:
        """How many rounds were sampled."""
        return len(self._rounds)

    def policy(self) -> Policy:
        """The model that the next round samples from, and is then trained."""
        if self._policy is None:
            _, stage = self._ranks.first(self._kept.newest)
            self._policy = self._ranks.together(lambda: load_policy(self._run, stage))
        return self._policy

    def add(self, number: int, drawn: Drawn) -> None:
        """Keep what a round drew; from here on it is not sampled again."""
        before = self._rounds[-1].generated if self._rounds else 0
        rewards = [one.reward for one in drawn.everywhere if one.reward is not None]
        one = Round(
            number,
            measured(drawn, before + len(drawn.everywhere)),
            drawn.kept,
            drawn.told(),
            best=max(rewards, default=None),
        )
        self._ranks.first(lambda: self._keep(one))
        self._rounds.append(one)

    def _keep(self, one: Round) -> None:
        if self._folder is not None:
            self._folder.force_to_disk()
        self._kept.write(one)

    def finish(self) -> None:
        """Train the round that was sampled last, unless it is, and tell of it. A round that kept nothing trains nothing."""
        if not self._rounds:
            return
        one = self._rounds[-1]
        trained, _ = self._ranks.first(self._kept.newest)
        if one.rows and trained < one.number:
            one = self._rounds[-1] = self._trained(one)
            free_memory()
        self._ranks.first(lambda: self._tell(one))

    def result(self, accept: float) -> Policy:
        """The model that the last round left. ConfigError when no round kept a completion."""
        if not any(one.rows for one in self._rounds):
            best = max((one.best for one in self._rounds if one.best is not None), default=None)
            reached = "none could be scored" if best is None else f"the best got {best:g}"
            raise ConfigError(
                f"raft: in {self._plan.rounds} rounds none of {self._rounds[-1].generated:,} completions was accepted and whole (accept = "
                f"{accept:g}; {reached}), so nothing was trained. Lower [raft] accept, give easier prompts, more completions "
                "(num_generations, rounds), a longer max_completion_length, or a warm start ([sft]); a changed RUN.toml needs another name",
                where=self._run.toml.where("raft"),
            )
        _, stage = self._ranks.first(self._kept.newest)
        return self._ranks.together(lambda: load_policy(self._run, stage))

    def _trained(self, one: Round) -> Round:
        run, chosen = self._run, to_imitate(self._rounds, replay=self._replay)
        policy = self.policy()
        answers = [(self._samples[index], text) for index, text in chosen]
        rows = sft_rows(answers, run.config.data.system, chat=policy.chat)
        steps = self._kept.steps(one.number)
        settings = arguments.round_arguments(run, steps, one.number)
        lines = LinesOnly(self._reporter)
        tuned, loss = fine_tune(
            run, policy, rows, settings, steps, phase=PHASE, folder=None, reporter=lines, ranks=self._ranks
        )
        done = replace(one, loss=loss)
        self._ranks.first(lambda: self._kept.keep(done, tuned))
        self._policy = None  # loaded again, so that a resumed run goes the same way
        return done

    @property
    def _replay(self) -> bool:
        return self._run.config.raft is not None and self._run.config.raft.replay

    def _resumed(self) -> list[Round]:
        found = self._kept.read()
        if self._folder is not None:
            self._folder.truncate_metrics(PHASE, len(found))
        return found

    def _tell(self, one: Round) -> None:
        """Once, in metrics.jsonl and on the screen. On rank 0 only."""
        if self._folder is None or any(
            (row.phase, row.step) == (PHASE, one.number) for row in self._folder.read_metrics()
        ):
            return
        loss = {} if one.loss is None else {"loss": one.loss}
        self._folder.append_metrics([{"phase": PHASE, "step": one.number, **one.metrics, **loss}])
        after = f", loss {one.loss:.3f}" if one.loss is not None else "" if one.rows else ": nothing trained"
        self._reporter.say(f"raft round {one.number} of {self._plan.rounds}: {one.told}{after}")
        self._reporter.progress(PHASE, one.number, self._plan.rounds, _note(one))


def _note(one: Round) -> str:
    return f"reward {one.metrics['reward']:.3f}" if "reward" in one.metrics else "nothing scored"
