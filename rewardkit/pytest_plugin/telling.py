"""Failures in words: what is wrong and where in the user's file, without a traceback of rewardkit's own code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ..checking.expectations import short
from ..checking.report import evidence_text, findings_text
from ..checking.results import Finding, GraderReport
from ..errors import GraderWarning, RewardkitError

T = TypeVar("T")

_PLACE = re.compile(
    r"(?:^|\()(?P<file>[^()]+):(?P<line>\d+)\)?$"
)  # also of `reward 'exact' (graders/qa.py:12)`


class Told(pytest.fail.Exception):  # type: ignore[name-defined, misc]  # pytest makes it an attribute of a function
    """A failure with its text and the `file:line` that it is about; the summary of the run shows its first line."""

    __module__ = "builtins"

    def __init__(self, text: str, where: str) -> None:
        super().__init__(text, pytrace=False)
        self.where = where


def told(do: Callable[[], T], where: str) -> T:
    """What it returns. What rewardkit raises on purpose is told, as about the place that it names, else `where`."""
    try:
        return do()
    except (RewardkitError, GraderWarning) as error:
        problem = error
    named = getattr(problem, "where", None) or ""
    raise Told(str(problem), named if _PLACE.search(named) else where)  # out here, or pytest would show both


def placed(shown: T, excinfo: pytest.ExceptionInfo[BaseException]) -> T:
    """What pytest shows of a failure, with the place in the user's file, where editors and CI look for it."""
    crash: Any = getattr(shown, "reprcrash", None)
    if crash is not None and isinstance(excinfo.value, Told):
        path, line = place_of(excinfo.value.where)
        crash.path, crash.lineno = str(path), line + 1
        crash.message = str(excinfo.value).partition("\n")[0]
    return shown


def place_of(where: str) -> tuple[Path, int]:
    """The file, and the line from 0, of `file:line`; line 0 where none is named."""
    found = _PLACE.search(where)
    if found is None:
        return Path(where).absolute(), 0
    return Path(found["file"]).absolute(), int(found["line"]) - 1


def case_text(finding: Finding, *, whole: bool) -> str:
    """A case that does not hold: what was expected and what came, then on what; `whole`: nothing of it cut."""
    got = "nothing" if finding.score is None else short(finding.score)
    return f"expected {finding.expected}, got {got}\n{evidence_text(finding, whole=whole)}"


def checks_text(report: GraderReport, failures: list[Finding]) -> str:
    """The findings of the checks, and the command that replays them."""
    again = f"rewardkit test {report.file}:{report.name}"
    return f"{findings_text(failures).strip()}\n  `{again}` says the same, with an id to replay each"
