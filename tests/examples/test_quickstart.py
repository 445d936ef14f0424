"""The ten-line grader of the README."""

from __future__ import annotations

from pathlib import Path

from rewardkit import collect, read_samples
from rewardkit.cases import Case, Probe

FOLDER = Path(__file__).parents[2] / "examples" / "quickstart"


def test_it_is_one_grader_whose_cases_and_probe_hold() -> None:
    (grader,) = collect([str(FOLDER)])
    *cases, probe = grader.marks
    for case in cases:
        assert isinstance(case, Case)
        assert grader.score(case.completion, **case.columns).value == case.expect
    assert isinstance(probe, Probe)
    assert float(grader.score(probe.completion, **probe.columns)) <= probe.ceiling


def test_the_readme_shows_it() -> None:
    code = (FOLDER / "graders.py").read_text().split('"""\n\n', 1)[1]
    assert code in (FOLDER.parents[1] / "README.md").read_text()


def test_every_reference_of_its_questions_earns_full_marks() -> None:
    (grader,) = collect([str(FOLDER)])
    for sample in read_samples(FOLDER / "questions.csv"):
        assert grader.score(f"It is {sample.reference}.", reference=sample.reference).value == 1
