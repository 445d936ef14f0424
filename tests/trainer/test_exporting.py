"""The trained model as a plain folder: what transformers alone makes of it is what base and adapter made."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from training_projects import RUN, project, training

from rewardkit.errors import ConfigError
from rewardkit.trainer import run
from rewardkit.trainer.exporting import TOLERANCES, export
from rewardkit.trainer.finished import open_trained

pytestmark = pytest.mark.slow

LORA = RUN + "\n[lora]\nr = 4\nlora_alpha = 16\n"
PROMPTS = [f"say {number}" for number in range(10, 22)]


@pytest.fixture(scope="module")
def lora(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A LoRA run that was killed with SIGKILL in the middle of GRPO and went on."""
    path = project(tmp_path_factory.mktemp("lora"), model, run=LORA)
    runs = path.parent / "runs"
    process = training(path)
    checkpoint = runs / "letters" / "checkpoints" / "rft-steps" / "checkpoint-2" / "whole"
    while process.poll() is None and not checkpoint.exists():
        time.sleep(0.005)
    assert process.poll() is None, "the training ended before it could be killed"
    process.kill()
    assert not (runs / "letters" / "checkpoints" / "final").exists()
    assert training(path).ended().code == 0
    return runs / "letters"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    path = project(tmp_path_factory.mktemp("full"), model, run=RUN.replace("max_steps = 6", "max_steps = 2"))
    return run(path, untested=True, runs_dir=path.parent / "runs")


def outputs(model: Any, tokenizer: Any) -> tuple[list[str], Any]:
    """Greedy answers and the logits after each prompt, by plain transformers."""
    import torch

    texts, logits = [], []
    model.eval()
    for prompt in PROMPTS:
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, tokenize=False
        )
        rows = tokenizer(chat, return_tensors="pt", add_special_tokens=False)
        with torch.inference_mode():
            answer = model.generate(**rows, max_new_tokens=8, do_sample=False)
            logits.append(model(**rows).logits[0])
        texts.append(tokenizer.decode(answer[0, rows["input_ids"].shape[1] :], skip_special_tokens=True))
    return texts, torch.cat(logits)


def plain(folder: Path) -> tuple[list[str], Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder)
    assert type(model).__name__ == "LlamaForCausalLM"
    return outputs(model, AutoTokenizer.from_pretrained(folder))


def adapted(folder: Path) -> tuple[list[str], Any]:
    """What the adapter says on its base, by plain peft."""
    from peft import AutoPeftModelForCausalLM
    from transformers import AutoTokenizer

    return outputs(AutoPeftModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder))


def test_a_killed_resumed_and_merged_adapter_answers_as_before_in_plain_transformers(
    lora: Path, model: Path, tmp_path: Path
) -> None:
    exported = export(open_trained(lora), tmp_path / "merged")
    texts, logits = plain(tmp_path / "merged")
    expected_texts, expected_logits = adapted(lora / "checkpoints" / "final")
    assert texts == expected_texts
    assert float((logits - expected_logits).abs().max()) < 1e-4
    # The equality means something: the base model alone says otherwise.
    assert float((logits - plain(model)[1]).abs().max()) > 0.1
    assert exported.difference is not None
    assert exported.difference < TOLERANCES["float32"]
    assert exported.same_answers == exported.prompts == 4


def test_the_killed_training_ends_with_the_adapter_of_one_that_was_left_alone(
    lora: Path, model: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    alone = run(project(tmp_path, model, run=LORA), untested=True, runs_dir=tmp_path / "runs")
    one, other = (
        load_file(folder / "checkpoints" / "final" / "adapter_model.safetensors") for folder in (lora, alone)
    )
    assert one.keys() == other.keys()
    assert all(bool((one[name] == other[name]).all()) for name in one)


def test_a_model_of_all_weights_is_written_in_another_dtype(full: Path, tmp_path: Path) -> None:
    ran = rewardkit("export", full, tmp_path / "half", "--dtype", "bfloat16")
    assert ran.code == 0
    assert "logits are off by at most" in ran.out
    assert "(allowed 0.05)" in ran.out
    assert json.loads((tmp_path / "half" / "config.json").read_text())["dtype"] == "bfloat16"
    assert (tmp_path / "half" / "chat_template.jinja").is_file()


def test_an_adapter_may_stay_one(lora: Path, tmp_path: Path) -> None:
    ran = rewardkit("export", lora, tmp_path / "adapter", "--adapter", "--json")
    assert ran.json()["adapter"] is True
    assert adapted(tmp_path / "adapter")[0] == adapted(lora / "checkpoints" / "final")[0]


def test_the_card_of_an_export_says_what_it_is(lora: Path, tmp_path: Path) -> None:
    export(open_trained(lora), tmp_path / "merged")
    card = (tmp_path / "merged" / "README.md").read_text()
    assert 'library_name: "transformers"' in card
    assert "vllm serve merged" in card
    assert "AutoPeftModel" not in card


def test_a_model_that_gives_other_logits_is_not_kept(
    lora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TOLERANCES, "bfloat16", 1e-9)
    with pytest.raises(ConfigError, match="gives other logits than the trained one"):
        export(open_trained(lora), tmp_path / "merged", dtype="bfloat16")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["there"], "overwrites nothing"),
        (["new", "--dtype", "int8"], "--dtype int8: allowed are float32, float16, bfloat16"),
        (["new", "--adapter"], "all weights were trained, so there is no adapter"),
        (["new", "--adapter", "--dtype", "float16"], "leave one of them out"),
    ],
)
def test_what_cannot_be_exported_is_refused(
    arguments: list[str], told: str, full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").touch()
    ran = rewardkit("export", full, *arguments)
    assert (ran.code, told in ran.err) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_a_run_without_a_model_is_refused_with_the_way_on(lora: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(lora.parents[1], tmp_path / "home") / "runs" / "letters"
    shutil.rmtree(copy / "checkpoints" / "final")
    ran = rewardkit("export", copy, tmp_path / "out")
    assert (ran.code, "the same `rewardkit train` goes on" in ran.err) == (2, True)
