"""A LoRA training: what was measured is what was saved, in plain transformers, merged or not; and a kill changes nothing."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import pytest
from training_projects import RUN, project, read, training

from rewardkit.trainer import run

pytestmark = pytest.mark.slow

LORA = RUN + "\n[lora]\nr = 4\nlora_alpha = 16\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The run folder of a warm start and GRPO on one adapter."""
    pytest.importorskip("trl")
    home = tmp_path_factory.mktemp("lora")
    path = project(home / "p", model, run=LORA)
    return run(path, untested=True, runs_dir=path.parent / "runs")


def opened(source: Path) -> Any:
    """A folder in plain transformers and peft, as somebody does who has never heard of us."""
    from peft import AutoPeftModelForCausalLM
    from transformers import AutoModelForCausalLM

    kind = AutoPeftModelForCausalLM if (source / "adapter_config.json").is_file() else AutoModelForCausalLM
    return kind.from_pretrained(source, dtype="float32").eval()


def logits(model: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(input_ids=torch.arange(4, 40)[None]).logits


def test_the_adapter_alone_and_merged_gives_the_same_and_another_than_the_base(
    trained: Path, tmp_path: Path
) -> None:
    adapter = opened(trained / "checkpoints" / "final")
    alone = logits(adapter)
    adapter.merge_and_unload().save_pretrained(tmp_path / "merged")
    merged, base = logits(opened(tmp_path / "merged")), logits(opened(trained.parents[1] / "model"))
    assert (merged - alone).abs().max() < 1e-4
    assert (merged - base).abs().max() > 0.1


def test_what_was_measured_is_what_was_saved(trained: Path) -> None:
    from transformers import AutoTokenizer

    final = trained / "checkpoints" / "final"
    model, tokenizer = opened(final), AutoTokenizer.from_pretrained(final)
    lines = [
        line
        for line in read(trained / "results.jsonl")
        if (line["stage"], line["decoding"]) == ("rft", "greedy")
    ]
    assert len(lines) == 12
    for line in lines:
        turns = [{"role": "user", "content": f"say {line['sample'][1:]}"}]
        asked = tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        drawn = model.generate(
            input_ids=asked["input_ids"],
            attention_mask=asked["attention_mask"],
            max_new_tokens=8,
            do_sample=False,
        )
        said = tokenizer.decode(drawn[0, asked["input_ids"].shape[1] :], skip_special_tokens=True)
        assert said == line["completion"]


def test_grpo_goes_on_with_the_adapter_of_the_warm_start(trained: Path) -> None:
    from safetensors.numpy import load_file

    sft, rft = (
        load_file(trained / "checkpoints" / name / "adapter_model.safetensors") for name in ("sft", "final")
    )
    assert sft.keys() == rft.keys()
    starts = [name for name in sft if "lora_A" in name]
    moved = max(abs(sft[name] - rft[name]).max() for name in starts)
    size = max(abs(sft[name]).max() for name in starts)
    assert 0 < moved < size / 2  # a fresh one would be as far away as it is large


@pytest.mark.soak
def test_a_killed_training_ends_with_the_same_adapter(trained: Path, tmp_path: Path) -> None:
    path = project(tmp_path / "p", trained.parents[1] / "model", run=LORA)
    process = training(path)
    steps = path.parent / "runs" / "letters" / "checkpoints" / "rft-steps"
    while process.poll() is None and not (steps / "checkpoint-4" / "whole").is_file():
        time.sleep(0.005)
    process.kill()
    assert process.poll() == -signal.SIGKILL
    assert training(path).ended().code == 0
    file = "checkpoints/final/adapter_model.safetensors"
    assert (path.parent / "runs" / "letters" / file).read_bytes() == (trained / file).read_bytes()
