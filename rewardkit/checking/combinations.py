"""Combinations and their parts in one run: what a part need not be able to do, and what a failing part means for the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..grader import Grader
from .results import Finding, GraderReport
from .trials import Role


def roles(graders: Sequence[Grader]) -> list[Role]:
    """What each grader is in this run: a penalty, a part of a combination, or a whole."""
    parts = {_place(part): weight for grader in graders for part, weight in _parts(grader) if weight >= 0}
    penalties = {_place(part) for grader in graders for part, weight in _parts(grader) if weight < 0}
    return [
        "penalty" if _place(grader) in penalties else "part" if _place(grader) in parts else "whole"
        for grader in graders
    ]


def with_parts(graders: Sequence[Grader], reports: Sequence[GraderReport]) -> list[GraderReport]:
    """The reports, with RK131 on each combination that has a part which failed in the same run."""
    failed = {
        _place(grader) for grader, report in zip(graders, reports, strict=True) if report.verdict == "fail"
    }
    return [_blame_parts(grader, report, failed) for grader, report in zip(graders, reports, strict=True)]


def _blame_parts(grader: Grader, report: GraderReport, failed: set[tuple[Path, int]]) -> GraderReport:
    names = [part.name for part, _ in _parts(grader) if _place(part) in failed]
    if not names:
        return report
    expected = f"'{names[0]}' passes"
    finding = Finding("RK131", "fail", "", None, None, expected, 0, "", grader.where, {})
    return replace(report, findings=(finding, *report.findings))


def _parts(grader: Grader) -> Iterator[tuple[Grader, float]]:
    for part, weight in grader.parts:
        yield part, weight
        yield from _parts(part)


def _place(grader: Grader) -> tuple[Path, int]:
    return grader.file.resolve(), grader.line
