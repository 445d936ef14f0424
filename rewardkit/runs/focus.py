"""What the headline of a run is about: one stage of one grader, and what it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .figures import preferred_decoding
from .records import BaselineRow, ComparisonRow, LengthRow, RunInfo, StageRow, Summary

_TRAINED = ("rft", "raft", "sft", "sft_alone")


@dataclass(frozen=True, slots=True)
class Focus:
    """The share solved of the first grader over all prompts, greedy where there is greedy.

    `last` is the trained stage, or the best of several models; `first` the base, or the next best model; `score` the mean score of `last`.
    `comparisons` are those of `last` on the share solved; `models` counts what `last` was chosen from.
    """

    last: StageRow
    first: StageRow | None = None
    score: StageRow | None = None
    baseline: BaselineRow | None = None
    length: LengthRow | None = None
    comparisons: Sequence[ComparisonRow] = ()
    models: int = 1

    @property
    def comparison(self) -> ComparisonRow | None:
        """`last` against `first`, whichever of them the run names first."""
        return self.against(self.first.name) if self.first is not None else None

    def against(self, name: str) -> ComparisonRow | None:
        """`last` against that stage."""
        ends = {self.last.name, name}
        found = next((row for row in self.comparisons if {row.a, row.b} == ends), None)
        return found if found is None or found.b == self.last.name else turned(found)

    @property
    def rivals(self) -> list[ComparisonRow]:
        """`last` against every other stage, the base and the next best first."""
        names = [self.first.name] if self.first is not None else []
        names += [row.a if row.b == self.last.name else row.b for row in self.comparisons]
        found = [self.against(name) for name in dict.fromkeys(names)]
        return [row for row in found if row is not None]


def grader_names(info: RunInfo, summary: Summary) -> list[str]:
    """The graders in the order of the page: the one that the run is about, then the others as they were given."""
    names = dict.fromkeys(row.grader for row in summary.stages)
    return sorted(names, key=lambda name: name != info.primary)


def focus_of(info: RunInfo, summary: Summary) -> Focus | None:
    """What a page about that run opens with; None before it has figures."""
    rows = [row for row in summary.stages if row.metric == "solved" and row.slice is None]
    if not rows:
        return None
    grader = grader_names(info, summary)[0]
    mine = [row for row in rows if row.grader == grader] or rows
    decoding = preferred_decoding(row.decoding for row in mine)
    by_stage = {row.name: row for row in mine if row.decoding == decoding}
    trained = next((by_stage[name] for name in _TRAINED if name in by_stage), None)
    if trained is not None:
        last, first = trained, by_stage.get("base")
    else:
        best = sorted(by_stage.values(), key=_reached, reverse=True)
        last, first = best[0], best[1] if len(best) > 1 and best[1].mean is not None else None
    return Focus(
        last,
        first,
        _score_of(summary, last),
        next((row for row in summary.baselines if row.grader == last.grader), None),
        next(
            (row for row in summary.lengths if (row.name, row.decoding) == (last.name, last.decoding)), None
        ),
        [row for row in summary.comparisons if _is_about(row, last)],
        1 if trained is not None else len(by_stage),
    )


def turned(row: ComparisonRow) -> ComparisonRow:
    """The same comparison seen from the other end."""
    verdict = {"better": "worse", "worse": "better"}.get(row.verdict, row.verdict)
    ends = {
        "low": None if row.high is None else -row.high,
        "high": None if row.low is None else -row.low,
    }
    return row.model_copy(
        update={"a": row.b, "b": row.a, "difference": -row.difference, "verdict": verdict, **ends}
    )


def _reached(row: StageRow) -> float:
    return -1.0 if row.mean is None else row.mean


def _score_of(summary: Summary, last: StageRow) -> StageRow | None:
    about = (last.name, last.grader, last.decoding)
    scores = (row for row in summary.stages if row.metric == "score" and row.slice is None)
    return next((row for row in scores if (row.name, row.grader, row.decoding) == about), None)


def _is_about(row: ComparisonRow, last: StageRow) -> bool:
    alike = (row.grader, row.decoding, row.metric) == (last.grader, last.decoding, "solved")
    return alike and last.name in (row.a, row.b)
