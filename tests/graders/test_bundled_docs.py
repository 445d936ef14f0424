"""The page docs/graders/answers.md: its code runs and its names exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from rewardkit import collect

PAGE = (Path(__file__).parents[2] / "docs" / "graders" / "answers.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_the_python_of_the_page_declares_two_graders(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(block("python"), encoding="utf-8")
    coverage, amount = collect([str(tmp_path / "mine.py")])
    assert coverage.score("Coverage: excluded", reference="excluded").value == 1
    assert amount.score("<amount>42.005</amount>", reference="42").value == 1


def test_the_toml_of_the_page_declares_a_grader_whose_case_holds(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(block("toml"), encoding="utf-8")
    (coverage,) = collect([str(tmp_path / "mine.toml")])
    (mark,) = coverage.marks
    assert coverage.score(mark.completion, **mark.columns).value == 1  # type: ignore[union-attr]


def test_every_factory_that_the_page_names_exists() -> None:
    names = re.findall(r"`rewardkit\.graders\.(\w+)\.(\w+)`", PAGE)
    assert len(names) == 6
    for module, factory in names:
        assert callable(getattr(importlib.import_module(f"rewardkit.graders.{module}"), factory))
