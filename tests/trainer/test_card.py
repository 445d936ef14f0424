"""The model card: what it says of a run, read from its folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard
from training_projects import RUN, project

from rewardkit.checking.lock import update
from rewardkit.collecting import collect_grader
from rewardkit.errors import ConfigError
from rewardkit.runs import read_summary
from rewardkit.runs.wording import figure
from rewardkit.trainer import run
from rewardkit.trainer.card import card_text
from rewardkit.trainer.finished import Trained, open_trained

pytestmark = pytest.mark.slow

LORA = RUN.replace("max_steps = 6", "max_steps = 2") + "\n[lora]\nr = 4\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A run with a LoRA adapter; its RUN.toml lies two folders above."""
    pytest.importorskip("trl")
    home = tmp_path_factory.mktemp("card")
    path = project(home, model, run=LORA)
    return run(path, untested=True, runs_dir=home / "runs")


@pytest.fixture
def trained(folder: Path) -> Trained:
    return open_trained(folder)


def text(trained: Trained, **given: Any) -> str:
    return card_text(trained, adapter=given.get("adapter", True), place=given.get("place", trained.model))


def with_config(
    trained: Trained, tmp_path: Path, fingerprints: dict[str, str] | None = None, **changes: object
) -> Trained:
    """The run with other keys in run.json, in a folder of its own."""
    copy = shutil.copytree(trained.path, tmp_path / "runs" / "letters")
    shutil.copytree(trained.file.folder / "model", tmp_path / "model")
    for name in ("train", "heldout", "expert", "validation"):
        shutil.copy(trained.file.folder / f"{name}.jsonl", tmp_path)
    shutil.copy(trained.file.toml.path, tmp_path)
    info = json.loads((copy / "run.json").read_text())
    info["config"] |= changes
    info["fingerprints"] |= fingerprints or {}
    (copy / "run.json").write_text(json.dumps(info))
    return open_trained(copy, tmp_path / "run.toml")


def test_a_finished_run_has_its_card_in_place_of_the_empty_one_of_peft(trained: Trained) -> None:
    assert (trained.model / "README.md").read_text() == text(trained)


def test_the_hub_reads_its_front_matter(trained: Trained) -> None:
    front = ModelCard(text(trained)).data.to_dict()
    assert (front["library_name"], front["pipeline_tag"]) == ("peft", "text-generation")
    assert {"rewardkit", "grpo", "lora"} <= set(front["tags"])


def test_a_base_from_the_hub_is_named_and_a_folder_of_this_machine_is_not(
    trained: Trained, tmp_path: Path
) -> None:
    assert "base_model" not in ModelCard(text(trained)).data.to_dict()
    assert "must name where it lies there" in text(trained)
    hub = with_config(trained, tmp_path, model="org/name", model_hash=None)
    assert "must name where it lies there" not in text(hub)
    assert ModelCard(text(hub)).data.to_dict()["base_model"] == "org/name"


def test_the_path_of_the_machine_is_not_in_it(trained: Trained) -> None:
    assert str(trained.file.folder) not in text(trained)


def test_every_figure_of_the_summary_is_in_the_table(trained: Trained) -> None:
    lines = [line for line in text(trained).splitlines() if line.startswith("| ")]
    for row in read_summary(trained.path).stages:
        if row.metric == "solved" and row.slice is None:
            assert any(row.decoding in line and f"| {figure(row)} (" in line for line in lines)
    assert "- letters, greedy: After RFT against base model: " in text(trained)


def test_files_graders_and_settings_are_told_with_their_hashes(trained: Trained) -> None:
    card, info = text(trained), trained.info
    for key in ("train", "heldout", "expert", "validation"):
        assert f"| {key}.jsonl | {info.samples[key]['count']} | {info.samples[key]['hash']} |" in card
    assert f"| letters | the reward | {info.fingerprints['letters']} | not passed in this version |" in card
    assert "[lora]\nr = 4" in card
    assert f"trl {info.versions['trl']}" in card


def test_a_grader_that_passed_its_tests_in_this_version_is_said_to_have(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime

    monkeypatch.chdir(tmp_path)
    grader = collect_grader(f"{trained.file.folder}/graders.py:letters")
    update([grader], [], today=datetime.date(2026, 11, 27))
    assert "passed on 2026-11-27 in this version" in text(trained)


def test_a_grader_that_looked_on_is_not_called_a_reward(trained: Trained, tmp_path: Path) -> None:
    assert "No grader was held out" in text(trained)
    watched = with_config(
        trained,
        tmp_path,
        {"ends": "aaaa", "strict": "bbbb"},
        eval={"graders": ["graders.py:ends"]},
        guard={"holdout": "graders.py:strict"},
    )
    lines = [" ".join(line.split(" | ")[:2]) for line in text(watched).splitlines() if line.startswith("| ")]
    assert {"| letters the reward", "| ends measured", "| strict looked on, never a reward"} <= set(lines)
    assert "No grader was held out" not in text(watched)


def test_a_name_that_would_break_a_table_does_not(trained: Trained, tmp_path: Path) -> None:
    odd = with_config(trained, tmp_path, {"a|b <img>": "cccc"})
    assert "| a\\|b &lt;img> | measured | cccc |" in text(odd)


def test_a_run_toml_that_is_named_and_not_there_is_said_to_be_missing(trained: Trained) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        open_trained(trained.path, trained.file.folder / "rnu.toml")


def test_what_was_not_measured_is_said(trained: Trained) -> None:
    limits = text(trained).partition("## Limits")[2]
    assert "no safety" in limits
    assert "One training, with one seed" in limits
    assert "unknown to rewardkit" in limits


def test_a_control_is_called_one(trained: Trained, tmp_path: Path) -> None:
    assert "control experiment" not in text(trained)
    assert "**A control experiment (random)**" in text(with_config(trained, tmp_path, control="random"))


def test_it_is_written_again_when_a_finished_run_is_started_again(trained: Trained) -> None:
    card = trained.model / "README.md"
    before = card.read_text()
    card.unlink()
    run(trained.file.toml.path, untested=True, runs_dir=trained.path.parent)
    assert card.read_text() == before


def test_an_edited_run_toml_changes_nothing_of_a_finished_run(trained: Trained, tmp_path: Path) -> None:
    opened = with_config(trained, tmp_path)
    (tmp_path / "run.toml").write_text(LORA.replace("r = 4", "r = 8"))
    assert open_trained(opened.path).file.config.lora == {"r": 4}


def test_a_run_whose_run_toml_is_lost_says_how_to_name_it(trained: Trained, tmp_path: Path) -> None:
    info = json.loads((trained.path / "run.json").read_text())
    lone = shutil.copytree(trained.path, tmp_path / "deep" / "er" / "letters")
    (lone / "run.json").write_text(json.dumps({**info, "started_from": "../../gone/run.toml"}))
    with pytest.raises(ConfigError, match=r"name it with --config RUN\.toml"):
        open_trained(lone)


def test_a_base_that_was_changed_is_refused_for_an_adapter(trained: Trained, tmp_path: Path) -> None:
    opened = with_config(trained, tmp_path)
    (tmp_path / "model" / "config.json").open("a").write("\n")
    with pytest.raises(ConfigError, match="has changed since the training"):
        open_trained(opened.path, tmp_path / "run.toml")
