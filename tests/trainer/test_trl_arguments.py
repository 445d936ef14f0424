"""The tables that are passed to TRL and peft: their keys and values are checked before a model is loaded."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest
from training_projects import RAFT, RUN, project

from rewardkit.errors import ConfigError, MissingExtra
from rewardkit.trainer.methods.grpo import prompts_needed
from rewardkit.trainer.settings import arguments
from rewardkit.trainer.settings.config import load_config

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


def test_a_misspelt_key_of_a_round_is_named_with_its_line(tmp_path: Path) -> None:
    message = refused(tmp_path, RAFT.replace("learning_rate = 5e-3", "learningrate = 5e-3"))
    assert "run.toml:19: unknown key 'learningrate' in [raft.sft]. Did you mean 'learning_rate'?" in message


def test_a_word_that_trl_refuses_in_a_round_is_refused_at_once(tmp_path: Path) -> None:
    message = refused(tmp_path, RAFT.replace("learning_rate = 5e-3", 'loss_type = "nil"'))
    assert "run.toml:19: loss_type = 'nil' in [raft.sft]; allowed: nll, chunked_nll, dft." in message


def test_each_round_shuffles_by_a_seed_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = load_config(project(tmp_path / "p", tmp_path / "empty", run=RAFT), seed=2**32 - 1)
    assert [arguments.round_arguments(run, tmp_path, number).seed for number in (1, 2)] == [0, 1]


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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"dr_grpo"', '"dr_grop"', "run.toml:24: loss_type = 'dr_grop' in [grpo]; allowed: grpo, dr_grpo, "),
        ('"dr_grpo"', '"dr_grop"', "vespo. Did you mean 'dr_grpo'?"),
        (
            'rewards = "none"',
            'rewards = "nine"',
            "scale_rewards = 'nine' in [grpo]; allowed: group, batch, none.",
        ),
        ("[sft]", '[sft]\nloss_type = "nil"', "loss_type = 'nil' in [sft]; allowed: nll, chunked_nll, dft."),
    ],
)
def test_a_word_that_trl_refuses_only_in_training_is_refused_at_once(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert message in refused(tmp_path, RUN.replace(old, new))


def test_rewards_may_be_scaled_by_true_and_false_as_trl_allows(tmp_path: Path) -> None:
    check(tmp_path, RUN.replace('scale_rewards = "none"', "scale_rewards = false"))


@pytest.mark.parametrize(
    ("table", "key"), [(table, key) for table, keys in arguments.CHOICES.items() for key in keys]
)
def test_the_allowed_words_are_those_of_the_installed_trl(table: str, key: str) -> None:
    if key == "vllm_mode":  # the trainer passes it on as `mode`
        found = words_compared_with("mode", "trl/generation/vllm_generation.py")
    else:
        found = words_compared_with(key, f"trl/trainer/{table}_trainer.py", f"trl/trainer/{table}_config.py")
    assert found == {word for word in arguments.CHOICES[table][key] if isinstance(word, str)}


def words_compared_with(name: str, *files: str) -> set[str]:
    """Every text that TRL's source compares the attribute `name` with."""
    packages = Path(importlib.util.find_spec("trl").origin).parent.parent  # type: ignore[union-attr, arg-type]
    trees = [ast.walk(ast.parse((packages / file).read_text(encoding="utf-8"))) for file in files]
    return {
        part.value
        for tree in trees
        for node in tree
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == name
        for side in node.comparators
        for part in ast.walk(side)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


IN_4_BITS = RUN + '\n[load]\nquantization = "4bit"\n'


def test_a_base_in_4_bits_needs_an_adapter(tmp_path: Path) -> None:
    message = refused(tmp_path, IN_4_BITS)
    assert "run.toml:34: quantization = '4bit' needs [lora]" in message


def test_a_base_in_4_bits_is_refused_without_a_gpu(tmp_path: Path) -> None:
    if arguments.on_gpu():
        pytest.skip("there is a GPU here")
    message = refused(tmp_path, IN_4_BITS + "\n[lora]\nr = 4\n")
    assert "run.toml:34: quantization = '4bit' needs an NVIDIA GPU, and there is none here" in message


def test_another_number_of_bits_is_refused(tmp_path: Path) -> None:
    assert "quantization = '8bit'; allowed: '4bit'" in refused(tmp_path, IN_4_BITS.replace("4bit", "8bit"))
