"""Every check finds the flaw that it is for, and nothing in a grader without it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit import Scorer, collect
from rewardkit.checking import CHECKS, GraderReport, check_grader, known_rows, roles
from rewardkit.checking.running import plan
from rewardkit.checking.source_mutants import with_source_mutants
from rewardkit.checking.trials import Material

HERE = Path(__file__).parent
WITH_SOURCE_MUTANTS = ("rk140_cases_notice_little", "cases_notice_much")


def names_in(file: str) -> list[str]:
    """The graders of a file in source order, found without running it."""
    tree = ast.parse((HERE / file).read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return [node.name for node in functions]


def reports_of(file: str) -> dict[str, GraderReport]:
    graders = collect([str(HERE / file)])
    with Scorer(workers=1) as scorer:
        reports = [
            check_grader(scorer, grader, known_rows(grader), role=role)
            for grader, role in zip(graders, roles(graders), strict=True)
        ]
    for grader in graders:
        if grader.name in WITH_SOURCE_MUTANTS:
            material = Material(grader, known_rows(grader), seed=0)
            index = graders.index(grader)
            reports[index] = with_source_mutants(reports[index], material, plan(material)[0], workers=1)
    return {report.name: report for report in reports}


@pytest.fixture(scope="module")
def flawed() -> Iterator[dict[str, GraderReport]]:
    return reports_of("flawed.py")


@pytest.fixture(scope="module")
def correct() -> Iterator[dict[str, GraderReport]]:
    return reports_of("correct.py")


@pytest.mark.parametrize("name", names_in("flawed.py"))
def test_the_flaw_is_found_by_the_check_it_is_named_after(flawed: dict[str, GraderReport], name: str) -> None:
    check = name[:5].upper()
    found = [finding.severity for finding in flawed[name].findings if finding.id == check]
    assert CHECKS[check].severity in found


@pytest.mark.parametrize("name", [*names_in("correct.py"), "both", "safe"])
def test_nothing_is_found_in_a_grader_without_a_flaw(correct: dict[str, GraderReport], name: str) -> None:
    assert correct[name].findings == ()
    assert correct[name].verdict == "pass"


def test_findings_carry_what_is_needed_to_believe_them(flawed: dict[str, GraderReport]) -> None:
    (finding,) = [f for f in flawed["rk102_any_number"].findings if f.id == "RK102"]
    assert finding.completion == "Answer: 9"
    assert finding.columns == {"reference": "7"}
    assert finding.score is not None
    assert finding.score.value == 1
    assert finding.expected.startswith("below 1 (it is the right answer at ")
    assert len(finding.replay) == 8


def test_a_grader_without_cases_or_data_is_not_proved(flawed: dict[str, GraderReport]) -> None:
    report = flawed["rk130_no_cases"]
    assert report.verdict == "warn"
    assert not report.proved
