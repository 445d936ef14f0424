"""`rewardkit test` on one grader of the corpus."""

from __future__ import annotations

import time

from rewardkit import collect
from rewardkit.checking import GraderReport, check_grader, known_rows, read_data
from rewardkit.scoring import Scorer

from .corpus import Specimen
from .judged import Judged


def judged(specimen: Specimen, scorer: Scorer, *, seed: int = 0) -> Judged:
    """The verdict of `rewardkit test`: a grader that fails is one in which a flaw was found; a warning is none. Where the test itself
    crashes it could not run, as for any other tool.
    """
    began = time.perf_counter()
    try:
        report = _report(specimen, scorer, seed)
    except Exception as error:
        return Judged(specimen, None, (f"{type(error).__name__}: {error}",), time.perf_counter() - began)
    what = tuple(f"{finding.id} {finding.severity}" for finding in report.findings)
    return Judged(specimen, report.verdict == "fail", what, time.perf_counter() - began, report)


def _report(specimen: Specimen, scorer: Scorer, seed: int) -> GraderReport:
    (grader,) = collect([specimen.target])
    data = read_data(specimen.data, {}) if specimen.data else []
    return check_grader(scorer, grader, known_rows(grader, data), seed=seed)
