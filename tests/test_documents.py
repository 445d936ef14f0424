"""README, docs and examples are true: their Python runs, their shell commands run, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import spawned

from rewardkit import collect

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/graders/*.md"),
        *ROOT.glob("docs/training/*.md"),
        *ROOT.glob("examples/*/README.md"),
    ]
)
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_python_of_a_page_runs(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    namespace: dict[str, object] = {"__name__": "page"}
    for number, code in enumerate(blocks(page, "python")):
        exec(compile(code, f"{page.name}[{number}]", "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    missing = [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("number", [0, 1])
def test_the_graders_of_the_readme_pass_their_own_test(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graders.py").write_text(blocks(ROOT / "README.md", "python")[number])
    assert collect(["graders.py"])
    ran = spawned("test", "graders.py")
    assert ran.code == 0, ran.out


def test_the_first_two_minutes_of_the_readme_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`init`, a `test` that finds the flaw, the fix of the project's own README, a `test` that passes, `grade` with a report."""
    monkeypatch.chdir(tmp_path)
    commands = [
        line[2:]
        for text in blocks(ROOT / "README.md", "console")
        for line in text.splitlines()
        if line.startswith("$ ")
    ]
    ours = [line for line in commands if line.startswith(("rewardkit", "cd "))]
    codes = []
    for line in ours:
        verb, *words = line.split()
        if verb == "cd":
            monkeypatch.chdir(words[0])
            continue
        if codes == [0, 1]:
            _mend(Path())
        codes.append(spawned(*words).code)
    assert codes == [0, 1, 0, 0]
    assert list(Path("runs").glob("*/report.html"))


def _mend(project: Path) -> None:
    """What the project's README tells to do: replace its first Python block by its second in the grader's file."""
    wrong, right = blocks(project / "README.md", "python")[:2]
    file = project / "graders" / "claims.py"
    text = file.read_text()
    assert text.count(wrong) == 1
    file.write_text(text.replace(wrong, right))
