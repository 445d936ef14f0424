"""How each grader judged one stage: its two figures with intervals, what was not scored and why, components, pass@k."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rewardkit.runs import Fault, Result, StageRow

from ..grader import Grader
from .faults import Failure, Locate, failures
from .statistics import all_k, pass_at_k
from .summary import Group, Repeats, rows_of
from .tally import Tally


@dataclass(frozen=True, slots=True)
class Standing:
    """What one grader says of one stage.

    `unscored` counts completions without a score by cause. `broken` counts those that broke a grader which runs completions: they
    keep the level they had reached. `failures` has one completion per cause of either. `components` are means over scored completions. `pass_at_k` and `all_k` (the chances that at least one, and that
    all, of k completions are solved) go up to the number of repeats that every prompt has; empty when that is 1.
    """

    grader: str
    completions: int
    score: StageRow
    solved: StageRow
    unscored: Mapping[str, int]
    broken: Mapping[str, int]
    failures: Mapping[str, Failure]
    components: Mapping[str, float]
    pass_at_k: Mapping[int, float]
    all_k: Mapping[int, float]

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "grader": self.grader,
            "completions": self.completions,
            "unique": self.score.unique,
            "score": _figure(self.score),
            "solved": _figure(self.solved),
            "unscored": dict(self.unscored),
            "broken": dict(self.broken),
            "reasons": {cause: failure.reason for cause, failure in self.failures.items() if failure.reason},
            "outputs": {cause: failure.output for cause, failure in self.failures.items() if failure.output},
            "rows": {cause: failure.row() for cause, failure in self.failures.items()},
            "components": dict(self.components),
            "pass_at_k": {str(k): share for k, share in self.pass_at_k.items()},
            "all_k": {str(k): share for k, share in self.all_k.items()},
        }


def primary_of(graders: Sequence[Grader]) -> Grader:
    """The grader that speaks for the others: the combination that holds most of them, else the first."""
    places = [(grader.file, grader.line) for grader in graders]
    return max(graders, key=lambda grader: sum(place in places for place in _places_of_parts(grader)))


def _places_of_parts(grader: Grader) -> set[tuple[Path, int]]:
    """Where the parts of a combination, and theirs, are declared: a part has no name of its own when a factory made it."""
    return {(part.file, part.line) for part, _ in grader.parts}.union(
        *(_places_of_parts(part) for part, _ in grader.parts)
    )


def standings(
    results: Iterable[Result],
    graders: Sequence[Grader],
    faults: Iterable[Fault] = (),
    locate: Locate | None = None,
) -> list[Standing]:
    """One standing per grader, from the results of one stage and decoding, which are read once and not kept.

    `faults` are those of the run, and `locate` tells where rows stand; both are asked only when something failed.
    """
    tallies = {grader.name: Tally() for grader in graders}
    for result in results:
        tallies[result.grader].add(result)
    failed = failures(tallies, faults, locate)
    return [_standing(grader, tallies[grader.name], failed.get(grader.name, {})) for grader in graders]


def _standing(grader: Grader, tally: Tally, failed: Mapping[str, Failure]) -> Standing:
    solved, score = rows_of(
        Group(tally.stage, grader.name, tally.decoding, tally.prompts, tally.unique()),
        pass_at=grader.options.solved_at,
        ranges={grader.name: grader.options.range},
    )
    counts = _solved_counts(tally.prompts.values(), grader.options.solved_at)
    ks = _steps(min((n for n, _ in counts), default=0))
    return Standing(
        grader=grader.name,
        completions=tally.completions,
        score=score,
        solved=solved,
        unscored=dict(tally.unscored.most_common()),
        broken=dict(tally.broken.most_common()),
        failures=failed,
        components={name: fmean(values) for name, values in tally.components.items()},
        pass_at_k={k: fmean(pass_at_k(n, c, k) for n, c in counts) for k in ks},
        all_k={k: fmean(all_k(n, c, k) for n, c in counts) for k in ks},
    )


def _figure(row: StageRow) -> dict[str, Any]:
    return {"mean": row.mean, "low": row.low, "high": row.high, "worst": row.worst, "best": row.best}


def _solved_counts(prompts: Iterable[Repeats], bar: float) -> list[tuple[int, int]]:
    """(repeats, how many of them solved) for every prompt whose repeats are all scored."""
    return [
        (len(values), sum(value >= bar for value in values if value is not None))
        for values in prompts
        if None not in values
    ]


def _steps(most: int) -> list[int]:
    """1, 2, 4, 8 ... and `most` itself; nothing when each prompt has one completion."""
    if most < 2:
        return []
    return [*(2**power for power in range(most.bit_length()) if 2**power < most), most]
