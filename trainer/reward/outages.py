"""A judge that is away in the middle of a training or of its evaluations: wait for it, ask again, go on.

When more of a generation than the limit cannot be scored because no judge answers, the training stays inside the reward call, asks again for
those completions alone after 1, 2, 4 ... 30 seconds, and goes on as if nothing had happened once it is answered. Verdicts that there were
are kept, so nothing is paid for twice. After `wait` seconds it stops, and goes on from its last checkpoint another time.

In a step several processes wait together: after each pause they exchange what they have, so no collective lasts longer than a pause and one round of
scoring, however long the outage. In an evaluation each waits by itself (`PatientScorer`): there they share no step, and a batch that is given up is
asked about again, whole, when the run goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NoReturn

from rewardkit.errors import GuardStop
from rewardkit.grader import Grader
from rewardkit.judging.terms import terms
from rewardkit.scores import Score
from rewardkit.scoring import Item, Scorer
from rewardkit.scoring.scorer import OnScore

from ..ranks import Ranks
from ..reporting import Reporter, Silent
from ..settings.tables import Guard as GuardTable

LONGEST_PAUSE = 30.0
"""Seconds between two times that a judge is asked, at most."""

_WAITING = "waiting for the judge"
_FIRST_PAUSE = 1.0
_TICK = 1.0  # seconds after which the clock on the screen moves
_RETRY_SECONDS = 2.0
"""For how long a judge's client tries again by itself. Its own patience is for runs that cannot wait; here the reader is told sooner."""

_MANY = 8
"""So many questions are not all left unanswered for what they say."""

Outcomes = list[list[Score]]
"""What became of the completions of a generation, process by process."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait (`wait` seconds, 0: not at all) when more than `limit`, 0 to 1, of a generation or batch is unscored for want of a judge."""

    wait: float = 0.0
    limit: float = 0.05
    reporter: Reporter = field(default_factory=Silent)
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, guard: GuardTable, reporter: Reporter) -> Patience:
        """As `[guard]` of RUN.toml says."""
        return cls(guard.wait, guard.unscored_limit, reporter)

    def until_back(
        self, where: str, grader: Grader, told: Outcomes, again: Callable[[], list[Score]], ranks: Ranks
    ) -> Outcomes:
        """The outcomes once the judge is back: `told` when it was never away. `where` is what is said of the moment: "step 7".

        `again` asks about this process's completions that are left. All processes decide alike: by the outcomes of all and the clock of
        rank 0. GuardStop, on every one, when it does not come back in time.
        """
        if not self.waits_for(grader, told):
            return told
        begun, waited, pause = self.now(), 0.0, _FIRST_PAUSE
        self.reporter.say(
            f"warning: {where}: no judge answers ({_count(grader, told)}): {_example(grader, told)}; "
            f"waiting for it, {self.wait:,.0f} s at most"
        )
        while self._is_away(grader, told):
            if waited >= self.wait:
                ranks.together(partial(_give_up, where, grader, told, waited))
            self._pause(min(pause, max(_TICK, self.wait - waited)), begun, grader, told)
            answers = ranks.collect(lambda: (again(), self.now() - begun), in_step=True)
            told, waited = [outcomes for outcomes, _ in answers], answers[0][1]
            pause = min(2 * pause, LONGEST_PAUSE)
        self.reporter.progress(_WAITING, round(waited), round(waited), "")  # the clock stops
        self.reporter.say(f"{where}: the judge answers again, after {waited:,.0f} s; the run goes on")
        return told

    def waits_for(self, grader: Grader, told: Outcomes) -> bool:
        """Whether it waits at all, and more than the limit of these wait for a judge."""
        return self.wait > 0 and self._is_away(grader, told)

    def _is_away(self, grader: Grader, told: Outcomes) -> bool:
        outcomes = [score for share in told for score in share]
        return sum(is_away(grader, score) for score in outcomes) > self.limit * len(outcomes)

    def _pause(self, seconds: float, begun: float, grader: Grader, told: Outcomes) -> None:
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            clock = min(int(self.now() - begun), int(self.wait))
            self.reporter.progress(_WAITING, clock, int(self.wait), _count(grader, told))
            self.sleep(min(_TICK, left))


@dataclass(frozen=True, slots=True)
class PatientScorer:
    """A scorer for evaluations that waits for a judge which is away; each of several processes by itself. `where` is what it calls them."""

    scorer: Scorer
    patience: Patience
    where: str

    def score(self, grader: Grader, items: Sequence[Item], *, on_score: OnScore | None = None) -> list[Score]:
        """As `Scorer.score`; `on_score` hears of the first time of asking.

        GuardStop when too many items are left without an answer in time. A few may be unanswerable for what they say: they stay unscored.
        """
        scores = self.scorer.score(grader, items, on_score=on_score)
        if not self.patience.waits_for(grader, [scores]):
            return scores

        def again() -> list[Score]:
            places = left_to_ask(grader, items, scores)
            asked = self.scorer.score(grader, [items[place] for place in places])
            for place, score in zip(places, asked, strict=True):
                scores[place] = score
            return scores

        with soon_told(self.scorer, grader, self.patience.wait):
            try:
                self.patience.until_back(self.where, grader, [scores], again, Ranks())
            except GuardStop:
                if sum(is_away(grader, score) for score in scores) >= _MANY:
                    raise
                self.patience.reporter.say(f"warning: {self.where}: they stay unscored, and the run goes on")
        return scores


def is_away(grader: Grader, score: Score) -> bool:
    """Whether a completion is unscored because no judge answered. One that asks a judge and runs out of time was waiting for it."""
    late = grader.asks_a_judge and score.cause == "timeout"
    return not score.scored and (late or score.cause == "judge_unavailable")


def left_to_ask(grader: Grader, items: Sequence[Item], scores: Sequence[Score]) -> list[int]:
    """The places of the completions to ask about again; a grader of groups is asked about whole groups."""
    away = [place for place, score in enumerate(scores) if is_away(grader, score)]
    if not grader.in_groups:
        return away
    groups = {items[place].group for place in away}
    return [place for place, item in enumerate(items) if item.group in groups]


@contextmanager
def soon_told(scorer: Scorer, grader: Grader, wait: float) -> Iterator[None]:
    """For the length of a `with`: judges give up after seconds instead of minutes, where the training itself is going to wait for them."""
    if not (wait and grader.asks_a_judge):
        yield
        return
    with terms(retry_seconds=_RETRY_SECONDS):
        scorer.start_afresh(None)  # workers have the variables with which they were started
        yield
    scorer.start_afresh(None)


def _count(grader: Grader, told: Outcomes) -> str:
    outcomes = [score for share in told for score in share]
    away = sum(is_away(grader, score) for score in outcomes)
    return f"{away:,} of {len(outcomes):,} completions wait"


def _example(grader: Grader, told: Outcomes) -> str:
    reasons = [score.reason for share in told for score in share if is_away(grader, score)]
    return " ".join(reasons[-1].split())[:200]


def _give_up(where: str, grader: Grader, told: Outcomes, waited: float) -> NoReturn:
    raise GuardStop(
        f"stopped at {where}: no judge has answered for {waited:,.0f} s ({_count(grader, told)}): {_example(grader, told)}. What is done is "
        "kept, and the same command goes on once it is back. [guard] wait sets how long to wait"
    )
