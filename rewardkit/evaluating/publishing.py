"""The end of a run: figures of every stage, the comparisons between them, lengths, and the report, from what its folder holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rewardkit.runs import (
    BaselineRow,
    ComparisonRow,
    LengthRow,
    Result,
    RunFolder,
    Summary,
    iter_faults,
    read_summary,
)
from rewardkit.runs.report import write_report

from ..grader import Grader
from .faults import Locate
from .generations import read_generations
from .lengths import length_rows
from .parts import WHOLE, Parts
from .standings import Standing, standings
from .summary import compare_stages, component_rows, corrected_pairs


@dataclass(frozen=True, slots=True)
class Published:
    """What a run came to. `reused` counts the scores that were taken from identical completions."""

    standings: Sequence[Standing]
    comparisons: Sequence[ComparisonRow]
    lengths: Sequence[LengthRow]
    baselines: Sequence[BaselineRow]
    reused: int
    report: Path
    stages: Sequence[str] = field(default=())

    @property
    def is_compared(self) -> bool:
        """Whether there is more than one stage."""
        return len(self.stages) > 1


def publish(
    folder: RunFolder,
    graders: Sequence[Grader],
    *,
    verb: str,
    seconds: float,
    reused: int,
    texts: bool,
    stages: Sequence[str] = (),
    parts: Parts = WHOLE,
    baselines: Sequence[BaselineRow] = (),
    locate: Locate | None = None,
) -> Published:
    """Write summary.json and report.html.

    `stages` is their order (what is not named comes after), `seconds` and `reused` are those of this call: the ones of earlier calls are in
    the files that they wrote. `locate` tells where rows stand.
    """
    folder.add_seconds(verb, seconds)
    faults = partial(iter_faults, folder.path)
    found = standings(folder.iter_results(), graders, faults, locate, parts=parts)
    order = list(dict.fromkeys([*stages, *(standing.stage for standing in found)]))
    found.sort(key=lambda standing: order.index(standing.stage))
    names = list(dict.fromkeys(standing.stage for standing in found))
    bars = {grader.name: grader.options.solved_at for grader in graders}
    comparisons = (
        corrected_pairs(
            compare_stages(
                _by_stage(folder, names), pass_at=bars, clusters=parts.clusters, seed=folder.info.seed
            )
        )
        if len(names) > 1
        else []
    )
    lengths = length_rows(found, read_generations(folder.path))
    reused += read_summary(folder.path).reused
    has_parts = any(standing.components for standing in found)
    components = component_rows(folder.iter_results(), clusters=parts.clusters) if has_parts else []
    whole = [row for standing in found for row in (standing.solved, standing.score)]
    summary = Summary(
        stages=(*whole, *(row for standing in found for row in standing.slices)),
        comparisons=tuple(comparisons),
        components=tuple(components),
        lengths=tuple(lengths),
        baselines=tuple(baselines),
        reused=reused,
        seconds=folder.seconds(),
    )
    folder.write_summary(summary)
    return Published(
        found, comparisons, lengths, baselines, reused, write_report(folder.path, texts=texts), names
    )


def _by_stage(folder: RunFolder, stages: Sequence[str]) -> Iterator[Result]:
    """The results stage by stage: in the file they may stand otherwise, once some were scored again."""
    for stage in stages:
        yield from (result for result in folder.iter_results() if result.stage == stage)
