"""One base against one other side: which graders and prompts are compared, and the figures of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rewardkit.runs.records import Metric

from ...errors import ConfigError
from .choosing import clusters_of, graders_of, slices_of
from .compared import Against
from .figures import Figures, corrected_together, figures
from .measured import Measured, differing
from .notes import notes_on
from .regressions import Regression, regressions
from .sides import Side
from .wording import size


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a comparison."""

    grader: str | None
    metric: Metric
    decoding: str
    cluster: str | None
    slices: tuple[str, ...]
    margin: float | None
    most: int

    @property
    def metrics(self) -> tuple[Metric, Metric]:
        """Both, the one that the verdict is about first."""
        return ("solved", "score") if self.metric == "solved" else ("score", "solved")


@dataclass(frozen=True, slots=True)
class Pair:
    """The base and one other side, with what each of their runs measured."""

    asked: Asked
    base: Side
    other: Side
    a: Sequence[Measured]
    b: Sequence[Measured]

    def against(self) -> Against:
        """What is said of the other side; p values are not corrected yet. ConfigError when nothing can be compared."""
        graders, told = graders_of(self.base, self.a, self.other, self.b, self.asked.grader)
        changed = differing([*self.a, *self.b])
        groups, on_groups = clusters_of(self.base, self.other, self.asked.cluster, self.a[0], self.b[0])
        found = [each for name in graders for each in self._figures(name, graders[0], changed, groups)]
        if not found or not found[0].primary:
            raise ConfigError(
                f"{self.base.label} and {self.other.label} share no prompt that '{graders[0]}' has scored in both; prompts are "
                "matched by id, prompt and reference"
            )
        columns = slices_of(self.base, self.other, self.asked.slices, self.a[0])
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
            (
                *told,
                *on_groups,
                *notes_on(self.base, self.other, found[0], self.a, self.b),
                *self._on_unscored(found[0], changed),
            ),
            tuple(self._slices(found[0].grader, changed, groups, columns)),
        )

    def _figures(
        self, grader: str, primary: str, changed: set[str], groups: Mapping[str, Hashable] | None
    ) -> list[Figures]:
        """Those of both metrics; of one where a grader says right or wrong, so that both are the same."""
        found: list[Figures] = []
        seen = None
        for metric in self.asked.metrics:
            a, b = (self._means(side, grader, metric, changed) for side in (self.a, self.b))
            one = self._figures_of(a, b, grader, metric, groups, primary=primary)
            if one is not None and (a, b) != seen:
                found.append(one)
            seen = (a, b)
        return found

    def _slices(
        self,
        grader: str,
        changed: set[str],
        groups: Mapping[str, Hashable] | None,
        columns: Mapping[str, Mapping[str, str]],
    ) -> Iterator[tuple[str, Figures]]:
        """The primary figures of each part with Holm's correction over all parts, column by column, the part that fell most first."""
        metric = self.asked.metric
        a, b = (self._means(side, grader, metric, changed) for side in (self.a, self.b))
        parts: list[tuple[str, str, Figures]] = []
        for column, values in columns.items():
            for value in dict.fromkeys(values.values()):
                inside = [
                    [{s: m for s, m in run.items() if values.get(s) == value} for run in side]
                    for side in (a, b)
                ]
                one = self._figures_of(inside[0], inside[1], grader, metric, groups, primary="")
                if one is not None:
                    parts.append((column, f"{column} = {value}", one))
        adjusted = corrected_together([one for _, _, one in parts])
        by_name = [(column, name, one) for (column, name, _), one in zip(parts, adjusted, strict=True)]
        order = list(columns)
        by_name.sort(key=lambda part: (order.index(part[0]), part[2].comparison.difference))
        yield from ((name, one) for _, name, one in by_name)

    def _figures_of(
        self,
        a: Sequence[Mapping[str, float]],
        b: Sequence[Mapping[str, float]],
        grader: str,
        metric: Metric,
        groups: Mapping[str, Hashable] | None,
        *,
        primary: str,
    ) -> Figures | None:
        is_primary = (grader, metric) == (primary, self.asked.metric)
        return figures(
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

    def _means(
        self, side: Sequence[Measured], grader: str, metric: Metric, changed: set[str]
    ) -> list[dict[str, float]]:
        """By run the mean of each prompt, but for those that are others now."""
        by_run = (each.means(grader, metric, self._bar(grader)) for each in side)
        return [{sample: mean for sample, mean in run.items() if sample not in changed} for run in by_run]

    def _bar(self, grader: str) -> float:
        """The pass mark: that of the base, for both."""
        return {**self.other.pass_at, **self.base.pass_at}.get(grader, 1.0)

    def _on_unscored(self, primary: Figures, changed: set[str]) -> Iterator[str]:
        """What the completions without a score could make of the difference; nothing where all were scored."""
        grader = primary.grader
        sides = (self.a, self.b)
        if not any(run.unscored(grader) for side in sides for run in side):
            return
        shared = set.intersection(*(set(run.repeats[grader]) for side in sides for run in side)) - changed
        left = len(shared) - primary.prompts
        start = (
            f"{left:,} more prompts were left out, since a side has no score for them"
            if left
            else "Completions without a score count in no mean"
        )
        if primary.metric != "solved":
            yield f"{start}."
            return
        at = [
            [
                fmean(
                    run.bound(grader, self._bar(grader), given)[sample] for run in side for sample in shared
                )
                for given in (0.0, 1.0)
            ]
            for side in sides
        ]
        worst, best = at[1][0] - at[0][1], at[1][1] - at[0][0]
        hangs = "; which side is better hangs on them" if worst < 0 < best else ""
        yield (
            f"{start}: whatever they would have got, the difference lies between {size(primary, worst, unit='')} and "
            f"{size(primary, best)}{hangs}."
        )

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
