"""What a training could do wrong without a word, and what it says or does instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from training_projects import RUN, Heard, project, read, rows

from rewardkit.errors import ConfigError
from rewardkit.trainer import run
from rewardkit.trainer.settings.arguments import grpo_arguments
from rewardkit.trainer.settings.config import load_config

pytestmark = pytest.mark.slow

SFT = "[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n"
SHORT = RUN.replace(SFT, "").replace("max_steps = 6", "max_steps = 2").replace("k = 2", "k = 1\nlimit = 2")


def trained(path: Path) -> tuple[Path, list[str]]:
    heard = Heard()
    return run(path, untested=True, runs_dir=path.parent / "runs", reporter=heard), heard.lines


def refused(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        trained(path)
    assert not (path.parent / "runs").exists()
    return str(caught.value)


def asked(prompt: Any, number: int = 0) -> dict[str, Any]:
    return {"id": f"t{number}", "prompt": prompt, "letter": "a"}


def lengths(folder: Path) -> list[float]:
    return [line["length"] for line in read(folder / "metrics.jsonl")]


def change(file: Path, **values: Any) -> None:
    """Set keys of a JSON file; None takes one away."""
    there = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps({key: value for key, value in there.items() if value is not None}))


def test_a_prompt_too_long_for_the_context_is_named_before_a_step(model: Path, tmp_path: Path) -> None:
    path = project(tmp_path, model, run=SHORT)
    rows(tmp_path / "train.jsonl", [*(asked(f"say {i}", i) for i in range(8)), asked("say " * 60, 8)])
    said = refused(path)
    assert f"the prompt of {tmp_path}/train.jsonl:9 has " in said
    assert "with the 8 of a completion that is more than the 64 of the model's context" in said


def test_an_expert_answer_that_would_be_cut_off_is_named(model: Path, tmp_path: Path) -> None:
    path = project(tmp_path, model, run=RUN.replace(SFT, SFT + "max_length = 12\n"))
    rows(tmp_path / "expert.jsonl", [{**asked("say 50", 50), "gold": "abcabcabcabcabcabc"}])
    said = refused(path)
    assert f"the expert row {tmp_path}/expert.jsonl:1 has " in said
    assert "more than [sft] max_length = 12, where TRL would cut it off" in said


def test_an_empty_prompt_without_a_chat_template_is_named(model: Path, tmp_path: Path) -> None:
    path = project(tmp_path, model, run=SHORT)
    (tmp_path / "model" / "chat_template.jinja").unlink()
    rows(tmp_path / "train.jsonl", [asked("say 1", 1), asked("", 2)])
    assert "is empty, and the model has no chat template around it" in refused(path)


def test_checkpoints_between_the_uses_of_a_generation_are_refused(model: Path, tmp_path: Path) -> None:
    text = SHORT.replace("save_steps = 2", "save_steps = 3\nnum_iterations = 2")
    said = refused(project(tmp_path, model, run=text))
    assert "save_steps = 3: one generation is used for 2 steps" in said
    assert "Allowed are whole multiples: 2, 4, 6 ..." in said


def test_without_save_steps_they_fall_where_a_generation_ends(model: Path, tmp_path: Path) -> None:
    text = SHORT.replace(
        "save_steps = 2", "num_iterations = 3\nsteps_per_generation = 2\ngradient_accumulation_steps = 2"
    )
    file = load_config(project(tmp_path, model, run=text))
    assert grpo_arguments(file, tmp_path).save_steps == 12


def test_an_answer_ends_where_the_chat_template_ends_one(model: Path, tmp_path: Path) -> None:
    # As many base models have it: the configured end of a text is not the token that ends a turn.
    usual, _ = trained(project(tmp_path / "usual", model, run=SHORT))
    path = project(tmp_path / "base", model, run=SHORT)
    change(path.parent / "model" / "tokenizer_config.json", eos_token="<|pad|>")
    for name in ("generation_config.json", "config.json"):
        change(
            path.parent / "model" / name, eos_token_id=json.loads((model / name).read_text())["pad_token_id"]
        )
    folder, _ = trained(path)
    assert lengths(folder) == lengths(usual)
    saved = json.loads((folder / "checkpoints" / "final" / "generation_config.json").read_text())
    assert json.loads((model / "generation_config.json").read_text())["eos_token_id"] in saved["eos_token_id"]


def test_a_tokenizer_without_tokens_for_end_and_padding_takes_the_end_of_the_model(
    model: Path, tmp_path: Path
) -> None:
    usual, _ = trained(project(tmp_path / "usual", model, run=SHORT))
    path = project(tmp_path / "bare", model, run=SHORT)
    change(path.parent / "model" / "tokenizer_config.json", eos_token=None, pad_token=None)
    assert lengths(trained(path)[0]) == lengths(usual)
    for name in ("generation_config.json", "config.json"):
        change(path.parent / "model" / name, eos_token_id=None)
    with pytest.raises(ConfigError, match=r"run\.toml:3: the tokenizer of .* has no token that ends a text"):
        run(path, untested=True, runs_dir=tmp_path / "other")


def test_a_lone_surrogate_in_a_prompt_does_not_stop_the_training(model: Path, tmp_path: Path) -> None:
    path = project(tmp_path, model, run=SHORT)
    rows(tmp_path / "train.jsonl", [asked(f"say \ud800 {i}", i) for i in range(4)])
    assert len(lengths(trained(path)[0])) == 2


def test_a_key_of_one_message_is_not_put_into_the_others(model: Path, tmp_path: Path) -> None:
    # Arrow gives every message all keys; a template that asks whether one is defined would write "None".
    path = project(tmp_path, model, run=SHORT)
    template = tmp_path / "model" / "chat_template.jinja"
    template.write_text(
        "{% for m in messages %}{% if m.name is defined and m.name is none %}{{ 1 / 0 }}{% endif %}{% endfor %}"
        + template.read_text()
    )
    turns = [{"role": "user", "content": "say 1"}, {"role": "user", "content": "say 2", "name": "bob"}]
    rows(tmp_path / "train.jsonl", [asked(turns, 0), asked(turns[:1], 1)])
    assert len(lengths(trained(path)[0])) == 2


def test_a_training_that_changes_nothing_says_so(model: Path, tmp_path: Path) -> None:
    _, said = trained(
        project(tmp_path, model, run=SHORT.replace("learning_rate = 5e-3", "learning_rate = 0.0"))
    )
    assert any(line.startswith("warning: rft: no weight has changed.") for line in said)


def test_weights_in_half_precision_are_warned_of(model: Path, tmp_path: Path) -> None:
    _, said = trained(project(tmp_path, model, run=SHORT + '\n[load]\ndtype = "bfloat16"\n'))
    assert any(
        "weights are trained in bfloat16, where a step smaller than 0.40% of a weight is lost" in line
        for line in said
    )
    assert not any("no weight has changed" in line for line in said)
