"""At each checkpoint: what the completions before it show of the reward, as `rewardkit test --on` would (RK401 to RK406).

Nothing is generated for it: the completions are those that the steps before were trained on. A line of checks.jsonl is written before its
checkpoint counts as whole, so a resumed training has each line once. Rank 0 looks; the others send it what they generated.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from transformers import TrainerCallback

from rewardkit.checking import FAST
from rewardkit.checking.completions import Completion, Graded, Looked, look, rows_of
from rewardkit.checking.completions.grading import rows_of_samples
from rewardkit.checking.completions.looking import holdout_values, mean_reward
from rewardkit.checking.results import Figure, Finding
from rewardkit.checking.trials import Material
from rewardkit.errors import GraderError
from rewardkit.grader import Grader
from rewardkit.runs import Checked, Notable, RunFolder
from rewardkit.runs.records import FigureRow, FoundRow, MeanRow
from rewardkit.runs.wording import checks_told
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer
from rewardkit.scoring.stand_in_judge import asks_a_judge

from ..ranks import Ranks
from ..reporting import Reporter
from ..settings.config import RunFile
from .completion_log import CompletionLog, newest_groups
from .notable import LONGEST, furthest_apart
from .rollouts import Rollout
from .trends import Trend


class CheckCallback(TrainerCallback):  # type: ignore[misc]  # transformers has no types
    """Looks at the completions since the last checkpoint when the next is saved; must come before the callback that marks it whole."""

    def __init__(self, log: CompletionLog, watch: Watch, ranks: Ranks) -> None:
        self._log = log
        self._watch = watch
        self._ranks = ranks
        self.stopped: Checked | None = None

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Every process sends what it has; all stop together where that was asked for."""
        shares = self._ranks.collect(self._log.take)
        first, newest = ([one for share in shares for one in share[part]] for part in (0, 1))
        found = self._ranks.first(lambda: self._watch.look(state.global_step, first, newest))
        if found is not None and found.findings and self._watch.stops and state.global_step < state.max_steps:
            self.stopped = found
            control.should_training_stop = True


class Watch:
    """What rank 0 does at a checkpoint. `scorer` is that of the training and stays warm; what breaks is seen again by one of its own, which is restarted."""

    def __init__(
        self,
        run: RunFile,
        grader: Grader,
        samples: Sequence[Sample],
        holdout: Grader | None,
        scorer: Scorer,
        folder: RunFolder | None,
        reporter: Reporter,
        phase: str,
        *,
        texts: bool = True,
    ) -> None:
        self._texts = texts
        self._guard = run.config.guard
        self._seed = run.config.seed
        self._grader = grader
        self._samples = samples
        self._holdout = holdout
        self._scorer = scorer
        self._folder = folder
        self._reporter = reporter
        self._phase = phase

    @property
    def stops(self) -> bool:
        """Whether what is found ends the training."""
        return self._guard.stop_on_checks

    @cached_property
    def _own(self) -> Scorer:  # starts no process before something breaks
        return Scorer(workers=1)

    @cached_property
    def _oldest(self) -> Checked | None:
        """The line of the first checkpoint, from an earlier start of the run too; read once, for the file grows with the training."""
        lines = self._folder.read_checks() if self._folder is not None else []
        return next((line for line in lines if line.phase == self._phase), None)

    def close(self) -> None:
        """End the worker processes."""
        if "_own" in self.__dict__:
            self._own.close()

    def look(self, step: int, first: Sequence[Rollout], newest: Sequence[Rollout]) -> Checked | None:
        """Write and tell a line about the newest completions; None where there are none, or the hold-out cannot be run."""
        graded = self._graded(newest_groups(newest, self._guard.check_last))
        if not graded:
            return None
        begun = time.monotonic()
        try:
            line = self._line(step, graded, self._graded(newest_groups(first, self._guard.check_last)))
        except GraderError as error:  # a look must not end a training
            self._reporter.say(f"warning: checks at step {step} could not be made: {error}")
            return None
        if self._folder is not None:
            self._folder.append_checks(line)
            self._oldest = self._oldest or line
            self._folder.add_seconds("checks", time.monotonic() - begun)
        self._reporter.say(f"checks at step {step}: {_told(line)}")
        return line

    def _line(self, step: int, graded: Sequence[Graded], first: Sequence[Graded]) -> Checked:
        material = Material(self._grader, rows_of(graded), self._seed, level=FAST)
        values = {}
        if self._holdout is not None:
            values = holdout_values(self._scorer, self._holdout, graded, self._seed)
            self._note_apart(step, graded, values)
        looked = look(
            self._scorer,
            material,
            graded,
            source=f"step {step}",
            holdout=self._holdout,
            holdout_scores=values,
            afresh=self._own,
            trials=not asks_a_judge(self._grader),  # whose every call may be paid for
        )
        start_reward, start_holdout = self._start(first)
        trend = Trend(
            self._grader,
            self._holdout,
            start_reward,
            _row(looked.seen.reward),
            start_holdout,
            _row(looked.holdout),
        )
        return _line_of(self._phase, step, looked, trend)

    def _note_apart(self, step: int, graded: Sequence[Graded], values: Mapping[Graded, float | None]) -> None:
        """A line of notable.jsonl about the completion that the reward overrates most, going by the hold-out."""
        assert self._holdout is not None
        found = furthest_apart(self._grader, self._holdout, graded, values)
        if found is None or self._folder is None:
            return
        one, why = found
        line = Notable(
            phase=self._phase,
            step=step,
            kind="apart",
            why=why,
            sample=one.completion.sample.id,
            group=one.completion.group,
            score=one.value,
            completion=one.text[:LONGEST] if self._texts else None,
        )
        self._folder.append_notable([line])

    def _start(self, first: Sequence[Graded]) -> tuple[MeanRow | None, MeanRow | None]:
        """The means of the first completions, drawn in this process or told by the line of an earlier checkpoint; were they few, those of the first line."""
        oldest = self._oldest
        if oldest is not None:
            if oldest.start_reward is not None and oldest.start_reward.low is not None:
                return oldest.start_reward, oldest.start_holdout
            return oldest.reward, oldest.holdout
        if not first:
            return None, None
        reward = mean_reward(first, {one: one.value for one in first}, "reward", self._seed)
        if self._holdout is None:
            return _row(reward), None
        values = holdout_values(self._scorer, self._holdout, first, self._seed)
        return _row(reward), _row(mean_reward(first, values, self._holdout.name, self._seed))

    def _graded(self, logged: Sequence[Rollout]) -> list[Graded]:
        asked = [self._samples[one.sample_index] for one in logged]
        rows = rows_of_samples(self._grader, {sample.id: sample for sample in asked})
        return [
            Graded(
                rows[sample.id],
                Completion(sample, one.text, f"step {one.step}", one.group, seed=one.seed),
                one.score,
            )
            for sample, one in zip(asked, logged, strict=True)
        ]


def _line_of(phase: str, step: int, looked: Looked, trend: Trend) -> Checked:
    seen = looked.seen
    found = [_found(finding) for finding in looked.findings]
    if trend.apart:
        title = "the reward rises and the hold-out does not"
        found.append(FoundRow(check="RK403", severity="warn", title=title, facts=(str(trend),)))
    return Checked(
        phase=phase,
        step=step,
        completions=seen.completions,
        prompts=seen.prompts,
        unscored=seen.unscored,
        reward=trend.reward,
        holdout=trend.held,
        start_reward=trend.start_reward,
        start_holdout=trend.start_holdout,
        trend=str(trend),
        figures=tuple(FigureRow(**asdict(figure)) for figure in seen.figures),
        findings=tuple(found),
        skipped={skipped.id: skipped.why for skipped in looked.skipped},
    )


def _found(finding: Finding) -> FoundRow:
    return FoundRow(
        check=finding.id,
        severity=finding.severity,
        title=finding.check.title,
        sample=finding.row,
        completion=finding.completion,
        expected=finding.expected,
        facts=finding.facts,
    )


def _told(line: Checked) -> str:
    told = checks_told(line)
    if told:
        return told
    mean = "nothing scored" if line.reward is None else f"reward {line.reward.mean:.3f}"
    few = " (too few for a verdict)" if line.reward is not None and line.reward.low is None else ""
    return f"{mean} over {line.prompts:,} prompts{few}, nothing found"


def _row(figure: Figure | None) -> MeanRow | None:
    if figure is None:
        return None
    return MeanRow(mean=figure.value, low=figure.low, high=figure.high, prompts=figure.prompts)
