"""How each grader judged each stage: its two figures with intervals, what was not scored and why, components, pass@k."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

from rewardkit.runs import Fault, Result, StageRow
from rewardkit.runs.records import Decoding

from ..grader import Grader
from .faults import Failure, Locate, failures
from .parts import WHOLE, Parts
from .statistics import all_k, pass_at_k
from .summary import Group, Repeats, rows_of
from .tally import Tally

Stage: TypeAlias = tuple[str, Decoding]
FaultsOf: TypeAlias = Callable[[], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What one grader says of one stage.

    `unscored` counts completions without a score by cause. `broken` counts those that broke a grader which runs completions: they
    keep the level they had reached. `failures` has one completion per cause of either. `slices` are the rows of the parts of the data, and
    `characters` is the mean length of a completion. `components` are means over scored completions. `pass_at_k` and `all_k` (the chances that at least one, and that
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
    slices: Sequence[StageRow] = ()
    characters: float = 0.0

    @property
    def stage(self) -> str:
        """The name of the stage."""
        return self.score.name

    @property
    def decoding(self) -> Decoding:
        """How its completions were drawn."""
        return self.score.decoding

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "stage": self.stage,
            "decoding": self.decoding,
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
            "slices": [
                {"slice": row.slice, "metric": row.metric, "prompts": row.prompts, **_figure(row)}
                for row in self.slices
            ],
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
    faults: FaultsOf | Iterable[Fault] = (),
    locate: Locate | None = None,
    *,
    parts: Parts = WHOLE,
) -> list[Standing]:
    """One standing per stage, decoding and grader: stages in the order in which they appear, graders in theirs.

    The results are read once and not kept. `faults` are those of the run, as a list or as a function that reads them, and `locate` tells
    where rows stand; both are asked only when something failed.
    """
    stages: dict[Stage, dict[str, Tally]] = {}
    for result in results:
        stage = (result.stage, result.decoding)
        if stage not in stages:
            stages[stage] = {grader.name: Tally() for grader in graders}
        stages[stage][result.grader].add(result)
    known = list(faults) if not callable(faults) and len(stages) > 1 else faults
    found: list[Standing] = []
    for stage, tallies in stages.items():
        told = known() if callable(known) else known
        mine = (fault for fault in told if (fault.stage, fault.decoding) == stage)
        failed = failures(tallies, mine, locate)
        found += [
            _standing(grader, tallies[grader.name], failed.get(grader.name, {}), parts) for grader in graders
        ]
    return found


def _standing(grader: Grader, tally: Tally, failed: Mapping[str, Failure], parts: Parts) -> Standing:
    bar, ranges = grader.options.solved_at, {grader.name: grader.options.range}
    group = Group(tally.stage, grader.name, tally.decoding, tally.prompts, tally.unique())
    solved, score = rows_of(group, pass_at=bar, clusters=parts.clusters, ranges=ranges)
    slices = [
        row
        for part, inside in parts.cut(tally.prompts)
        for row in rows_of(
            replace(group, prompts=inside, unique=None),
            part,
            pass_at=bar,
            clusters=parts.clusters,
            ranges=ranges,
        )
    ]
    counts = _solved_counts(tally.prompts.values(), bar)
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
        slices=slices,
        characters=tally.characters / max(1, tally.completions),
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
