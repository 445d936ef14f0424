"""What a page shows of notable.jsonl: of each kind the newest lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .records import Notable

KINDS = {
    "best": "Best",
    "cut off": "Cut off and well paid",
    "length": "Unusual length",
    "repeated": "Many prompts, one text",
    "apart": "The hold-out disagrees",
}
_PREVIEW = 140


@dataclass(frozen=True, slots=True)
class Shown:
    """A line for a reader. `preview` is the start of the completion on one line; both are None where the run keeps no texts."""

    title: str
    where: str
    why: str
    score: float | None
    preview: str | None
    completion: str | None


def newest(rows: Iterable[Notable], *, most: int) -> list[Shown]:
    """The newest lines of each kind, at most so many, in the order of the kinds."""
    by_kind: dict[str, list[Notable]] = {kind: [] for kind in KINDS}
    for row in rows:
        by_kind[row.kind].append(row)
    return [_shown(row) for kind in KINDS for row in by_kind[kind][: -most - 1 : -1]]


def _shown(row: Notable) -> Shown:
    line = None if row.completion is None else " ".join(row.completion.split())
    cut = line if line is None or len(line) <= _PREVIEW else f"{line[:_PREVIEW]} ..."
    return Shown(KINDS[row.kind], f"step {row.step:,}, {row.sample}", row.why, row.score, cut, row.completion)
