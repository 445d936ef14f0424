"""RK321, RK322: a rubric with a `min_kappa` has a calibration of what it is now, and its judge reaches the bar there. Nobody is asked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..grader import Grader
from ..judging.named import JUDGE
from ..paths import display_path
from .findings import Severity
from .results import Finding
from .trials import Material

if TYPE_CHECKING:
    from ..judging.calibration_file import KeptEstimate


def calibrated(material: Material) -> Iterator[Finding]:
    """What is wrong with the calibration of the grader, or of the rubrics that are parts of it."""
    if not material.grader.asks_a_judge:
        return
    from ..judging.declared import declared_of
    from ..judging.named import rubrics_of

    for rubric in rubrics_of([material.grader]):
        if declared_of(rubric).min_kappa is not None:
            yield from _of_rubric(rubric, material.seed)


def not_held(graders: Iterable[Grader]) -> list[str]:
    """What speaks against training with these graders, or with combinations of them: a line for each rubric whose judge does not reach its bar."""
    return [
        f"{grader}: {'; '.join(finding.facts)}; expected: {finding.expected}"
        for grader in graders
        for finding in calibrated(Material(grader, [], 0))
        if finding.severity == "fail"
    ]


def _of_rubric(rubric: Grader, seed: int) -> Iterator[Finding]:
    from ..judging.calibration_file import outdated, path_of, read_calibration, relabelled

    path = path_of(rubric)
    try:
        kept = read_calibration(rubric)
    except ConfigError as error:
        yield _finding("RK321", "fail", rubric, seed, [str(error)])
        return
    if kept is None:
        yield _finding("RK321", "fail", rubric, seed, [_missing(path)])
        return
    if why := outdated(rubric, kept):
        yield _finding("RK321", "fail", rubric, seed, [f"{display_path(path)}: {why}"])
        return
    if relabelled(rubric, kept):
        changed = f"{display_path(path)}: {kept.labels} has changed since"
        yield _finding("RK321", "warn", rubric, seed, [changed])
    outcomes = {criterion.outcome for criterion in kept.criteria}
    if outcomes & {"not met", "too few to say"}:
        severity: Severity = "fail" if "not met" in outcomes else "warn"
        facts = [
            f"{criterion.id}: kappa {_bounds(criterion.kappa)} over {criterion.n:,}, min_kappa {criterion.min_kappa:g}: {criterion.outcome}"
            for criterion in kept.criteria
            if criterion.outcome not in (None, "met")
        ]
        yield _finding("RK322", severity, rubric, seed, facts)


def _missing(path: Path) -> str:
    if not path.is_file():
        return f"there is no {display_path(path)}"
    judge = os.environ.get(JUDGE)
    with_it = f"--judge {judge}" if judge else "the rubric's own judge"
    return f"{display_path(path)} has no calibration with {with_it}"


def _bounds(kappa: KeptEstimate) -> str:
    if kappa.value is None:
        return "cannot be told"
    if kappa.low is None or kappa.high is None:
        return f"{kappa.value:.2f}"
    return f"{kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f})"


def _finding(check: str, severity: Severity, rubric: Grader, seed: int, facts: Sequence[str]) -> Finding:
    file = display_path(rubric.file)
    target = file if rubric.file.suffix == ".toml" else f"{file}:{rubric.name}"
    judge = f" --judge {os.environ[JUDGE]}" if os.environ.get(JUDGE) else ""
    expected = {
        "RK321": f"what `rewardkit calibrate {target} LABELS{judge}` writes",
        "RK322": "a kappa of min_kappa or more on each criterion that has one",
    }[check]
    return Finding(check, severity, "", None, None, expected, seed, "", rubric.where, {}, facts=tuple(facts))
