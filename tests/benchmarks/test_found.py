"""The reproducers of docs/found.md: every command names files, functions and rows that are there. TRL is installed here, so its own are run."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
from command_line import rewardkit

from rewardkit.samples import read_samples

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "benchmarks" / "found"
COMMANDS = sorted(set(re.findall(r"`(rewardkit test [^`]+)`", (ROOT / "docs" / "found.md").read_text())))


def test_the_page_has_a_command_for_every_file_of_graders_and_of_rows() -> None:
    text = "\n".join(COMMANDS)
    assert [path.name for path in sorted(FOUND.iterdir()) if path.is_file() and path.name not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_names_functions_and_rows_that_are_there(command: str) -> None:
    _, _, *words = shlex.split(command)
    data = words[words.index("--data") + 1]
    samples = read_samples(ROOT / data)
    assert 4 <= len(samples) <= 8
    assert all("gold" in sample.columns or "extra_info" in sample.columns for sample in samples)
    for target in words[: words.index("--data")]:
        source, _, name = target.partition(":")
        if source.endswith(".py"):
            assert name in _names_in(ROOT / source), target
        else:
            assert source.startswith(("trl.", "verl.")), target


def _names_in(path: Path) -> set[str]:
    """The functions and variables that a file defines; it is not imported, since its package may not be here."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assigned = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return functions | {target.id for target in assigned if isinstance(target, ast.Name)}


def test_the_rewards_of_trl_that_need_no_further_package_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trl")
    monkeypatch.chdir(tmp_path)
    rows = FOUND / "reasoning_latex.jsonl"
    targets = ["trl.rewards:think_format_reward", f"{FOUND / 'trl_rewards.py'}:soft_overlong"]
    found = rewardkit("test", *targets, "--data", rows, "--json").json()["graders"]
    assert [grader["verdict"] for grader in found] == ["pass", "warn"]
    assert [finding["id"] for finding in found[1]["findings"]] == ["RK104"]
