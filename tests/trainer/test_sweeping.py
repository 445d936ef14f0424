"""One training a seed: runs like any other, and what they show together."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from command_line import rewardkit
from training_projects import RUN, project
from warm_processes import Warm

from rewardkit.errors import ConfigError
from rewardkit.runs import read_summary
from rewardkit.trainer.sweeping import parse_seeds

SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "").replace(
    "max_steps = 6", "max_steps = 3"
)


@pytest.mark.parametrize(
    ("text", "seeds"), [("0-3", [0, 1, 2, 3]), ("0,2,5", [0, 2, 5]), ("0-1, 7", [0, 1, 7]), ("4", [4])]
)
def test_seeds_are_spans_and_numbers(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "3-1", "0,0", "0-2,1", "1-", "-1"])
def test_what_is_no_seed_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--seeds"):
        parse_seeds(text)


def test_seed_and_seeds_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--seeds 0-2 and --seed 1"):
        parse_seeds("0-2", 1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A project with a sweep over seeds 0 to 2, in a process of its own."""
    pytest.importorskip("trl")
    folder = tmp_path_factory.mktemp("sweep")
    project(folder, model, run=SHORT)
    done = Warm(["-m", "rewardkit", "train", "run.toml", "--untested", "--seeds", "0-2"], folder).ended()
    assert done.code == 0, done.err
    return folder


def swept(home: Path) -> Any:
    return json.loads((home / "runs" / "letters-seeds" / "seeds.json").read_text())


@pytest.mark.slow
def test_each_seed_is_a_run_and_the_table_has_their_means(home: Path) -> None:
    runs = [home / "runs" / f"letters-seed{seed}" for seed in range(3)]
    assert swept(home)["runs"] == [path.name for path in runs]
    [row] = [row for row in swept(home)["table"] if row["stage"] == "rft"]
    means = [
        row.mean
        for path in runs
        for row in read_summary(path).stages
        if (row.name, row.decoding, row.metric, row.slice) == ("rft", "sampled", "solved", None)
    ]
    assert row["by_seed"]["sampled"] == means
    assert row["solved"]["sampled"] == fmean(means)
    assert (row["rows"], row["seeds"]) == (6, 3)


@pytest.mark.slow
def test_the_interval_is_over_seeds_and_prompts(home: Path) -> None:
    [pair] = swept(home)["comparisons"]["sampled"]["comparisons"]
    [first] = [each for each in pair["figures"] if each["primary"]]
    assert fmean(first["seeds"]["differences"]) == pytest.approx(first["difference"])
    assert len(first["seeds"]["differences"]) == 3
    assert first["low"] <= first["difference"] <= first["high"]
    assert "another seed on other prompts" in swept(home)["note"]
    table = (home / "runs" / "letters-seeds" / "table.md").read_text()
    assert table.startswith("| method | n | seeds | held-out greedy | sampled |")
    assert "| After RFT | 6 | 3 |" in table


@pytest.mark.slow
def test_the_pages_are_there(home: Path) -> None:
    for name in ("comparison.html", "comparison-sampled.html"):
        assert "All seeds" in (home / "runs" / "letters-seeds" / name).read_text()


@pytest.mark.slow
def test_a_seed_of_a_sweep_is_the_run_that_it_would_be_alone(home: Path, tmp_path: Path) -> None:
    # In a sweep it follows other trainings in one process, whose random state must not reach it.
    project(tmp_path, home / "model", run=SHORT)
    done = Warm(["-m", "rewardkit", "train", "run.toml", "--untested", "--seed", "2"], tmp_path).ended()
    assert done.code == 0, done.err
    for name in ("results.jsonl", "metrics.jsonl"):
        alone, swept = (folder / "runs" / "letters-seed2" / name for folder in (tmp_path, home))
        assert alone.read_bytes() == swept.read_bytes()


@pytest.mark.slow
def test_finished_seeds_are_not_done_again_and_further_ones_are_added(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    before = (home / "runs" / "letters-seed1" / "results.jsonl").stat().st_mtime_ns
    ran = rewardkit("train", "run.toml", "--untested", "--seeds", "0-1", "--json")
    assert ran.json()["runs"] == ["letters-seed0", "letters-seed1"]
    assert "under 3 seeds" in ran.json()["note"]
    assert (home / "runs" / "letters-seed1" / "results.jsonl").stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_sweep_under_a_launcher_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("WORLD_SIZE", "2")
    ran = rewardkit("train", "run.toml", "--untested", "--seeds", "0-1")
    assert (ran.code, "start one seed at a time, with --seed" in ran.err) == (2, True)
