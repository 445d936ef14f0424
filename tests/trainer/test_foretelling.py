"""What a run will take, told before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest
import training_projects as projects

from rewardkit.judging.spending import Spent
from rewardkit.trainer.foretelling import foretold
from rewardkit.trainer.jobs import Job, prepare
from rewardkit.trainer.preflight.probe import Probe
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.settings.config import load_config

SEEN = Probe(
    prompts=4,
    k=4,
    mean=0.3,
    saturated=0.25,
    unscored=0.0,
    causes="",
    truncated=0.1,
    unique=0.9,
    seconds=(0.01,) * 15 + (0.05,),
)


def job(folder: Path, run: str = projects.RUN) -> Job:
    (folder / "model").mkdir(exist_ok=True)
    return prepare(load_config(projects.project(folder, folder / "model", run=run)), untested=True)


def test_completions_and_the_time_of_grading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    generated, evaluations, grading = foretold(job(tmp_path), SEEN, Ranks())
    assert (
        generated
        == "GRPO: 24 prompts, repeats counted, 4 completions of each: 96 generated completions, in 6 steps"
    )
    # 12 prompts, 1 greedy and 2 sampled, 3 stages.
    assert evaluations.endswith("1 greedy and 2 sampled completions of each: 108 completions")
    assert "204 completions; a call of letters took 12 ms (mean) and 20 ms (p95)" in grading
    assert "about 1.3 s with 2 workers, 2 s if all are as slow" in grading


def test_a_judge_is_foretold_with_its_cost_and_a_budget_that_will_not_last(tmp_path: Path) -> None:
    run = f'{projects.RUN}\n[judge]\nbudget = "0.50"\n'
    seen = Probe(**{**{f: getattr(SEEN, f) for f in SEEN.__slots__}, "judged": Spent(8, 8000, 800, 0.08)})
    judge, warning = foretold(job(tmp_path, run), seen, Ranks())[-2:]
    assert judge.startswith("judge: 0.50 requests a completion in the preflight (8 requests, ")
    assert "so about 102 requests, 112,200 tokens and $1.02 in all" in judge
    assert warning.startswith(
        "warning: [judge] budget = $0.50 will not last: about 2.0 times as much is needed"
    )


def test_each_fold_is_a_training(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    path = projects.folded(tmp_path, tmp_path / "model")
    lines = foretold(prepare(load_config(path), untested=True), SEEN, Ranks())
    assert lines[0].endswith(", 4 times")
    assert lines[1].startswith("grading: 328 completions; ")  # 4 trainings of 64, 12 rows x 3 x 2 stages
