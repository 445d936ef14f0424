"""A training whose reward is a rubric: the judge's host is named, its cost noted, and a spent budget pauses the run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import training_projects as projects

from rewardkit.chat_server import ChatServer, Reply, say
from rewardkit.errors import ConfigError
from rewardkit.guard import BudgetSpent
from rewardkit.judging.spending import Ledger
from rewardkit.trainer import run

RUBRIC = """
task = "Grade a row of letters."
judge = "gpt-test"
shortest = 0

[[criteria]]
id = "a"
text = "Has several letters a."
choices = ["none", "few", "many"]
"""
RUN = (
    projects.RUN.replace('grader = "graders.py:letters"', 'grader = "letters.toml"')
    .replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")
    .replace("max_steps = 6", "max_steps = 4")
)


def answer_in(request: dict[str, Any]) -> str:
    text = "\n".join(message["content"] for message in request["messages"])
    answer = re.search(r"ANSWER BEGINS =====\n(.*)\n=====", text, re.DOTALL)
    assert answer is not None
    return answer[1]


def by_letters(request: dict[str, Any]) -> Reply:
    count = answer_in(request).count("a")
    return say(json.dumps({"a": "many" if count > 3 else "few" if count else "none"}))


class Said:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        pass


def project(folder: Path, model: Path, judge: str) -> Path:
    config = projects.project(folder, model, run=f"{RUN}\n[judge]\n{judge}")
    (folder / "letters.toml").write_text(RUBRIC)
    return config


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_spent_budget_pauses_a_training_and_a_larger_one_goes_on(tmp_path: Path, model: Path) -> None:
    with ChatServer(by_letters) as server:
        url = f'model = "openai:gpt-test@{server.url}"\n'
        config = project(tmp_path / "job", model, f'{url}budget = "560 tokens"')
        said = Said()
        with pytest.raises(BudgetSpent, match=r"stopped at step .* larger"):
            run(config, untested=True, reporter=said)
        host = server.url.removeprefix("http://").removesuffix("/v1")
        assert f"answers are sent to {host}, the judge of letters" in said.lines
        assert not (tmp_path / "runs/letters/checkpoints/final").exists()
        results = projects.read(tmp_path / "runs/letters/results.jsonl")
        assert {result["stage"] for result in results} == {"base"}
        assert all(result["value"] is not None for result in results)
        paid = len(server.requests)
        config.write_text(config.read_text().replace("560 tokens", "1M tokens"))
        folder = run(config, untested=True)
        assert (folder / "checkpoints/final").is_dir()
        assert len(server.requests) > paid
        spent = Ledger(folder / "judge_calls.jsonl").spent()
        assert 0 < spent.requests <= len(server.requests)  # the preflight's are not the run's
        assert spent.tokens_in == 5 * spent.requests
        asked = [re.sub("[0-9a-f]{16}", "MARK", str(request["messages"])) for request in server.requests]
        assert len(set(asked)) == len(asked)  # nothing was asked twice, the run before included


def test_raft_on_a_rubric_goes_on_with_a_larger_budget_and_asks_nothing_twice(
    tmp_path: Path, model: Path
) -> None:
    text = projects.RAFT.replace("graders.py:letters", "letters.toml").replace("rounds = 4", "rounds = 2")
    with ChatServer(by_letters) as server:
        config = projects.project(
            tmp_path / "job",
            model,
            run=f'{text}\n[judge]\nmodel = "openai:gpt-test@{server.url}"\nbudget = "800 tokens"\n',
        )
        (tmp_path / "job" / "letters.toml").write_text(RUBRIC)
        with pytest.raises(BudgetSpent, match=r"stopped at raft \d: .* larger"):
            run(config, untested=True)
        config.write_text(config.read_text().replace("800 tokens", "1M tokens"))
        folder = run(config, untested=True)
        asked = [re.sub("[0-9a-f]{16}", "MARK", str(request["messages"])) for request in server.requests]
    assert len(set(asked)) == len(asked)
    lines = projects.read(folder / "metrics.jsonl")
    assert [(line["step"], line["unscored"]) for line in lines] == [(1, 0.0), (2, 0.0)]
    assert all(line["kept"] for line in lines)


@pytest.mark.parametrize(
    ("line", "said"),
    [('budget = "much"', r"run.toml:\d+: .*write dollars"), ('price = "3"', r"run.toml:\d+: .*0.40,1.60")],
)
def test_a_budget_that_is_none_is_named_with_its_line(
    tmp_path: Path, model: Path, line: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        run(project(tmp_path / "job", model, line), untested=True)


def test_a_budget_in_dollars_needs_a_price(tmp_path: Path, model: Path) -> None:
    with pytest.raises(ConfigError, match="needs the price of the judge of 'letters'"):
        run(project(tmp_path / "job", model, 'budget = "2"'), untested=True)
