"""A grader as a reward function of verl (by its documented signature; verl itself is not a dependency and was not run here).

    # my_reward.py, named in verl's configuration as custom_reward_function.path and .name
    compute_score = as_verl(query)

verl has no way to say "this completion could not be scored", and it needs the same numeric keys for every sample. So each result is

    {"score": 0.7, "unscored": 0.0, "parses": 1.0, "rows": 0.4, ...}     # one key per level of a ladder, or part of a combination

and an unscored completion gets `score` = the value chosen by `as_verl(grader, unscored=0.0)` and `unscored` = 1.0, its parts 0.0: watch
the mean of `unscored`, because verl trains on that score. Components that a plain reward returns in a Score are left out: they are not
known beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError, GraderError
from ..grader import BUILT_IN, Grader
from ..loading import Ref, load_grader
from ..scores import Score
from ..scoring import Item, Scorer
from .trl import portable_ref

_KEYS = ("score", "unscored", "reward")  # `reward` is verl's own


def as_verl(grader: Grader, *, unscored: float = 0.0) -> VerlReward:
    """A picklable `compute_score`. `unscored` is the score of a completion that could not be scored.

    The grader's `reference` is verl's ground_truth; the keys of extra_info and data_source are its columns, `prompt` or `question` in
    extra_info its prompt. Raises GraderError when a level or part has a name that the result uses itself.
    """
    if not math.isfinite(unscored):
        raise ConfigError(f"unscored={unscored!r} must be a finite number")
    taken = [name for name in _part_names(grader) if name in _KEYS]
    if taken:
        raise GraderError(
            f"its part '{taken[0]}' has a name that verl's result uses; rename it", where=str(grader)
        )
    return VerlReward(grader, unscored)


class VerlReward:
    """What `as_verl` makes: one completion per call."""

    def __init__(self, grader: Grader, unscored: float) -> None:
        self.__name__ = grader.name
        self._grader = grader
        self._unscored = unscored
        self._scorer: Scorer | None = None

    def __call__(
        self,
        data_source: str,
        solution_str: str,
        ground_truth: Any,
        extra_info: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, float]:
        """The same keys for every sample, all of them numbers."""
        extra = dict(extra_info or {})
        columns = {"data_source": data_source, **extra, "extra_info": extra, "reference": ground_truth}
        columns.setdefault("prompt", str(extra.get("question", "")))
        for name in self._grader.needs:
            if name not in (*BUILT_IN, *columns):
                raise GraderError(f"{self._grader} asks for '{name}'; verl gives: {', '.join(columns)}")
        if self._scorer is None:
            self._scorer = Scorer(workers=1)
        [score] = self._scorer.score(self._grader, [Item(solution_str, columns)])
        return self._result(score)

    def close(self) -> None:
        """End the worker process; it ends with this process anyway."""
        if self._scorer is not None:
            self._scorer.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (portable_ref(self._grader), self._unscored)

    def _result(self, score: Score) -> dict[str, float]:
        parts = {part.name: part.value for part in score.components}
        return {
            "score": self._unscored if score.value is None else score.value,
            "unscored": float(not score.scored),
            **{name: (parts.get(name) or 0.0) if score.scored else 0.0 for name in _part_names(self._grader)},
        }


def _rebuilt(ref: Ref, unscored: float) -> VerlReward:
    return VerlReward(load_grader(ref), unscored)


def _part_names(grader: Grader) -> list[str]:
    return [*grader.levels, *(part.name for part, _ in grader.parts)]
