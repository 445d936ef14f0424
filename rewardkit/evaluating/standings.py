"""How each grader judged one stage: its two figures with intervals, what was not scored and why, components, pass@k."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rewardkit.runs import Result, StageRow

from ..grader import Grader
from .statistics import all_k, pass_at_k
from .summary import summarise


@dataclass(frozen=True, slots=True)
class Standing:
    """What one grader says of one stage.

    `unscored` counts completions without a score by cause. `broken` counts those that broke a grader which runs completions: they
    keep the level they had reached. `reasons` has, per cause of either, the commonest reason. `components` are means over scored completions. `pass_at_k` and `all_k` (the chances that at
    least one, and that all, of k completions are solved) go up to the number of repeats that every prompt has; empty when that is 1.
    """

    grader: str
    completions: int
    score: StageRow
    solved: StageRow
    unscored: Mapping[str, int]
    broken: Mapping[str, int]
    reasons: Mapping[str, str]
    components: Mapping[str, float]
    pass_at_k: Mapping[int, float]
    all_k: Mapping[int, float]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "grader": self.grader,
            "completions": self.completions,
            "score": _figure(self.score),
            "solved": _figure(self.solved),
            "unscored": dict(self.unscored),
            "broken": dict(self.broken),
            "reasons": dict(self.reasons),
            "components": dict(self.components),
            "pass_at_k": {str(k): share for k, share in self.pass_at_k.items()},
            "all_k": {str(k): share for k, share in self.all_k.items()},
        }


def pass_marks(graders: Iterable[Grader]) -> dict[str, float]:
    """From which score each grader counts a completion as solved."""
    return {grader.name: grader.options.solved_at for grader in graders}


def ranges(graders: Iterable[Grader]) -> dict[str, tuple[float, float]]:
    """The declared range of each grader."""
    return {grader.name: grader.options.range for grader in graders}


def primary_of(graders: Sequence[Grader]) -> Grader:
    """The grader that speaks for the others: the combination that holds most of them, else the first."""
    places = [(grader.file, grader.line) for grader in graders]
    return max(graders, key=lambda grader: sum(place in places for place in _places_of_parts(grader)))


def _places_of_parts(grader: Grader) -> set[tuple[Path, int]]:
    """Where the parts of a combination, and theirs, are declared: a part has no name of its own when a factory made it."""
    return {(part.file, part.line) for part, _ in grader.parts}.union(
        *(_places_of_parts(part) for part, _ in grader.parts)
    )


def standings(results: Sequence[Result], graders: Sequence[Grader]) -> list[Standing]:
    """One standing per grader, from the results of one stage and decoding."""
    rows = summarise(results, pass_at=pass_marks(graders), ranges=ranges(graders))
    return [_standing(grader, [r for r in results if r.grader == grader.name], rows) for grader in graders]


def _standing(grader: Grader, results: Sequence[Result], rows: Iterable[StageRow]) -> Standing:
    by_metric = {row.metric: row for row in rows if row.grader == grader.name}
    counts = _solved_counts(results, grader.options.solved_at)
    ks = _steps(min((n for n, _ in counts), default=0))
    return Standing(
        grader=grader.name,
        completions=len(results),
        score=by_metric["score"],
        solved=by_metric["solved"],
        unscored=_causes(result for result in results if result.value is None),
        broken=_causes(result for result in results if result.value is not None and result.cause),
        reasons=_reasons(results),
        components=_components(results),
        pass_at_k={k: fmean(pass_at_k(n, c, k) for n, c in counts) for k in ks},
        all_k={k: fmean(all_k(n, c, k) for n, c in counts) for k in ks},
    )


def _figure(row: StageRow) -> dict[str, Any]:
    return {"mean": row.mean, "low": row.low, "high": row.high, "worst": row.worst, "best": row.best}


def _causes(results: Iterable[Result]) -> dict[str, int]:
    return dict(Counter(str(result.cause) for result in results).most_common())


def _reasons(results: Iterable[Result]) -> dict[str, str]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        if result.cause and result.reason:
            found[result.cause][result.reason] += 1
    return {cause: reasons.most_common(1)[0][0] for cause, reasons in found.items()}


def _components(results: Iterable[Result]) -> dict[str, float]:
    values: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for part in result.components if result.value is not None else ():
            if part.value is not None:
                values[part.name].append(part.value)
    return {name: fmean(found) for name, found in values.items()}


def _solved_counts(results: Iterable[Result], bar: float) -> list[tuple[int, int]]:
    """(repeats, how many of them solved) for every prompt whose repeats are all scored."""
    prompts: dict[str, list[float | None]] = defaultdict(list)
    for result in results:
        prompts[result.sample].append(result.value)
    return [
        (len(values), sum(value >= bar for value in values if value is not None))
        for values in prompts.values()
        if None not in values
    ]


def _steps(most: int) -> list[int]:
    """1, 2, 4, 8 ... and `most` itself; nothing when each prompt has one completion."""
    if most < 2:
        return []
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]
