"""The data of the table of completions, as JSON inside the page: strings are stored once, and the whole fits a given size.

Texts are made safe to look at (`wording.visible`) and are cut to a length at which the page stays small; results.jsonl has them whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias

from markupsafe import Markup

from rewardkit.scores import Component

from .records import Result, ResultKey, SampleRecord
from .wording import as_text, shortened, stage_label, visible

TABLE_BYTES = 3_600_000  # what the data of the table may take of the page
_CUTS = (20_000, 6_000, 2_000, 800, 300)  # longest text shown, in characters; the first that fits is used

Payload: TypeAlias = dict[str, Any]


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
        lengths = [len(text) for text in {result.completion for result in kept}] if texts else []
        for cut in _CUTS if texts else _CUTS[:1]:
            if sum(min(length, cut) for length in lengths) > TABLE_BYTES:
                continue  # building it takes seconds, and a character takes a byte at least
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
