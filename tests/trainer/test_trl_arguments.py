"""The tables that are passed to TRL and peft: their keys and values are checked before a model is loaded."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from training_projects import RUN, project

from rewardkit.errors import ConfigError, MissingExtra
from rewardkit.trainer import arguments
from rewardkit.trainer.config import load_config
from rewardkit.trainer.grpo import prompts_needed

pytest.importorskip("trl")


def check(tmp_path: Path, text: str) -> None:
    (tmp_path / "empty").mkdir(exist_ok=True)
    arguments.check_tables(load_config(project(tmp_path / "p", tmp_path / "empty", run=text)))


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        check(tmp_path, text)
    return str(caught.value)


def test_a_misspelt_trl_key_is_named_with_its_line(tmp_path: Path) -> None:
    message = refused(tmp_path, RUN.replace("learning_rate = 5e-3", "learningrate = 5e-3"))
    assert "run.toml:18: unknown key 'learningrate' in [grpo]. Did you mean 'learning_rate'?" in message


def test_a_misspelt_peft_key_is_named_with_its_line(tmp_path: Path) -> None:
    message = refused(tmp_path, RUN + "[lora]\nlora_aplha = 8\n")
    assert "unknown key 'lora_aplha' in [lora]. Did you mean 'lora_alpha'?" in message


def test_a_text_where_trl_wants_a_number_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, RUN.replace("learning_rate = 5e-3", 'learning_rate = "5e-3"'))
    assert "learning_rate = '5e-3' in [grpo] must be a number" in message


def test_what_trl_itself_refuses_is_an_error_of_that_table(tmp_path: Path) -> None:
    message = refused(
        tmp_path, RUN.replace("per_device_train_batch_size = 16", "per_device_train_batch_size = 6")
    )
    assert "[grpo]: generation_batch_size (6) must be divisible by num_generations (4)" in message


def test_keys_that_would_break_a_resumed_run_are_refused(tmp_path: Path) -> None:
    assert "rewardkit shuffles" in refused(
        tmp_path, RUN.replace("max_steps", "shuffle_dataset = true\nmax_steps")
    )


def test_every_prompt_of_a_training_is_known_beforehand(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = load_config(project(tmp_path / "p", tmp_path / "empty"))
    settings = arguments.grpo_arguments(run, tmp_path)
    # 6 steps of 16 / 4 prompts each, whatever the size of the data set
    assert prompts_needed(settings, 2) == 24
    settings.max_steps, settings.num_train_epochs = -1, 2
    # two passes over 5 prompts are 10, and generations take 4 at a time
    assert prompts_needed(settings, 5) == 12


def test_a_missing_package_is_answered_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "trl" else object())
    with pytest.raises(MissingExtra, match=r"'trl'.*pip install 'rewardkit-rft\[train\]'"):
        arguments.require_training()
