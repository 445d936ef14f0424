"""The warm start: what it imitates, and when it is enough."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from training_projects import GRADERS, RUN, Heard, project, read

from rewardkit.errors import ConfigError
from rewardkit.runs import read_summary
from rewardkit.trainer import run
from rewardkit.trainer.methods.epochs import Epochs, best_epoch, epochs_without_gain

WARM = (
    RUN.replace("num_train_epochs = 2", "num_train_epochs = 6")
    .replace("max_steps = 6", "max_steps = 1")
    .replace("max_completion_length = 8", "max_completion_length = 12")
    .replace("[grpo]", "[warm_start]\n[grpo]")
)
ACCEPTED = WARM.replace("[warm_start]", '[warm_start]\non = "accepted"\naccept = 0.4').replace(
    'expert = "expert.jsonl"\n', ""
)


def test_the_best_epoch_has_the_highest_reward_then_the_best_of_the_others_then_it_is_the_earliest() -> None:
    assert best_epoch([{"a": 0.1, "b": 1}, {"a": 0.3, "b": 0}, {"a": 0.2, "b": 0}]) == 2
    assert best_epoch([{"a": 0.3, "b": 0}, {"a": 0.3, "b": 1}, {"a": 0.3, "b": 1}]) == 2
    assert best_epoch([{"a": None}, {"a": -2.0}, {"a": None}]) == 2


def test_an_epoch_that_is_better_for_any_grader_starts_the_patience_anew() -> None:
    risen = [{"a": 0.3, "b": 0.1}, {"a": 0.2, "b": 0.1}, {"a": 0.2, "b": 0.2}]
    assert epochs_without_gain(risen) == 0
    assert epochs_without_gain([*risen, {"a": 0.3, "b": 0.2}, {"a": None, "b": 0.1}]) == 2


def test_the_line_at_the_end_names_the_epoch_and_every_figure(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path / "sft.json", tmp_path, patience=2)
    epochs.means = [{"a": value} for value in (0.1, 0.2, 0.4, 0.4, 0.3)]
    assert epochs.enough
    figures = "('a' on the validation rows: 0.100 before, then 0.200, 0.400, 0.400, 0.300)"
    assert epochs.told() == f"warm start: enough after epoch 2 {figures}"
    assert epochs.warning() == ""
    epochs.means = epochs.means[:3]
    assert epochs.told().startswith(
        "warm start: still better after epoch 2, the last that [sft] num_train_epochs allows"
    )


def test_a_warm_start_that_raises_nothing_is_warned_of(tmp_path: Path) -> None:
    epochs = Epochs(tmp_path / "sft.json", tmp_path, patience=2)
    epochs.means = [{"a": value} for value in (0.5, 0.2, 0.1)]
    assert epochs.warning().startswith(
        "the warm start did not raise 'a' on the validation rows (0.500 before, 0.200 after"
    )


@pytest.mark.slow
def test_it_learns_from_accepted_completions_without_any_expert_row(tmp_path: Path, model: Path) -> None:
    heard = Heard()
    path = project(tmp_path, model, run=ACCEPTED.replace("1e-3", "5e-3"))
    folder = run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    told = r"warm start: reward 0\.\d{3}, \d+ of 48 completions accepted, \d+ kept of \d prompts?"
    assert any(re.fullmatch(told, line) for line in heard.lines)
    [drawn] = [line for line in read(folder / "metrics.jsonl") if line["phase"] == "warm_start"]
    assert (drawn["step"], drawn["generated"]) == (0, 48)
    [change] = [
        row
        for row in read_summary(folder).comparisons
        if (row.a, row.b, row.decoding, row.metric) == ("base", "sft", "sampled", "score")
    ]
    assert change.difference > 0


@pytest.mark.slow
def test_nothing_accepted_and_no_expert_row_says_what_to_change(tmp_path: Path, model: Path) -> None:
    graders = GRADERS.replace("/ max(len(completion), 1)", "/ 100")
    path = project(tmp_path, model, run=ACCEPTED, graders=graders)
    with pytest.raises(
        ConfigError, match=r"run\.toml:16: the warm start has nothing to imitate: no completion"
    ):
        run(path, untested=True, runs_dir=tmp_path / "runs")


@pytest.mark.slow
def test_with_both_nothing_accepted_leaves_the_expert_rows(tmp_path: Path, model: Path) -> None:
    graders = GRADERS.replace("/ max(len(completion), 1)", "/ 100")
    text = WARM.replace("[warm_start]", '[warm_start]\non = "both"')
    heard = Heard()
    path = project(tmp_path, model, run=text, graders=graders)
    folder = run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    assert any(
        line.startswith("warm start: none of 48 completions accepted (accept = 1") for line in heard.lines
    )
    assert (folder / "checkpoints" / "sft").is_dir()


@pytest.mark.slow
def test_it_ends_when_the_graders_find_nothing_better_and_the_best_epoch_goes_on(
    tmp_path: Path, model: Path
) -> None:
    # So high a rate that it gets worse after a few epochs: the expert answers are few and short.
    text = WARM.replace("1e-3", "2e-2").replace("num_train_epochs = 6", "num_train_epochs = 40")
    text = text.replace("[warm_start]", "[warm_start]\nstop = true\npatience = 2")
    heard = Heard()
    folder = run(
        project(tmp_path, model, run=text), untested=True, runs_dir=tmp_path / "runs", reporter=heard
    )
    [told] = [line for line in heard.lines if line.startswith("warm start: ")]
    means = json.loads((folder / "checkpoints" / "sft.json").read_text())
    best = max(range(1, len(means)), key=lambda epoch: means[epoch]["letters"])
    assert told.startswith(f"warm start: enough after epoch {best} ('letters' on the validation rows: ")
    assert best + 2 == len(means) - 1 < 40
    steps = [line["step"] for line in read(folder / "metrics.jsonl") if line["phase"] == "sft"]
    assert steps == list(range(1, len(means)))  # one step an epoch
    assert validated(folder) == means[best]["letters"]


def validated(folder: Path) -> float:
    """What the saved model of the warm start reaches on the validation rows, drawn as the warm start drew."""
    from rewardkit.collecting import collect_grader
    from rewardkit.evaluating.huggingface import HuggingFaceModel
    from rewardkit.scoring import Scorer
    from rewardkit.trainer.drawing import draw
    from rewardkit.trainer.plans import evaluation_plans
    from rewardkit.trainer.ranks import Ranks
    from rewardkit.trainer.rows.data import read_data
    from rewardkit.trainer.settings.config import load_config

    file = load_config(folder.parents[1] / "run.toml")
    grader, rows = collect_grader(file.config.grader), read_data(file).validation
    model = HuggingFaceModel.load(str(folder / "checkpoints" / "sft"))
    _, plan = evaluation_plans(file, "validation")
    with Scorer(workers=1) as scorer:
        mean = draw(model, rows, grader, plan, scorer, Ranks()).mean(grader)
    assert mean is not None
    return mean
