"""`compare`: find the sides, keep the prompts that both have, measure every grader, say what the reader must know beside it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from rewardkit.runs.records import Metric

from ...errors import ConfigError
from .choosing import clusters_of, graders_of
from .figures import Figures, corrected, figures
from .measured import Measured, differing, measure
from .notes import notes_on
from .regressions import Regression, regressions
from .sides import Side, find_side

MOST_REGRESSIONS = 20


class HasPath(Protocol):
    """An opened run."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...


AnySide: TypeAlias = str | Path | HasPath
Decoding: TypeAlias = Literal["greedy", "sampled", "given"]


@dataclass(frozen=True, slots=True)
class Against:
    """One other side against the base: the primary figures first, the worst regressions of the primary grader, and notes in words.

    `only_base`, `only_other` and `changed` count prompts that were left out: on one side only, or with another prompt or reference under the same id.
    `unscored` and `characters` (mean length of a completion) are (base, other).
    """

    other: Side
    figures: tuple[Figures, ...]
    regressions: tuple[Regression, ...]
    only_base: int
    only_other: int
    changed: int
    unscored: tuple[int, int]
    characters: tuple[float, float]
    notes: tuple[str, ...]

    @property
    def primary(self) -> Figures:
        """The figures that the verdict is about."""
        return self.figures[0]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "other": self.other.label,
            "verdict": self.primary.verdict,
            "figures": [each.as_json() for each in self.figures],
            "prompts_only_base": self.only_base,
            "prompts_only_other": self.only_other,
            "prompts_changed": self.changed,
            "unscored": list(self.unscored),
            "characters": list(self.characters),
            "regressions": [each.as_json() for each in self.regressions],
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """The base and what was compared with it, in the order given."""

    base: Side
    decoding: str
    pairs: tuple[Against, ...]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "base": self.base.label,
            "decoding": self.decoding,
            "comparisons": [pair.as_json() for pair in self.pairs],
        }


def compare(
    base: AnySide,
    *others: AnySide,
    grader: str | None = None,
    metric: Metric = "solved",
    decoding: Decoding | None = None,
    cluster: str | None = None,
    margin: float | None = None,
    most_regressions: int = MOST_REGRESSIONS,
) -> Compared:
    """Compare each of the others with the base, prompt by prompt.

    A side is the path of a run, `RUN:STAGE`, a pattern that matches runs of several training seeds, or an opened run. The verdict is about one grader, named in advance: `grader`,
    else the one that the base's run is about; and one metric, "solved" (the share at or above the pass mark) or "score". All others are shown with Holm's correction. `cluster`
    names the column of the samples whose prompts belong together (default: the one that the run itself was given). `margin` asks for a test that the two are as good as each other
    to within it. Raises ConfigError when a side is not there or nothing can be compared, DataError for a spoiled run.
    """
    first = find_side(_text(base))
    rest = [find_side(_text(other)) for other in others]
    if not rest:
        raise ConfigError("compare needs two sides at least: a base and what to compare with it")
    asked = _Asked(grader, metric, _decoding(decoding, [first, *rest]), cluster, margin, most_regressions)
    measured = _measured(first, asked.decoding)
    found = [
        _Pair(asked, first, other, measured, _measured(other, asked.decoding)).against() for other in rest
    ]
    flat = iter(corrected([each for pair in found for each in pair.figures]))
    pairs = [replace(pair, figures=tuple(next(flat) for _ in pair.figures)) for pair in found]
    return Compared(first, asked.decoding, tuple(pairs))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of a comparison."""

    grader: str | None
    metric: Metric
    decoding: str
    cluster: str | None
    margin: float | None
    most: int

    @property
    def metrics(self) -> tuple[Metric, Metric]:
        """Both, the one that the verdict is about first."""
        return ("solved", "score") if self.metric == "solved" else ("score", "solved")


@dataclass(frozen=True, slots=True)
class _Pair:
    """The base and one other side, with what each of their runs measured."""

    asked: _Asked
    base: Side
    other: Side
    a: Sequence[Measured]
    b: Sequence[Measured]

    def against(self) -> Against:
        graders, told = graders_of(self.base, self.a, self.other, self.b, self.asked.grader)
        changed = differing(self.a[0].contents, self.b[0].contents)
        groups = clusters_of(self.base, self.other, self.asked.cluster, self.a[0])
        found = [each for name in graders for each in self._figures(name, graders[0], changed, groups)]
        if not found or not found[0].primary:
            raise ConfigError(
                f"{self.base.label} and {self.other.label} share no prompt that '{graders[0]}' has scored in both; prompts are "
                "matched by id, prompt and reference"
            )
        here, there = set(self.a[0].samples), set(self.b[0].samples)
        return Against(
            self.other,
            tuple(found),
            tuple(self._regressions(graders[0], changed)),
            len(here - there),
            len(there - here),
            len(changed),
            (
                sum(each.unscored(graders[0]) for each in self.a),
                sum(each.unscored(graders[0]) for each in self.b),
            ),
            (self.a[0].characters, self.b[0].characters),
            (*told, *notes_on(self.base, self.other, found[0], self.a, self.b)),
        )

    def _figures(
        self, grader: str, primary: str, changed: set[str], groups: Mapping[str, Hashable] | None
    ) -> list[Figures]:
        """Those of both metrics; of one where a grader says right or wrong, so that both are the same."""
        found: list[Figures] = []
        seen = None
        for metric in self.asked.metrics:
            is_primary = (grader, metric) == (primary, self.asked.metric)
            a, b = (self._means(side, grader, metric, changed) for side in (self.a, self.b))
            one = figures(
                a,
                b,
                grader=grader,
                metric=metric,
                primary=is_primary,
                once=max(each.most_repeats() for each in (*self.a, *self.b)) == 1,
                clusters=groups,
                margin=self.asked.margin if is_primary else None,
                seed=self.base.runs[0].info.seed,
            )
            if one is not None and (a, b) != seen:
                found.append(one)
            seen = (a, b)
        return found

    def _means(
        self, side: Sequence[Measured], grader: str, metric: Metric, changed: set[str]
    ) -> list[dict[str, float]]:
        """By run the mean of each prompt, but for those that are others now."""
        bar = {**self.other.pass_at, **self.base.pass_at}.get(grader, 1.0)
        by_run = (each.means(grader, metric, bar) for each in side)
        return [{sample: mean for sample, mean in run.items() if sample not in changed} for run in by_run]

    def _regressions(self, grader: str, changed: set[str]) -> list[Regression]:
        a, b = (self._means(side[:1], grader, self.asked.metric, changed)[0] for side in (self.a, self.b))
        return regressions(
            self.base,
            self.other,
            (a, b),
            grader=grader,
            decoding=self.asked.decoding,
            most=self.asked.most,
        )


def _decoding(wanted: str | None, sides: Sequence[Side]) -> str:
    """The decoding that is compared: the one asked for, or the first that all sides have."""
    shared = [name for name in sides[0].decodings if all(name in side.decodings for side in sides)]
    if wanted in shared or (wanted is None and shared):
        return wanted or shared[0]
    have = "; ".join(f"{side.label}: {', '.join(side.decodings)}" for side in sides)
    raise ConfigError(f"no decoding that all sides have{f' is {wanted!r}' if wanted else ''} ({have})")


def _measured(side: Side, decoding: str) -> list[Measured]:
    return [measure(run.path, side.stage, decoding) for run in side.runs]


def _text(side: AnySide) -> str:
    return str(side if isinstance(side, str | Path) else side.path)
