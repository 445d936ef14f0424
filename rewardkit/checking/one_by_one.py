"""A grader's cases, orders and probes, each scored by itself: what pytest runs as one test.

`check_grader` scores them with everything else and twice; here one trial is scored once, and held against the same expectation.
"""

from __future__ import annotations

from dataclasses import replace

from ..cases import Mark
from ..grader import Grader
from ..scoring import Scorer
from .declared import marks
from .expectations import Expected, contract_breach
from .known_rows import known_rows
from .results import Finding
from .score_book import ScoreBook
from .trials import Material, Trial, finding_of


def declared_trials(material: Material) -> list[tuple[Mark, Trial]]:
    """Each mark of the grader with its trial, in the order of the source. `material` has the rows of the marks."""
    trials = [entry for entry in marks(material) if isinstance(entry, Trial)]
    return list(zip(material.grader.marks, trials, strict=True))


def material_of(grader: Grader, seed: int = 0) -> Material:
    """The grader with the rows of its own cases; GraderError when one lacks a column that the grader asks for."""
    return Material(grader, known_rows(grader), seed)


def broken(scorer: Scorer, material: Material, trial: Trial) -> Finding | None:
    """Score the completions of a trial; what they break, if anything: the expectation, or the contract of every call (RK001 to RK004, RK014)."""
    scores = ScoreBook(scorer, material).score(trial.calls)
    index = trial.expected.breach(scores)
    if index is not None:
        return finding_of(material, trial, scores, index, "fail")
    for index, score in enumerate(scores):
        contract = contract_breach(score)
        if contract is not None:
            unsound = replace(trial, check=contract, expected=Expected("sound"))
            return finding_of(material, unsound, scores, index, "fail")
    return None
