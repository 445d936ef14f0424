"""What is counted of one grader's results while they stream by: a few numbers per completion and no texts."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from statistics import fmean

from rewardkit.runs.records import Decoding, Result, ResultKey

from .summary import Repeats

_REASONS = 1000
"""Different reasons counted per cause: a reason may quote its completion, so that no two are alike."""


class Tally:
    """The results of one grader at one stage and decoding."""

    def __init__(self) -> None:
        self.stage = ""
        self.decoding: Decoding = "given"
        self.completions = 0
        self.characters = 0
        self.prompts: dict[str, Repeats] = {}
        self.unscored: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.reasons: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.components: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))
        self._first: dict[tuple[str, str], ResultKey] = {}  # the first result of a cause and reason
        self._distinct: Counter[str] = Counter()  # sample -> different completions
        self._texts: set[int] = set()

    def add(self, result: Result) -> None:
        """Count one line of results."""
        self.stage, self.decoding = result.stage, result.decoding
        self.completions += 1
        self.characters += len(result.completion)
        self.prompts.setdefault(result.sample, []).append(result.value)
        text = hash((result.sample, result.completion))
        if text not in self._texts:
            self._texts.add(text)
            self._distinct[result.sample] += 1
        if result.cause:
            (self.unscored if result.value is None else self.broken)[result.cause] += 1
            self._add_reason(result.cause, result)
        if result.value is not None:
            for part in result.components:
                if part.value is not None:
                    self.components[part.name].append(part.value)

    def unique(self) -> float | None:
        """The mean over prompts with several completions of the share of different ones; None when there is no such prompt."""
        shares = [
            self._distinct[sample] / len(repeats)
            for sample, repeats in self.prompts.items()
            if len(repeats) > 1
        ]
        return fmean(shares) if shares else None

    def typical(self, cause: str) -> tuple[str, ResultKey]:
        """The commonest reason of a cause that there is, and the first result that has it."""
        reason = self.reasons[cause].most_common(1)[0][0]
        return reason, self._first[cause, reason]

    def _add_reason(self, cause: str, result: Result) -> None:
        known, reason = self.reasons[cause], result.reason
        if reason in known or len(known) < _REASONS:
            known[reason] += 1
            self._first.setdefault((cause, reason), result.key)
