"""The examples of the report: what changed between two stages or differs between two models, and what broke a grader.

A run may have millions of results and a page shows few, so they are chosen in a first pass over them, by key, and read in a second one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from .records import Fault, Result, ResultKey, SampleRecord
from .wording import STAGES, as_text, stage_label

_SHOWN = 8  # examples of each kind of change
_SHOWN_BROKEN = 3  # completions that broke, for each grader and cause
_DECODINGS = ("greedy", "given", "sampled")  # the first that both stages have is compared

_Pair: TypeAlias = tuple[ResultKey, ResultKey]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Words:
    """What a comparison and its two ends are called: the title, four legends in the order of the bar, and the headings of the examples."""

    title: str
    gained: str
    right: str
    wrong: str
    lost: str
    gains: str
    losses: str


@dataclass(frozen=True, slots=True)
class Example:
    """A prompt answered otherwise at two stages; `prompt` and `reference` are None where the run keeps no texts."""

    sample: str
    prompt: str | None
    reference: str | None
    before: Result
    after: Result


@dataclass(frozen=True, slots=True)
class Changes:
    """How many prompts went from wrong to right and back between two stages, with examples of both."""

    words: Words
    before: str
    after: str
    grader: str
    decoding: str
    gained: int
    lost: int
    right: int
    wrong: int
    gains: Sequence[Example]
    losses: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Broken:
    """A completion that was not scored, or kept what it had earned, and what its grader printed."""

    result: Result
    output: str


class Comparing:
    """The changes between two stages for the first completion of each prompt, greedy where there is one.

    First `add` every result, then `count`, then give `changes` the results that `keys` names. Prompts that are unscored at either
    stage are left out.
    """

    def __init__(self, before: str, after: str, grader: str, bar: float) -> None:
        self._stages = (before, after)
        self._grader = grader
        self._bar = bar
        self._solved: dict[tuple[str, str], dict[str, tuple[bool, str]]] = defaultdict(
            dict
        )  # and fingerprint
        self._pairs: dict[tuple[bool, bool], list[_Pair]] = defaultdict(list)

    def add(self, result: Result) -> None:
        """Count a result, where it is one of those that are compared."""
        about = (result.grader, result.repeat) == (self._grader, 0) and result.stage in self._stages
        if about and result.value is not None:
            solved = (result.value >= self._bar, result.fingerprint)
            self._solved[result.stage, result.decoding][result.sample] = solved

    def count(self) -> bool:
        """Sort the prompts out; False when the stages share none."""
        before, after = self._stages
        for decoding in _DECODINGS:
            first, second = self._solved[before, decoding], self._solved[after, decoding]
            for sample, (was, _) in first.items():
                if sample in second:
                    self._pairs[was, second[sample][0]].append(self._pair(sample, decoding))
            if self._pairs:
                return True
        return False

    @property
    def keys(self) -> set[ResultKey]:
        """The results to be shown."""
        return {
            key
            for change in ((False, True), (True, False))
            for pair in spread(self._pairs[change])
            for key in pair
        }

    def changes(self, results: Mapping[ResultKey, Result], samples: Mapping[str, SampleRecord]) -> Changes:
        """What is shown of it."""
        gained, lost = self._pairs[False, True], self._pairs[True, False]
        before, after = (stage_label(stage) for stage in self._stages)
        decoding = next(pair[0].decoding for pairs in self._pairs.values() for pair in pairs)
        return Changes(
            _words(self._stages),
            before,
            after,
            self._grader,
            decoding,
            len(gained),
            len(lost),
            len(self._pairs[True, True]),
            len(self._pairs[False, False]),
            [_example(results[a], results[b], samples) for a, b in spread(gained)],
            [_example(results[a], results[b], samples) for a, b in spread(lost)],
        )

    def _pair(self, sample: str, decoding: str) -> _Pair:
        first, second = (
            ResultKey(stage, decoding, sample, 0, self._grader, self._solved[stage, decoding][sample][1])
            for stage in self._stages
        )
        return first, second


def told(faults: Iterable[Fault]) -> dict[ResultKey, str]:
    """Of the first few faults of each grader and cause, what the grader printed."""
    counts: Counter[tuple[str, str]] = Counter()
    outputs = {}
    for fault in faults:
        counts[fault.grader, fault.cause] += 1
        if counts[fault.grader, fault.cause] <= _SHOWN_BROKEN:
            outputs[fault.key] = fault.output
    return outputs


def broken(outputs: Mapping[ResultKey, str], results: Mapping[ResultKey, Result]) -> list[Broken]:
    """The results that broke, by grader and cause, with those outputs; a result that was scored after all is left out."""
    there = (results[key] for key in outputs if key in results)
    shown = sorted((r for r in there if r.cause is not None), key=lambda r: (r.grader, str(r.cause)))
    return [Broken(result, outputs[result.key]) for result in shown]


def spread(things: Sequence[_T], most: int = _SHOWN) -> Sequence[_T]:
    """At most so many of them, evenly over the data set, so that no one family of prompts fills the page."""
    return [things[i * len(things) // most] for i in range(most)] if len(things) > most else things


def texts_of(sample: SampleRecord | None) -> tuple[str | None, str | None]:
    """Prompt and reference as text; None where the run keeps no texts, or the sample has no reference."""
    reference = sample.columns.get("reference") if sample else None
    return sample.prompt if sample else None, None if reference is None else as_text(reference)


def _words(stages: tuple[str, str]) -> Words:
    """Two stages of one training are before and after; two models are two models."""
    if all(stage in STAGES for stage in stages):
        return Words(
            "What changed", "wrong, then right", "right both times", "wrong both times", "right, then wrong",
            "From wrong to right", "From right to wrong",
        )  # fmt: skip
    a, b = map(stage_label, stages)
    return Words(
        "What differs", f"only {b} right", "both right", "both wrong", f"only {a} right",
        f"Right from {b} alone", f"Right from {a} alone",
    )  # fmt: skip


def _example(before: Result, after: Result, samples: Mapping[str, SampleRecord]) -> Example:
    prompt, reference = texts_of(samples.get(before.sample))
    return Example(before.sample, prompt, reference, before, after)
