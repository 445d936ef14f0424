"""The completions of a run as the report shows them: those that changed between two stages, and all of them in a table.

Texts are made safe to look at (`wording.visible`) and are cut to a length at which the page stays small; results.jsonl has them whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from markupsafe import Markup

from .records import ComponentRecord, Result, SampleRecord
from .wording import stage_label, visible

TABLE_BYTES = 3_600_000  # what the data of the table may take of the page
_CUTS = (20_000, 6_000, 2_000, 800, 300)  # longest text shown, in characters; the first that fits is used
_MOST_ROWS = 12_000  # completions in the table; building more only to find that they do not fit takes seconds
_EXAMPLE_CUT = 4_000
_SHOWN = 8  # examples of each kind of change

Payload: TypeAlias = dict[str, Any]


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


def changes(
    results: Sequence[Result],
    samples: Mapping[str, SampleRecord],
    before: str,
    after: str,
    grader: str,
    bar: float,
) -> Changes | None:
    """The changes between two stages for the first completion of each prompt, greedy where there is one.

    Prompts that are unscored at either stage are left out. None when the stages share no prompt.
    """
    for decoding in ("greedy", "given", "sampled"):
        chosen = [
            r
            for r in results
            if r.grader == grader and r.decoding == decoding and r.repeat == 0 and r.value is not None
        ]
        first, second = ({r.sample: r for r in chosen if r.stage == stage} for stage in (before, after))
        pairs = [(first[sample], second[sample]) for sample in first if sample in second]
        if pairs:
            return _sorted_out(pairs, samples, bar, decoding)
    return None


def table_data(
    results: Sequence[Result],
    samples: Mapping[str, SampleRecord],
    pass_at: Mapping[str, float],
    *,
    texts: bool,
) -> Payload:
    """Every completion for the table of the page, small enough for it.

    Texts are shared by number. When even short texts do not fit, every second sample is left out until the rest does; `shown` and
    `total` count its lines: one per completion and grader.
    """
    kept = list(results)
    while True:
        if len(kept) <= _MOST_ROWS:
            for cut in _CUTS if texts else _CUTS[:1]:
                payload = _Table(samples, pass_at, cut, texts).build(kept, len(results))
                if len(script_json(payload).encode()) <= TABLE_BYTES:
                    return payload
        names = list(dict.fromkeys(result.sample for result in kept))
        wanted = set(names[::2])
        kept = [r for r in kept if r.sample in wanted] if len(names) > 1 else kept[::2]


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


def _sorted_out(
    pairs: Sequence[tuple[Result, Result]], samples: Mapping[str, SampleRecord], bar: float, decoding: str
) -> Changes:
    gained = [(a, b) for a, b in pairs if not _solved(a, bar) and _solved(b, bar)]
    lost = [(a, b) for a, b in pairs if _solved(a, bar) and not _solved(b, bar)]
    right = sum(_solved(a, bar) and _solved(b, bar) for a, b in pairs)
    return Changes(
        stage_label(pairs[0][0].stage),
        stage_label(pairs[0][1].stage),
        pairs[0][1].grader,
        decoding,
        len(gained),
        len(lost),
        right,
        len(pairs) - len(gained) - len(lost) - right,
        [_example(a, b, samples) for a, b in _spread(gained)],
        [_example(a, b, samples) for a, b in _spread(lost)],
    )


def _solved(result: Result, bar: float) -> bool:
    return result.value is not None and result.value >= bar


def _spread(pairs: Sequence[tuple[Result, Result]]) -> Sequence[tuple[Result, Result]]:
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

    def _component(self, part: ComponentRecord) -> list[Any]:
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
