"""What one of several processes scores of a generation: whole groups, and in time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from training_projects import RUN, project
from writing import WriteFile

from rewardkit import Grader, Sample, collect
from rewardkit.errors import ConfigError
from rewardkit.evaluating.loop import Plan, planned
from rewardkit.evaluating.models import Sampling
from rewardkit.trainer.plans import share_of
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.reward.shares import check_deadline, check_groups, longest_scoring
from rewardkit.trainer.settings.config import RunFile, ddp_timeout, load_config

GRADERS = """
    from rewardkit import reward

    @reward(group=True, timeout=20)
    def ranked(completions: list) -> list:
        return [text == max(completions) for text in completions]

    @reward(timeout=60)
    def slow(completion: str) -> bool:
        return True

    @reward(timeout=60, concurrency=4)
    async def judged(completion: str) -> bool:
        return True

    @reward(timeout=60, isolation="inline")
    def inline(completion: str) -> bool:
        return True
"""


@pytest.fixture
def graders(write: WriteFile) -> dict[str, Grader]:
    return {grader.name: grader for grader in collect([str(write("graders_of_shares.py", GRADERS))])}


@pytest.fixture
def run(tmp_path: Path) -> RunFile:
    (tmp_path / "empty").mkdir()
    return load_config(project(tmp_path / "p", tmp_path / "empty"))


def settings(each: int, steps: int, group: int, **more: object) -> SimpleNamespace:
    return SimpleNamespace(
        per_device_train_batch_size=each, steps_per_generation=steps, num_generations=group, **more
    )


@pytest.mark.parametrize(
    ("each", "ranks_get"),
    [
        (4, [[0, 0, 0, 0], [1, 1, 1, 1]]),
        (6, [[0, 0, 0, 0, 1, 1], [1, 1, 2, 2, 2, 2]]),  # rank 0 has half of a group
        (2, [[0, 0], [0, 0]]),
    ],
)
def test_a_process_gets_a_run_of_consecutive_completions(each: int, ranks_get: list[list[int]]) -> None:
    # measured on what TRL and accelerate use, because groups and seeds rely on it
    pytest.importorskip("trl")
    from accelerate.data_loader import BatchSamplerShard
    from torch.utils.data import BatchSampler
    from trl.trainer.utils import RepeatSampler

    rows = list(range(2 * each // 4))
    sampler = RepeatSampler(rows, mini_repeat_count=4, batch_size=len(rows), shuffle=False)
    batches = BatchSampler(sampler, batch_size=each, drop_last=True)
    assert [
        next(iter(BatchSamplerShard(batches, num_processes=2, process_index=rank))) for rank in (0, 1)
    ] == ranks_get


def test_torn_groups_are_refused_with_values_that_work(run: RunFile, graders: dict[str, Grader]) -> None:
    with pytest.raises(ConfigError) as caught:
        check_groups(run, settings(3, 2, 4), graders["ranked"])
    message = str(caught.value)
    assert message.startswith(
        f"{run.toml.where('grpo', 'per_device_train_batch_size')}: reward 'ranked' (graders_of_shares.py:4)"
    )
    assert (
        "each process gets 6 completions of a generation (per_device_train_batch_size = 3 x steps_per_generation = 2)"
        in message
    )
    assert message.endswith(
        "Set per_device_train_batch_size = 4, or steps_per_generation = 4, or num_generations = 2 or 3 or 6"
    )


def test_whole_groups_and_graders_of_single_completions_pass(
    run: RunFile, graders: dict[str, Grader]
) -> None:
    check_groups(run, settings(2, 2, 4), graders["ranked"])
    check_groups(run, settings(3, 2, 4), graders["slow"])


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("slow", 16 * 60 + 240),  # 64 completions, 4 workers
        ("judged", 16 * 60 + 240),  # 4 wait together
        ("inline", 64 * 60 + 240),  # one after the other
        ("ranked", 2 * 20 + 240),  # 8 groups of 8, 4 workers
    ],
)
def test_scoring_takes_at_most_its_time_outs(name: str, seconds: float, graders: dict[str, Grader]) -> None:
    assert longest_scoring(graders[name], 64, 8, workers=4) == seconds


def test_scoring_that_may_outlast_the_patience_of_the_others_is_refused(
    run: RunFile, graders: dict[str, Grader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "1000")  # one worker for each
    two = Ranks(rank=1, size=2)
    assert check_deadline(run, settings(8, 1, 8, ddp_timeout=1800), graders["slow"], two) == ""
    warning = check_deadline(run, settings(16, 1, 8, ddp_timeout=1800), graders["slow"], two)
    assert "may take 1,200 s on a process (16 completions, 1 worker, timeout=60 s of reward 'slow'" in warning
    with pytest.raises(ConfigError, match=r"wait ddp_timeout = 1800 s\. Lower the grader's timeout= or"):
        check_deadline(run, settings(16, 2, 8, ddp_timeout=1800), graders["slow"], two)
    assert check_deadline(run, settings(16, 2, 8, ddp_timeout=1800), graders["slow"], Ranks()) == ""


def test_ddp_timeout_is_known_before_the_file_is_checked(tmp_path: Path, run: RunFile) -> None:
    assert ddp_timeout(run.toml.path) == 1800
    run.toml.path.write_text(RUN.replace("[grpo]", "[grpo]\nddp_timeout = 7200"))
    assert ddp_timeout(run.toml.path) == 7200
    assert ddp_timeout(tmp_path / "nowhere.toml") == 1800


@pytest.mark.parametrize(
    ("count", "repeats", "size", "processes"), [(12, 2, 8, 2), (12, 3, 8, 3), (5, 1, 64, 2), (7, 4, 4, 7)]
)
def test_shares_are_whole_batches_of_the_plan(count: int, repeats: int, size: int, processes: int) -> None:
    samples = [Sample(f"q{i}", "say", {}) for i in range(count)]
    plan = Plan("base", Sampling(temperature=1.0, max_tokens=8), repeats, 0, size)
    shares = [share_of(samples, plan, Ranks(rank, processes)) for rank in range(processes)]
    assert [sample for share in shares for sample in share] == samples
    assert [batch for share in shares for batch in planned(share, plan)] == planned(samples, plan)
