"""`rewardkit init`: the projects that it writes do what their READMEs say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import Ran, rewardkit

from rewardkit.cli.init import Template


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "mine"


def start(template: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    ran = rewardkit("init", folder.name, "--template", template)
    monkeypatch.chdir(folder)
    return ran


@pytest.mark.parametrize("template", Template)
def test_every_file_that_the_readme_names_is_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    ran = start(template, project, monkeypatch)
    named = set(re.findall(r"^- `([\w./]+)`", Path("README.md").read_text(), re.MULTILINE))
    assert named
    assert all(Path(name).is_file() for name in named)
    assert ran.out.splitlines()[-1].startswith("next: cd mine && rewardkit test")


def test_the_claims_project_has_one_flaw_and_the_report_names_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("claims", project, monkeypatch)
    ran = rewardkit("test", "--json")
    found = {grader["name"]: [f["id"] for f in grader["findings"]] for grader in ran.json()["graders"]}
    assert ran.code == 1
    assert found == {"coverage": ["RK102"], "amount": [], "reason": [], "claim": ["RK131"]}


def test_the_fix_of_the_readme_makes_the_claims_graders_pass(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("claims", project, monkeypatch)
    wrong, right = re.findall(r"```python\n(.*?)```", Path("README.md").read_text(), re.DOTALL)
    source = Path("graders/claims.py")
    assert wrong in source.read_text()
    source.write_text(source.read_text().replace(wrong, right))
    ran = rewardkit("test", "--data", "claims.csv")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "4 passed")


def test_six_of_the_twelve_answers_are_right_as_the_readme_says(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("claims", project, monkeypatch)
    source = Path("graders/claims.py")
    source.write_text(
        source.read_text().replace(
            'coverage in str(field(completion, "coverage"))', 'field(completion, "coverage") == coverage'
        )
    )
    ran = rewardkit("grade", "answers.csv", "--grader", "graders/claims.py:claim", "--out", "scores.jsonl")
    values = [json.loads(line)["value"] for line in Path("scores.jsonl").read_text().splitlines()]
    assert (ran.code, values.count(1.0), len(values)) == (0, 6, 12)


@pytest.mark.slow
def test_the_text_to_sql_project_passes_on_its_questions(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("text-to-sql", project, monkeypatch)
    ran = rewardkit("test", "--fast", "--data", "questions.jsonl")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "2 passed")


def test_a_folder_with_files_in_it_is_never_written_to(project: Path) -> None:
    project.mkdir()
    (project / "notes.txt").write_text("mine")
    ran = rewardkit("init", "mine")
    assert ran.code == 2
    assert "mine: the folder is not empty, and nothing is overwritten" in ran.err
    assert [path.name for path in project.iterdir()] == ["notes.txt"]


def test_an_empty_folder_is_used(project: Path) -> None:
    project.mkdir()
    assert rewardkit("init", "mine").code == 0


def test_an_unknown_template_is_answered_with_those_there_are(project: Path) -> None:
    ran = rewardkit("init", "mine", "--template", "claim")
    assert ran.code == 2
    assert "text-to-sql" in ran.err
