"""`assert_grader`: the checks of `rewardkit test` as one assertion."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import replace

from ..checking import CHECKS, GraderReport, check_grader
from ..checking.report import findings_text, warning_text
from ..errors import ConfigError, GraderWarning, did_you_mean
from ..grader import Grader
from ..scoring import Scorer
from .subjects import Rows, as_collected, material_for


def assert_grader(
    grader: Grader | str, rows: Rows | None = None, *, checks: Collection[str] | None = None, seed: int = 0
) -> GraderReport:
    """Test a grader as `rewardkit test` does: on its cases and, where given, on rows (a data file, or mappings of columns).

    AssertionError with the findings as text when a check fails; a GraderWarning for each that warns. `checks` are the ids of the checks that
    count (`["RK102", "RK114"]`), None: all of them. Returns the report. Raises GraderError, DataError or ConfigError for what cannot be run.
    """
    __tracebackhide__ = True
    checks = _known(checks)
    material = material_for(as_collected(grader), rows, seed)
    with Scorer() as scorer:
        report = check_grader(scorer, material.grader, material.rows, seed=seed, role=material.role)
    counted = [
        replace(finding, replay="")  # which replays findings of `rewardkit test`
        for finding in report.findings
        if checks is None or finding.id in checks
    ]
    for finding in counted:
        if finding.severity == "warn":
            warnings.warn(warning_text(report.name, finding), GraderWarning, stacklevel=2)
    failures = [finding for finding in counted if finding.severity == "fail"]
    if failures:
        raise AssertionError(f"{material.grader} fails its test (seed {seed})\n{findings_text(failures)}")
    return report


def _known(checks: Collection[str] | None) -> Collection[str] | None:
    """The ids as given; ConfigError for one that is none."""
    checks = (checks,) if isinstance(checks, str) else checks
    for name in checks or ():
        if name not in CHECKS:
            raise ConfigError(
                f"checks={checks!r}: there is no check '{name}'; docs/checks.md lists them.{did_you_mean(name, CHECKS)}"
            )
    return checks
