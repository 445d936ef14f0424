"""Completions of the model itself that the grader accepts: sampled, graded, and the best of them kept to be imitated.

RAFT does it in every round, the warm start once. What is kept of a prompt are different texts, the highest scores first, and of equal
scores those that were drawn first: taking the shortest would teach the model to be short. A completion that was cut off at the limit is not
kept, whatever it scored, because fine-tuning on it would teach to stop there; one that could not be scored is neither kept nor counted as 0.

What is drawn is a function of the run's seed, the round and the place in it. Each process draws whole batches of whole groups, and all know
what all have drawn.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from rewardkit.evaluating.answers import batches
from rewardkit.evaluating.models import Generation, Sampling, prompt_of
from rewardkit.grader import Grader
from rewardkit.interop.trl import step_metrics
from rewardkit.samples import Sample
from rewardkit.scoring import Scorer
from rewardkit.scoring.items import seed_of

from ..ranks import Ranks
from ..reporting import Reporter
from ..reward.controls import control_of_run
from ..reward.outages import Patience
from ..reward.rewards import TrainingReward
from ..reward.shares import share_bounds
from ..settings.config import RunFile
from ..settings.sampling import Accepting
from ..watching.rollouts import Rollout
from .policies import Policy
from .stopping import check_window

Row = tuple[int, str]
"""A completion to imitate: the index of its sample, and the text."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one drawing gave: `here` the completions of this process, `everywhere` those of all, their reasons left out; `kept` to imitate.

    Those that were kept have the advantage 1, the others 0.
    """

    here: tuple[Rollout, ...]
    everywhere: tuple[Rollout, ...]
    kept: tuple[Row, ...]
    accept: float

    @property
    def accepted(self) -> list[Rollout]:
        """Every completion whose reward is high enough, whether it was kept or not."""
        return [one for one in self.everywhere if one.reward is not None and one.reward >= self.accept]

    def told(self) -> str:
        """What was accepted, in words."""
        accepted, total = self.accepted, len(self.everywhere)
        rewards = [one.reward for one in self.everywhere if one.reward is not None]
        if not rewards:
            return f"none of {total:,} completions could be scored"
        if not accepted:
            return f"none of {total:,} completions accepted (accept = {self.accept:g}, the best got {max(rewards):g})"
        if not self.kept:
            return (
                f"{len(accepted):,} of {total:,} completions accepted, and all of them cut off at the limit"
            )
        prompts = len({index for index, _ in self.kept})
        return (
            f"reward {fmean(rewards):.3f}, {len(accepted):,} of {total:,} completions accepted, {len(self.kept):,} kept of "
            f"{prompts:,} prompt{'s' * (prompts != 1)}"
        )


@dataclass(frozen=True, slots=True)
class _Progress:
    """What a reward asks TRL's trainer state for."""

    global_step: int
    max_steps: int


class Drawing:
    """Draws completions of training prompts and keeps what is accepted; `phase` names it on the screen and in the seeds, `prompts` is the most that one drawing has."""

    def __init__(
        self,
        run: RunFile,
        samples: Sequence[Sample],
        grader: Grader,
        asked: Accepting,
        phase: str,
        *,
        prompts: int,
        scorer: Scorer,
        reporter: Reporter,
        ranks: Ranks,
    ) -> None:
        self._run = run
        self._samples = samples
        self._asked = asked
        self._phase = phase
        self._reporter = reporter
        self._ranks = ranks
        self._reward = TrainingReward(
            grader,
            samples,
            seed=run.config.seed,
            window=max(
                run.config.guard.window, prompts * asked.sampling.group
            ),  # a drawing is scored as a whole
            num_generations=asked.sampling.group,
            scorer=scorer,
            ranks=ranks,
            control=control_of_run(run, grader, samples, scorer),
            patience=Patience.of(run.config.guard, reporter),
        )

    def draw(self, policy: Policy, indices: Sequence[int], number: int = 0, of: int = 1) -> Drawn:
        """The completions of the samples at `indices` (one may come twice) in drawing `number` of `of`, counted from 0.

        GuardStop, on every process, when too many could not be scored or the judge's budget is spent.
        """
        group = self._asked.sampling.group
        begin, end = share_bounds(len(indices), group, self._run.config.eval.batch_size, self._ranks)
        asked = [index for index in indices[begin:end] for _ in range(group)]
        made = self._ranks.together(lambda: self._generated(policy, asked, number, begin * group))
        self._ranks.wait()  # scoring waits for the others only as long as a step of TRL does
        self._reward(
            completions=[one.text for one in made],
            sample_index=asked,
            trainer_state=_Progress(number, of),
            first=begin * group,
        )
        window = self._reward.window
        self._ranks.together(lambda: check_window(window, self._run, f"{self._phase} {number + 1}"))
        return self._kept([_rollout(one, text) for one, text in zip(self._reward.last, made, strict=True)])

    def _generated(self, policy: Policy, asked: Sequence[int], number: int, first: int) -> list[Generation]:
        """One completion for each of the indices, in order."""
        sampling = self._asked.sampling
        settings = Sampling(
            max_tokens=sampling.max_tokens, temperature=sampling.temperature, top_p=sampling.top_p
        )
        config, model = self._run.config, policy.as_model(self._phase)
        made: list[Generation] = []
        for places in batches(range(len(asked)), config.eval.batch_size):
            prompts = [prompt_of(self._samples[asked[place]], system=config.data.system) for place in places]
            seeds = [seed_of(config.seed, self._phase, number, first + place) for place in places]
            made += model.generate(prompts, settings, seeds)
            self._reporter.progress(f"{self._phase} sampling", len(made), len(asked))
        return made

    def _kept(self, here: Sequence[Rollout]) -> Drawn:
        shares = self._ranks.collect(lambda: [_light(one) for one in here])
        everywhere = [one for share in shares for one in share]
        kept = best_accepted(everywhere, self._asked.accept, self._asked.most)
        weighed = [replace(one, advantage=float(place in kept)) for place, one in enumerate(everywhere)]
        first = sum(map(len, shares[: self._ranks.rank]))
        mine = [replace(one, advantage=float(place in kept)) for place, one in enumerate(here, first)]
        rows = tuple((everywhere[place].sample_index, everywhere[place].text) for place in sorted(kept))
        return Drawn(tuple(mine), tuple(weighed), rows, self._asked.accept)


def best_accepted(rollouts: Sequence[Rollout], accept: float, most: int) -> set[int]:
    """The places of those to imitate: at most `most` different texts of a sample, the highest rewards first, then the first drawn."""
    rewards = {place: one.reward for place, one in enumerate(rollouts) if one.reward is not None}
    there = [place for place, reward in rewards.items() if reward >= accept and not rollouts[place].truncated]
    kept: set[int] = set()
    texts: set[Row] = set()
    count: Counter[int] = Counter()
    for place in sorted(there, key=lambda place: -rewards[place]):  # stable: of equals the first drawn
        row = (rollouts[place].sample_index, rollouts[place].text)
        if row not in texts and count[row[0]] < most:
            kept.add(place)
            texts.add(row)
            count[row[0]] += 1
    return kept


def measured(drawn: Drawn, generated: int) -> dict[str, Any]:
    """A line of metrics.jsonl about a drawing, of the same quantities as GRPO's; `generated` is the running total with it."""
    everywhere = drawn.everywhere
    groups: dict[str, list[float]] = defaultdict(list)
    for one in everywhere:
        groups[one.group] += [] if one.reward is None else [one.reward]
    means: dict[str, list[float]] = defaultdict(list)
    for name, value in step_metrics(
        [one.score for one in everywhere],
        [one.text for one in everywhere],
        [one.group for one in everywhere],
    ):
        means[name].append(value)
    parts = {name: fmean(values) for name, values in means.items() if name.startswith("component/")}
    rewards = [reward for group in groups.values() for reward in group]
    return {
        **({"reward": fmean(rewards)} if rewards else {}),
        "saturated": fmean(len(set(group)) < 2 for group in groups.values()),
        "unscored": fmean(means["unscored"]),
        "unique": fmean(means["unique"]),
        "length": fmean(one.tokens for one in everywhere),
        "truncated": fmean(one.truncated for one in everywhere),
        "accepted": len(drawn.accepted) / len(everywhere),
        "kept": len(drawn.kept),
        "generated": generated,
        **({"components": {name.partition("/")[2]: mean for name, mean in parts.items()}} if parts else {}),
    }


def _rollout(scored: Rollout, made: Generation) -> Rollout:
    return replace(scored, tokens=made.tokens or 0, truncated=made.finish == "length")


def _light(rollout: Rollout) -> Rollout:
    """As the other processes need it."""
    return replace(rollout, score=replace(rollout.score, reason="", output=""))
