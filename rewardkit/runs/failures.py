"""Where a run fails: the prompts that earn least, and the reasons that graders give most often.

    failing = Failing("rft", "greedy", "query", bar=1.0)
    for result in results: failing.add(result)
    failing.settle()
    failing.worst(results_by_key, samples), failing.reasons()

It is about one stage, grader and decoding: those of the headline. Unscored completions are not failures and are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .examples import spread, texts_of
from .records import Result, ResultKey, SampleRecord

_SHOWN = 8  # worst prompts
_SHOWN_REASONS = 8
_MOST_REASONS = 10_000  # different ones that are counted; those that come later are not
_LONGEST_REASON = 300
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True)
class Failure:
    """A prompt that earns little: the mean of its answers and the lowest of them."""

    sample: str
    prompt: str | None
    reference: str | None
    mean: float
    answers: int
    result: Result


@dataclass(frozen=True, slots=True)
class Reason:
    """Why completions lost points: the component ("": the grader as a whole), the reason, and how many completions it was given to.

    Reasons that differ in numbers alone are one; the numbers are then written as `…`.
    """

    component: str
    reason: str
    count: int
    share: float


@dataclass(slots=True)
class _Prompt:
    total: float
    answers: int
    lowest: float
    key: ResultKey


class Failing:
    """Gathers, in one pass over the results, what is needed to say where they fail.

    First `add` every result, then `settle`, then give `worst` the results that `keys` names. `failed` counts the completions under the
    bar, `prompts` the prompts whose mean is under it.
    """

    def __init__(self, stage: str, decoding: str, grader: str, bar: float) -> None:
        self._about = (stage, decoding, grader)
        self._bar = bar
        self._prompts: dict[str, _Prompt] = {}
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._texts: dict[tuple[str, str], str | None] = {}
        self._chosen: Sequence[_Prompt] = ()
        self.failed = 0
        self.prompts = 0
        self.at_lowest = 0
        self.lowest = 0.0

    def add(self, result: Result) -> None:
        """Count a result, where it is one of those that this is about."""
        if (result.stage, result.decoding, result.grader) != self._about or result.value is None:
            return
        prompt = self._prompts.get(result.sample)
        if prompt is None:
            self._prompts[result.sample] = _Prompt(result.value, 1, result.value, result.key)
        else:
            prompt.total += result.value
            prompt.answers += 1
            if result.value < prompt.lowest:
                prompt.lowest, prompt.key = result.value, result.key
        if result.value < self._bar:
            self.failed += 1
            self._add_reasons(result)

    def settle(self) -> None:
        """Choose the worst prompts; of equally bad ones too many to show, those spread evenly over the data."""
        failing = [prompt for prompt in self._prompts.values() if _mean(prompt) < self._bar]
        self._prompts = {}
        self.prompts = len(failing)
        chosen: list[_Prompt] = []
        for mean in sorted({_mean(prompt) for prompt in failing}):
            alike = [prompt for prompt in failing if _mean(prompt) == mean]
            if not chosen:
                self.lowest, self.at_lowest = mean, len(alike)
            chosen += spread(alike, _SHOWN - len(chosen))
            if len(chosen) >= _SHOWN:
                break
        self._chosen = chosen

    @property
    def keys(self) -> set[ResultKey]:
        """The results to be shown."""
        return {prompt.key for prompt in self._chosen}

    def worst(
        self, results: Mapping[ResultKey, Result], samples: Mapping[str, SampleRecord]
    ) -> list[Failure]:
        """The prompts that earn least, the lowest mean first, each with its lowest answer."""
        return [
            Failure(
                prompt.key.sample,
                *texts_of(samples.get(prompt.key.sample)),
                _mean(prompt),
                prompt.answers,
                results[prompt.key],
            )
            for prompt in self._chosen
        ]

    def reasons(self) -> list[Reason]:
        """The most frequent reasons for lost points, with the share of the completions under the bar."""
        return [
            Reason(component, self._texts[component, pattern] or pattern, count, count / self.failed)
            for (component, pattern), count in self._reasons.most_common(_SHOWN_REASONS)
        ]

    def _add_reasons(self, result: Result) -> None:
        parts = {
            (part.name, part.reason)
            for part in result.components
            if part.reason and part.value is not None and part.value < 1
        }
        if result.reason and all(part.reason != result.reason for part in result.components):
            parts.add(("", result.reason))
        for component, text in sorted(parts):
            shortened = text[:_LONGEST_REASON]
            key = (component, _NUMBER.sub("…", shortened))
            if key not in self._reasons and len(self._reasons) >= _MOST_REASONS:
                continue
            self._reasons[key] += 1
            if self._texts.setdefault(key, shortened) != shortened:
                self._texts[key] = None  # several that differ in numbers


def _mean(prompt: _Prompt) -> float:
    return round(prompt.total / prompt.answers, 9)
