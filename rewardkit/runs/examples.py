"""The completions of a run as the report shows them: those that changed between two stages, those that broke, and all in a table.

A run may have millions of results and a page shows few, so they are chosen in a first pass over them, by key, and read in a second
one. Texts are made safe to look at (`wording.visible`) and are cut to a length at which the page stays small; results.jsonl has them whole.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup

from rewardkit.scores import Component

from .records import Fault, Result, ResultKey, SampleRecord
from .wording import stage_label, visible

TABLE_BYTES = 3_600_000  # what the data of the table may take of the page
_CUTS = (20_000, 6_000, 2_000, 800, 300)  # longest text shown, in characters; the first that fits is used
_MOST_ROWS = 12_000  # completions in the table; building more only to find that they do not fit takes seconds
_MOST_CHARACTERS = 50_000_000  # of completions that are read for the table
_EXAMPLE_CUT = 4_000
_MOST_UNSCORED = 300  # that are in the table whatever else is
_SHOWN = 8  # examples of each kind of change
_SHOWN_BROKEN = 3  # completions that broke, for each grader and cause
_DECODINGS = ("greedy", "given", "sampled")  # the first that both stages have is compared

Payload: TypeAlias = dict[str, Any]
_Pair: TypeAlias = tuple[ResultKey, ResultKey]


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
            for pair in _spread(self._pairs[change])
            for key in pair
        }

    def changes(self, results: Mapping[ResultKey, Result], samples: Mapping[str, SampleRecord]) -> Changes:
        """What is shown of it."""
        gained, lost = self._pairs[False, True], self._pairs[True, False]
        before, after = (stage_label(stage) for stage in self._stages)
        decoding = next(pair[0].decoding for pairs in self._pairs.values() for pair in pairs)
        return Changes(
            before,
            after,
            self._grader,
            decoding,
            len(gained),
            len(lost),
            len(self._pairs[True, True]),
            len(self._pairs[False, False]),
            [_example(results[a], results[b], samples) for a, b in _spread(gained)],
            [_example(results[a], results[b], samples) for a, b in _spread(lost)],
        )

    def _pair(self, sample: str, decoding: str) -> _Pair:
        first, second = (
            ResultKey(stage, decoding, sample, 0, self._grader, self._solved[stage, decoding][sample][1])
            for stage in self._stages
        )
        return first, second


class Thinning:
    """Which results the table shows: all, or where they are too many those of every second, fourth, ... sample and up to 300 unscored.

    First `add` every result, then `settle`, then ask `keeps` once for each in the same order.
    """

    def __init__(self) -> None:
        self.total = 0
        self._rows: Counter[str] = Counter()
        self._unscored: list[ResultKey] = []
        self._unscored_stride = 1
        self._unscored_seen = 0
        self._characters = 0
        self._kept: set[str] | None = None
        self._stride = 1
        self._seen = 0
        self.unscored: frozenset[ResultKey] = frozenset()

    def add(self, result: Result) -> None:
        """Count a result."""
        self.total += 1
        self._rows[result.sample] += 1
        self._characters += len(result.completion)
        if result.value is None:
            self._add_unscored(result.key)

    def settle(self) -> None:
        """Choose the samples; of a single one, every second, fourth, ... row."""
        self.unscored = frozenset(self._unscored)
        mean = self._characters // max(1, self.total)
        most = max(1, min(_MOST_ROWS, _MOST_CHARACTERS // max(1, mean)))
        if self.total <= most:
            return
        names = list(self._rows)
        while len(names) > 1 and sum(self._rows[name] for name in names) > most:
            names = names[::2]
        self._kept = set(names)
        while sum(self._rows[name] for name in names) > most * self._stride:
            self._stride *= 2

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(self._rows)

    def keeps(self, key: ResultKey) -> bool:
        """Whether the next result is shown."""
        return self._sampled(key) or key in self.unscored

    def _add_unscored(self, key: ResultKey) -> None:
        """Keep the key, or of more than there is room for every second, fourth, ..."""
        if self._unscored_seen % self._unscored_stride == 0:
            self._unscored.append(key)
        self._unscored_seen += 1
        if len(self._unscored) > _MOST_UNSCORED:
            self._unscored = self._unscored[::2]
            self._unscored_stride *= 2

    def _sampled(self, key: ResultKey) -> bool:
        if self._kept is not None and key.sample not in self._kept:
            return False
        self._seen += 1
        return (self._seen - 1) % self._stride == 0


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


def table_data(
    results: Sequence[Result],
    samples: Mapping[str, SampleRecord],
    pass_at: Mapping[str, float],
    *,
    total: int,
    texts: bool,
    always: Collection[ResultKey] = frozenset(),
) -> Payload:
    """Completions for the table of the page, small enough for it.

    Texts are shared by number. When even short texts do not fit, every second sample is left out until the rest does, but for the results
    that `always` names; `shown` and `total` count its lines: one per completion and grader.
    """
    kept = list(results)
    while True:
        for cut in _CUTS if texts else _CUTS[:1]:
            payload = _Table(samples, pass_at, cut, texts).build(kept, total)
            if len(script_json(payload).encode()) <= TABLE_BYTES:
                return payload
        kept = _thinned(kept, always)


def _thinned(results: list[Result], always: Collection[ResultKey]) -> list[Result]:
    """Those of every second sample and those that stay in any case; every second one where that leaves out none."""
    names = list(dict.fromkeys(result.sample for result in results if result.key not in always))
    wanted = set(names[::2])
    rest = [result for result in results if result.sample in wanted or result.key in always]
    return rest if len(rest) < len(results) else results[::2]


def script_json(payload: object) -> Markup:
    """JSON that is safe inside a `<script>` element: nothing in it can end the element or open a comment."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def shortened(text: str, longest: int = _EXAMPLE_CUT) -> str:
    """The start of a text, and how much is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… [{len(text) - longest:,} more characters]"


def as_text(value: object) -> str:
    """A reference or another column as text: strings as they are, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _spread(pairs: Sequence[_Pair]) -> Sequence[_Pair]:
    """At most `_SHOWN` pairs, evenly over the data set, so that no one family of prompts fills the page."""
    return [pairs[i * len(pairs) // _SHOWN] for i in range(_SHOWN)] if len(pairs) > _SHOWN else pairs


def _example(before: Result, after: Result, samples: Mapping[str, SampleRecord]) -> Example:
    sample = samples.get(before.sample)
    reference = sample.columns.get("reference") if sample else None
    return Example(
        before.sample,
        sample.prompt if sample else None,
        None if reference is None else as_text(reference),
        before,
        after,
    )


class _Table:
    """Builds the payload of the table: strings are stored once and rows hold their numbers."""

    def __init__(
        self, samples: Mapping[str, SampleRecord], pass_at: Mapping[str, float], cut: int, texts: bool
    ) -> None:
        self._samples = samples
        self._pass_at = pass_at
        self._cut = cut
        self._keep_texts = texts
        self._numbers: dict[str, int] = {}
        self._sample_numbers: dict[str, int] = {}

    def build(self, results: Sequence[Result], total: int) -> Payload:
        rows = [self._row(result) for result in results]
        shown = [self._sample(name) for name in self._sample_numbers]
        return {
            "samples": shown,
            "rows": rows,
            "strings": [visible(shortened(text, self._cut)) for text in self._numbers],
            "pass_at": {visible(name): bar for name, bar in self._pass_at.items()},
            "texts": self._keep_texts,
            "shown": len(rows),
            "total": total,
        }

    def _row(self, result: Result) -> list[Any]:
        return [
            self._sample_numbers.setdefault(result.sample, len(self._sample_numbers)),
            self._number(stage_label(result.stage)),
            self._number(result.decoding),
            result.repeat,
            self._number(result.grader),
            self._number(result.completion) if self._keep_texts else -1,
            _rounded(result.value),
            self._number(result.cause or ""),
            self._number(result.reason if self._keep_texts else ""),
            [self._component(part) for part in result.components],
        ]

    def _component(self, part: Component) -> list[Any]:
        reason = part.reason if self._keep_texts else ""
        return [
            self._number(part.name),
            _rounded(part.value),
            _rounded(part.level),
            _rounded(part.weight),
            self._number(reason),
        ]

    def _sample(self, name: str) -> list[Any]:
        sample = self._samples.get(name)
        if sample is None or not self._keep_texts:
            return [self._number(name), -1, []]
        columns = [[self._number(key), self._number(as_text(value))] for key, value in sample.columns.items()]
        return [self._number(name), self._number(sample.prompt), columns]

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
