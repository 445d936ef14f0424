"""A file of graders as pytest sees it: the file, its graders, and for each its cases one by one and its checks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ..cases import Mark
from ..checking import GraderReport, check_grader, roles
from ..checking.one_by_one import broken, declared_trials, material_of
from ..checking.report import warning_text
from ..checking.trials import Material, Trial
from ..collecting import collect_file
from ..errors import GraderWarning
from ..grader import Grader
from ..scoring import Scorer
from .names import names_of
from .telling import Told, case_text, checks_text, place_of, placed, told

_COLLECTED = pytest.StashKey[list[Grader]]()
_SCORER = pytest.StashKey[Scorer]()


class GraderFile(pytest.File):
    """A file of graders."""

    def collect(self) -> Iterator[pytest.Collector]:
        """Its graders. A file that cannot be loaded is an error that names the line."""
        graders = told(lambda: collect_file(self.path), str(self.path))
        self.session.stash.setdefault(_COLLECTED, []).extend(graders)
        for grader in graders:
            yield GraderNode.from_parent(self, name=grader.name, grader=grader)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of what went wrong, and its place."""
        return placed(super().repr_failure(excinfo), excinfo)


class GraderNode(pytest.Collector):
    """One grader."""

    def __init__(self, name: str, parent: pytest.Collector, *, grader: Grader, **others: Any) -> None:
        super().__init__(name, parent, **others)
        self.grader = grader
        self.add_marker(pytest.mark.rewardkit)

    def collect(self) -> Iterator[pytest.Item]:
        """Its cases, orders and probes in the order of the source, then its checks."""
        material = told(lambda: material_of(self.grader), self.grader.where)
        for name, (mark, trial) in zip(names_of(self.grader.marks), declared_trials(material), strict=True):
            yield MarkItem.from_parent(self, name=name, mark=mark, trial=trial, material=material)
        yield ChecksItem.from_parent(self, name="checks", material=material)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of what went wrong, and its place."""
        return placed(super().repr_failure(excinfo), excinfo)


class _Item(pytest.Item):
    """What both sorts of tests share: the grader with its rows, and the place in the user's file."""

    def __init__(
        self, name: str, parent: pytest.Collector, *, material: Material, where: str, **others: Any
    ) -> None:
        # As a text, which pytest takes apart as it does what --lf has stored; from the name alone it makes an id that equals none of those.
        super().__init__(name, parent, nodeid=f"{parent.nodeid}::{name}", **others)
        self.material = material
        self.where = where

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line from 0, and the heading of a failure."""
        return (*place_of(self.where), f"{self.material.grader.name}::{self.name}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of what went wrong, and its place."""
        return placed(super().repr_failure(excinfo, style), excinfo)


class MarkItem(_Item):
    """One case, order or probe."""

    def __init__(
        self, name: str, parent: pytest.Collector, *, mark: Mark, trial: Trial, **others: Any
    ) -> None:
        super().__init__(name, parent, where=mark.where, **others)
        self.trial = trial

    def runtest(self) -> None:
        """Score it; fails with what was expected and what came."""
        finding = told(lambda: broken(_scorer(self.config), self.material, self.trial), self.where)
        if finding is not None:
            raise Told(case_text(finding, whole=self.config.option.verbose > 1), self.where)

    @property
    def id_of_finding(self) -> str:
        """What the checks call the same breach."""
        return self.trial.replay_id(self.material.grader)


class ChecksItem(_Item):
    """The checks of `rewardkit test` on one grader."""

    def __init__(self, name: str, parent: pytest.Collector, *, material: Material, **others: Any) -> None:
        super().__init__(name, parent, material=material, where=material.grader.where, **others)
        self.add_marker(pytest.mark.rewardkit_checks)

    def runtest(self) -> None:
        """Run them; fails with the findings, and warns of what only may be a flaw."""
        report = told(self._report, self.where)
        if report.skipped:
            lines = [f"{skipped.id}: {skipped}" for skipped in report.skipped]
            self.add_report_section("call", "skipped checks", "\n".join(lines))
        told_already = self._ids_of_other_tests()
        findings = [replace(each, replay="") for each in report.findings if each.replay not in told_already]
        for finding in findings:
            if finding.severity == "warn":
                warning = GraderWarning(warning_text(report.name, finding))
                told(partial(self.warn, warning), self.where)
        failures = [finding for finding in findings if finding.severity == "fail"]
        if failures:
            raise Told(checks_text(report, failures), self.where)

    def _report(self) -> GraderReport:
        material = self.material
        role = roles([*self.session.stash.get(_COLLECTED, []), material.grader])[-1]
        scorer = _scorer(self.config)
        return check_grader(scorer, material.grader, material.rows, seed=material.seed, role=role)

    def _ids_of_other_tests(self) -> set[str]:
        """The breaches that tests of this run tell: a case that does not hold is told once."""
        return {
            item.id_of_finding
            for item in self.session.items
            if isinstance(item, MarkItem) and item.parent is self.parent
        }


def _scorer(config: pytest.Config) -> Scorer:
    """The scorer of this session, ended with it; beside other processes of pytest-xdist it has one worker."""
    if _SCORER not in config.stash:
        one_of_several = "PYTEST_XDIST_WORKER" in os.environ
        scorer = config.stash[_SCORER] = Scorer(workers=1 if one_of_several else None)
        config.add_cleanup(scorer.close)
    return config.stash[_SCORER]
