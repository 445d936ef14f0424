"""When a training is past hope: what stops it, and that none of the healthy ones is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from training_projects import RUN, project, read

from rewardkit import reward
from rewardkit.errors import GuardStop
from rewardkit.trainer import run
from rewardkit.trainer.settings.tables import Guard

pytest.importorskip("trl")

from rewardkit.trainer.watching.health import Limits, sickness

LIMITS = Limits(min_entropy=0.01, max_length_growth=1.5, patience=4)


def steps(count: int, **values: float) -> list[dict[str, float]]:
    names = {
        "cut": "completions/clipped_ratio",
        "length": "completions/mean_length",
        "saturated": "frac_reward_zero_std",
    }
    usual = {"loss": 0.0, "reward": 0.5, "entropy": 1.0, "saturated": 0.2, "cut": 0.0, "length": 20.0}
    return [{names.get(name, name): value for name, value in {**usual, **values}.items()}] * count


def stops(training: Sequence[dict[str, float]], limits: Limits = LIMITS) -> list[int]:
    """The steps at which a training would be stopped, were it always started again."""
    return [end for end in range(1, len(training) + 1) if sickness(training[:end], limits)]


GONE: dict[str, Any] = {"entropy": 0.001, "saturated": 1.0, "reward": 0.3}
LONG: dict[str, Any] = {"cut": 0.9, "length": 60.0}


def test_answers_that_have_collapsed_are_told_after_patience() -> None:
    training = steps(6) + steps(9, **GONE)
    assert stops(training) == [10, 14]  # gone on from, it has as many steps again
    assert str(sickness(training[:10], LIMITS)).startswith(
        "the model's answers have collapsed: for 4 steps its entropy was below 0.01 (now 0.001) and all completions of each prompt got "
        "the same reward (mean 0.30, pass mark 1)"
    )


@pytest.mark.parametrize(
    "healthy",
    [
        {**GONE, "reward": 0.97},
        {**GONE, "saturated": 0.9},
        {**GONE, "entropy": 0.3, "reward": 0.0},
        {"cut": 0.9, "length": 25.0},
        {"cut": 0.2, "length": 90.0},
        {**LONG, "reward": 0.9},
    ],
    ids=[
        "it has learnt its task",
        "some prompts still teach",
        "too hard a task is no collapse",
        "cut off from the start",
        "longer and whole",
        "longer and better",
    ],
)
def test_a_healthy_training_is_not_stopped(healthy: dict[str, float]) -> None:
    assert stops(steps(6) + steps(30, **healthy)) == []


def test_a_collapse_that_passes_is_none() -> None:
    assert stops(steps(6) + steps(3, **GONE) + steps(1) + steps(3, **GONE)) == []


def test_answers_that_run_to_the_limit_for_no_better_reward_are_told() -> None:
    found = sickness(steps(6) + steps(4, **LONG, reward=0.4), LIMITS)
    assert str(found).startswith(
        "the answers run to the token limit: for 4 steps most of them were cut off (now 90%), 60 tokens long where the first had 20, "
        "and the reward is 0.40, at the start it was 0.50"
    )


def test_a_reward_that_falls_from_its_best_while_answers_run_to_the_limit_is_told() -> None:
    found = sickness(steps(6, reward=0.2) + steps(8, reward=0.8) + steps(4, **LONG, reward=0.6), LIMITS)
    assert "and the reward is 0.60, at its best it was 0.80" in str(found)


def test_each_limit_can_be_turned_off() -> None:
    off = Limits(min_entropy=0, max_length_growth=0, patience=4)
    assert stops(steps(6) + steps(8, **GONE), off) == stops(steps(6) + steps(8, **LONG), off) == []


def test_the_limits_go_by_the_grader() -> None:
    @reward(range=(-1, 3), pass_at=2)
    def wide(completion: str) -> float:
        return 0.0

    @reward(range=(-1e6, 1e6))
    def boundless(completion: str) -> float:
        return 0.0

    of_wide = Limits.of(Guard(patience=7), wide)
    assert (of_wide.mark, of_wide.width, of_wide.patience) == (2, 4, 7)
    assert Limits.of(Guard(), boundless).min_entropy == 0
    assert stops(steps(6, reward=3) + steps(20, **LONG, reward=2.9), Limits.of(Guard(), boundless)) == [
        16,
        26,
    ]


# whole trainings

SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")
CONSTANT = """
from rewardkit import reward

@reward
def letters(completion: str, letter: str) -> float:
    return 0.5 + 0.001 * completion.count(letter)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            RUN.replace(
                "learning_rate = 1e-3\nnum_train_epochs = 2", "learning_rate = 1e30\nnum_train_epochs = 4"
            ),
            r"stopped at step \d of sft: the gradient is not finite\. The last checkpoint is from before",
        ),
        (
            SHORT.replace("learning_rate = 5e-3", "learning_rate = 1e30"),
            r"stopped at step 2 of rft: the gradient is not finite",
        ),
        (
            SHORT.replace("learning_rate = 5e-3", "learning_rate = 1e39"),
            r"stopped at step 2 of rft: no completion can be drawn from the model, whose weights or probabilities are not finite",
        ),
    ],
    ids=["sft", "rft", "generating"],
)
def test_numbers_that_break_down_stop_a_training_at_once(
    text: str, said: str, tmp_path: Path, model: Path
) -> None:
    with pytest.raises(GuardStop, match=said):
        run(project(tmp_path, model, run=text), untested=True, runs_dir=tmp_path / "runs")
    assert (tmp_path / "runs/letters/report.html").is_file()


@pytest.mark.slow
def test_a_training_that_is_stopped_is_saved_and_goes_on_with_the_guard_off(
    tmp_path: Path, model: Path
) -> None:
    guard = "\n[guard]\npatience = 2\nmin_entropy = 0\nmax_length_growth = 0.5\n"  # all it takes is a reward that does not rise
    cut = SHORT.replace("max_completion_length = 8", "max_completion_length = 3").replace("5e-3", "1e-6")
    path = project(tmp_path, model, run=cut + guard, graders=CONSTANT)
    with pytest.raises(
        GuardStop, match=r"stopped at step (\d) of rft: the answers run to the token limit"
    ) as caught:
        run(path, untested=True, runs_dir=tmp_path / "runs")
    step = int(str(caught.value).split("step ")[1][0])
    path.write_text(path.read_text().replace("max_length_growth = 0.5", "max_length_growth = 0"))
    lines: list[str] = []

    class Heard:
        def say(self, text: str) -> None:
            lines.append(text)

        def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
            pass

    folder = run(path, untested=True, runs_dir=tmp_path / "runs", reporter=Heard())
    assert f"resuming rft from step {step} of 6" in lines
    assert [line["step"] for line in read(folder / "metrics.jsonl")] == [1, 2, 3, 4, 5, 6]
