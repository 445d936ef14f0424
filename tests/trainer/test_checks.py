"""What a training's own completions show at its checkpoints: checks.jsonl, the hold-out, stopping when asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_projects import GRADERS, RUN, Heard, project, read, rows

from rewardkit import Score, reward
from rewardkit.errors import ConfigError, GuardStop
from rewardkit.runs import Checked
from rewardkit.runs.records import FoundRow, MeanRow
from rewardkit.runs.wording import checked
from rewardkit.trainer import run
from rewardkit.trainer.jobs import prepare
from rewardkit.trainer.settings.config import load_config
from rewardkit.trainer.watching.completion_log import CompletionLog, newest_groups
from rewardkit.trainer.watching.rollouts import Rollout
from rewardkit.trainer.watching.trends import Trend


@reward
def rising(completion: str) -> float:
    """Its scores are made up below."""
    return 0.0


def mean(value: float, half: float | None = 0.05) -> MeanRow:
    low, high = (None, None) if half is None else (value - half, value + half)
    return MeanRow(mean=value, low=low, high=high, prompts=20)


def test_a_reward_that_rises_while_the_hold_out_does_not_is_said_in_words() -> None:
    trend = Trend(rising, rising, mean(0.3), mean(0.7), mean(0.4), mean(0.41))
    assert trend.apart
    assert str(trend) == "reward up (0.30 to 0.70), hold-out 'rising' flat (0.40 to 0.41)"


@pytest.mark.parametrize(
    ("start", "end"),
    [(mean(0.4), mean(0.6)), (mean(0.4, 0.3), mean(0.4, 0.3)), (mean(0.4, None), mean(0.4))],
    ids=["it rises too", "its intervals are wide", "too few prompts"],
)
def test_a_hold_out_that_may_follow_is_not_apart(start: MeanRow, end: MeanRow) -> None:
    assert not Trend(rising, rising, mean(0.3), mean(0.7), start, end).apart


def test_the_log_keeps_the_newest_whole_groups_and_the_first_ten_prompts() -> None:
    log = CompletionLog(most=8)
    for step in range(6):
        log.hear(
            [Rollout(step, 4 * step + i, f"{i // 2}", 0, f"{step}.{i}", Score(0.0), 0.0) for i in range(4)]
        )
    first, newest = log.take()
    assert [one.step for one in first] == [0] * 4 + [1] * 4 + [2] * 4
    assert [one.step for one in newest] == [4] * 4 + [5] * 4
    assert [one.text for one in newest_groups(newest, 3)] == ["5.2", "5.3"]
    assert log.take() == ([], [])


def test_the_report_says_what_the_last_checkpoint_showed() -> None:
    found = FoundRow(check="RK403", severity="warn", title="the reward rises and the hold-out does not")
    lines = [
        Checked(
            phase="rft",
            step=step,
            completions=64,
            prompts=16,
            unscored=0,
            trend="reward up",
            findings=[found],
        )
        for step in (2, 4)
    ]
    assert checked(lines) == [
        "RFT, the completions before step 4: reward up; RK403 the reward rises and the hold-out does not."
    ]


def written(tmp_path: Path, guard: str) -> Path:
    (tmp_path / "model").mkdir()
    return project(tmp_path, tmp_path / "model", run=f"{RUN}\n[guard]\n{guard}\n", graders=GRADERS + WITH_C)


WITH_C = """
@reward
def with_c(completion: str, letter: str) -> float:
    return completion.count("c") / max(len(completion), 1)
"""


def test_the_reward_is_no_hold_out(tmp_path: Path) -> None:
    path = written(tmp_path, 'holdout = "graders.py:letters"')
    with pytest.raises(ConfigError, match=r"run\.toml:\d+: holdout 'letters' has the name of the reward"):
        prepare(load_config(path), untested=True)


def test_a_hold_out_without_checks_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path, 'checks = false\nholdout = "graders.py:with_c"')
    with pytest.raises(ConfigError, match=r"run\.toml:\d+: holdout has no effect with checks = false"):
        load_config(path)


def test_a_hold_out_is_a_path_from_the_folder_of_the_run(tmp_path: Path) -> None:
    job = prepare(load_config(written(tmp_path, 'holdout = "graders.py:with_c"')), untested=True)
    assert job.holdout is not None
    assert job.holdout.name == "with_c"
    assert [grader.name for grader in job.graders] == ["letters"]


# a whole training

SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "").replace(
    "max_steps = 6", "max_steps = 9"
)
GUARD = '\n[guard]\nholdout = "graders.py:with_c"\nstop_on_checks = true\n'


@pytest.mark.slow
def test_a_training_whose_hold_out_falls_stops_where_asked_and_goes_on(tmp_path: Path, model: Path) -> None:
    text = (
        SHORT.replace("save_steps = 2", "save_steps = 3").replace("batch_size = 16", "batch_size = 32")
        + GUARD
    )
    path = project(tmp_path / "p", model, run=text, graders=GRADERS + WITH_C)
    train = [{"id": f"t{i}", "prompt": f"say {i}", "letter": "a"} for i in range(24, 60)]
    rows(path.parent / "train.jsonl", train)
    heard = Heard()
    for step in (3, 6):
        with pytest.raises(
            GuardStop, match=rf"stopped at step {step}, as \[guard\] stop_on_checks in run\.toml says: "
        ):
            run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    folder = run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    assert [line for line in heard.lines if line.startswith("resuming")] == [
        f"resuming rft from step {step} of 9" for step in (3, 6)
    ]
    lines = read(folder / "checks.jsonl")
    assert [line["step"] for line in lines] == [3, 6, 9]
    assert len([line for line in heard.lines if line.startswith("checks at step ")]) == 3
    assert [line["step"] for line in read(folder / "metrics.jsonl")] == list(range(1, 10))
    assert lines[-1]["start_reward"] == lines[0]["start_reward"]
    assert "RK403" in {found["check"] for found in lines[-1]["findings"]}
    assert "RFT, the completions before step 9: reward up (" in (folder / "report.html").read_text()
