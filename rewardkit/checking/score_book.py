"""Every score that a test of a grader has seen, call by call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..scores import Score
from ..scoring import Item, Scorer
from ..scoring.stand_in_judge import asks_a_judge
from ..scoring.surroundings import Surroundings
from .judges.behaviours import bears_on, comes_last, needs_fresh_process, script_of
from .trials import Call, Material, Trial

_NOT_ASKED = Score.unscored("not_applicable", "it did not ask its judge")

Progress: TypeAlias = Callable[[int, int], None]
Hear: TypeAlias = Callable[[Call, Score], None]


@dataclass(slots=True)
class ScoreBook:
    """Every score seen for a call, in the order of the calls. `on_score` hears of each at once; what it raises ends the batch."""

    scorer: Scorer
    material: Material
    on_progress: Progress | None = None
    on_score: Hear | None = None
    seen: dict[Call, list[Score]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0
    planned: int = 0

    def __post_init__(self) -> None:
        if asks_a_judge(self.material.grader):
            self.scorer.judge.follow(script_of("worst", ""))

    def score(self, calls: Sequence[Call]) -> list[Score]:
        """Score calls, each as a group of its own, remember and return their scores."""
        found: dict[int, Score] = {}
        for surroundings in dict.fromkeys(call.surroundings for call in calls):
            places = [place for place, call in enumerate(calls) if call.surroundings == surroundings]
            theirs = [calls[place] for place in places]
            scores = self._judged(theirs) if surroundings == "judge" else self._score(surroundings, theirs)
            found.update(zip(places, scores, strict=True))
        for place, call in enumerate(calls):
            self.seen[call].append(found[place])
        return [found[place] for place in range(len(calls))]

    def start_afresh(self, calls: Sequence[Call] = ()) -> None:
        """End the worker processes here and wherever these calls are made: nothing that was left behind in one remains."""
        self.scorer.start_afresh(None, *{call.surroundings for call in calls})

    def _judged(self, calls: Sequence[Call]) -> list[Score]:
        """Scores by a grader whose judge behaves as each call says, one call at a time.

        A score for which the judge was not asked says nothing about what it would have said.
        """
        judge = self.scorer.judge
        scores: dict[int, Score] = {}
        for place in sorted(
            range(len(calls)), key=lambda place: comes_last(calls[place].judge, calls[place].completion)
        ):
            call = calls[place]
            if needs_fresh_process(call.judge, call.completion):
                self.scorer.start_afresh("judge")
            judge.follow(script_of(call.judge, call.completion))
            (score,) = self._score("judge", [call])
            if score.cause == "error" and judge.asked:  # how its author says that no verdict was understood
                score = Score.unscored("judge_unparseable", score.reason, output=score.output)
            scores[place] = score if bears_on(call.judge, call.completion, judge.asked) else _NOT_ASKED
        judge.follow(script_of("worst", ""))
        return [scores[place] for place in range(len(calls))]

    def _score(self, surroundings: Surroundings | None, calls: Sequence[Call]) -> list[Score]:
        items: list[Item] = []
        places: list[int] = []
        for number, (row, completion, *_) in enumerate(calls):
            together = self.material.together(row, completion)
            places.append(len(items) + together.index(completion))
            items += self.material.items(row, together, str(number))
        asked = dict(zip(places, calls, strict=True))

        def heard(place: int, score: Score) -> None:
            if place in asked:
                self._count_one()
                if self.on_score is not None:
                    self.on_score(asked[place], score)

        scores = self.scorer.score(
            self.material.grader, items, on_score=heard, fresh=True, surroundings=surroundings
        )
        return [scores[place] for place in places]

    def of(self, trial: Trial, visit: int) -> list[Score] | None:
        """The scores of a trial at its first (0) or second (1) scoring; None when a call was not scored then."""
        lists = [self.seen.get(call, []) for call in trial.calls]
        return [scores[visit] for scores in lists] if all(len(scores) > visit for scores in lists) else None

    def _count_one(self) -> None:
        self.count += 1
        if self.on_progress is not None:
            self.on_progress(self.count, max(self.count, self.planned))
