"""`compare`: find the sides, compare each with the base, correct for the number of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from rewardkit.runs.records import Metric

from ...errors import ConfigError
from .compared import Compared
from .figures import corrected
from .measured import Measured, measure
from .pairing import Asked, Pair
from .sides import Side, find_side, told_apart

MOST_REGRESSIONS = 20


class HasPath(Protocol):
    """An opened run."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...


AnySide: TypeAlias = str | Path | HasPath | Side
Decoding: TypeAlias = Literal["greedy", "sampled", "given"]


def compare(
    base: AnySide,
    *others: AnySide,
    grader: str | None = None,
    metric: Metric = "solved",
    decoding: Decoding | None = None,
    cluster: str | None = None,
    slices: Sequence[str] = (),
    margin: float | None = None,
    most_regressions: int = MOST_REGRESSIONS,
) -> Compared:
    """Compare each of the others with the base, prompt by prompt.

    A side is the path of a run, `RUN:STAGE`, a pattern that matches runs of several training seeds, an opened run, or what `side_of` made. The verdict is about one grader, named in advance: `grader`,
    else the one that the base's run is about; and one metric, "solved" (the share at or above the pass mark) or "score". All others are shown with Holm's correction. `cluster`
    names the column of the samples whose prompts belong together, `slices` columns whose values are shown one by one (default: what both runs were given). `margin` asks for a test that the two are as good as each other
    to within it. Raises ConfigError when a side is not there or nothing can be compared, DataError for a spoiled run.
    """
    if margin is not None and not 0 < margin < (1 if metric == "solved" else math.inf):
        most = " and below 1 (0.02 is two points)" if metric == "solved" else ""
        raise ConfigError(f"the margin must be above 0{most}; got {margin:g}")
    first, *rest = told_apart(
        [side if isinstance(side, Side) else find_side(_text(side)) for side in (base, *others)]
    )
    if not rest:
        raise ConfigError("compare needs two sides at least: a base and what to compare with it")
    for other in rest:
        _check_apart(first, other)
    asked = Asked(
        grader, metric, _decoding(decoding, [first, *rest]), cluster, tuple(slices), margin, most_regressions
    )
    measured = _measured(first, asked.decoding)
    found = [
        Pair(asked, first, other, measured, _measured(other, asked.decoding)).against() for other in rest
    ]
    flat = iter(corrected([each for pair in found for each in pair.figures]))
    pairs = [replace(pair, figures=tuple(next(flat) for _ in pair.figures)) for pair in found]
    return Compared(first, asked.decoding, tuple(pairs))


def _check_apart(base: Side, other: Side) -> None:
    """ConfigError when one of several runs of a side is the other side, or among it: it would take away from the difference."""
    if max(len(base.runs), len(other.runs)) == 1 or base.stage != other.stage:
        return
    there = {run.path.resolve() for run in base.runs}
    both = [run.path.name for run in other.runs if run.path.resolve() in there]
    if both:
        raise ConfigError(
            f"{', '.join(both)} is on both sides; give a pattern that leaves it out of one of them"
        )


def _decoding(wanted: str | None, sides: Sequence[Side]) -> str:
    """The decoding that is compared: the one asked for, or the first that all sides have."""
    shared = [name for name in sides[0].decodings if all(name in side.decodings for side in sides)]
    if wanted in shared or (wanted is None and shared):
        return wanted or shared[0]
    have = "; ".join(f"{side.label}: {', '.join(side.decodings)}" for side in sides)
    none = f"not all sides have {wanted} answers" if wanted else "no decoding that all sides have"
    raise ConfigError(f"{none} ({have}). Run one of them again, with --greedy or without")


def _measured(side: Side, decoding: str) -> list[Measured]:
    return [measure(run.path, side.stage, decoding) for run in side.runs]


def _text(side: str | Path | HasPath) -> str:
    return str(side if isinstance(side, str | Path) else side.path)
