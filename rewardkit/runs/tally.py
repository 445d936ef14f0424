"""What the report says of all results, gathered in one pass over them: counts and sums, and none of their texts but frequent reasons."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rewardkit.scores import Component

from .keys import Keys
from .records import Result, ResultKey

_MOST_REASONS = 10_000  # different ones that are counted; those that come later are not
_LONGEST_REASON = 300
_RANK = {"base": 0, "sft": 1, "rft": 2, "raft": 2, "sft_alone": 3}


def stage_rank(stage: str) -> int:
    """Where a stage of training is shown; stages that are not ours come after those, in the order in which they were written."""
    return _RANK.get(stage, len(_RANK))


@dataclass(slots=True)
class Judged:
    """The scored results of one grader and decoding: `values` by stage, the first component of each name, and sums of theirs."""

    values: dict[str, array[float]] = field(default_factory=lambda: defaultdict(lambda: array("d")))
    parts: dict[str, Component] = field(default_factory=dict)
    sums: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Count a scored result."""
        if result.value is None:
            return
        self.values[result.stage].append(result.value)
        for part in result.components:
            self.parts.setdefault(part.name, part)
            if part.value is not None:
                total, count = self.sums.get((part.name, result.stage), (0.0, 0))
                self.sums[part.name, result.stage] = total + part.value, count + 1

    def stages(self) -> list[str]:
        """The stages that have scored results, in the order in which they are shown."""
        return sorted(self.values, key=stage_rank)

    def mean(self, part: str, stage: str) -> float | None:
        """The mean of a component at a stage; None where it has no values."""
        total, count = self.sums.get((part, stage), (0.0, 0))
        return total / count if count else None


class Tally:
    """The whole run: `causes` counts (what happened, stage), `unscored` causes, `reasons` (cause, reason) of the unscored."""

    def __init__(self) -> None:
        self.judged: dict[tuple[str, str], Judged] = defaultdict(Judged)
        self.causes: Counter[tuple[str, str]] = Counter()
        self.unscored: Counter[str] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()
        self.component_names: dict[str, dict[str, None]] = defaultdict(dict)
        self._stages: dict[str, None] = {}
        self._completions = Keys()

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """The tally of results."""
        tally = cls()
        for result in results:
            tally.add(result)
        return tally

    def add(self, result: Result) -> None:
        """Count a result."""
        self._stages.setdefault(result.stage)
        self._completions.add(ResultKey(result.stage, result.decoding, result.sample, result.repeat, "", ""))
        names = self.component_names[result.grader]
        for part in result.components:
            names.setdefault(part.name)
        self.judged[result.grader, result.decoding].add(result)
        if result.cause is not None:
            self._add_cause(result, result.cause)

    def _add_cause(self, result: Result, cause: str) -> None:
        if result.value is not None:
            self.causes[f"{cause}, scored at what it had earned", result.stage] += 1
            return
        self.causes[cause, result.stage] += 1
        self.unscored[cause] += 1
        reason = (cause, result.reason[:_LONGEST_REASON])
        if result.reason and (reason in self.reasons or len(self.reasons) < _MOST_REASONS):
            self.reasons[reason] += 1

    @property
    def stages(self) -> Sequence[str]:
        """The stages in the order in which they are shown."""
        return sorted(self._stages, key=stage_rank)

    @property
    def graders(self) -> int:
        """How many there are."""
        return len(self.component_names)

    @property
    def completions(self) -> int:
        """How many there are, each counted once whatever the number of graders."""
        return len(self._completions)
