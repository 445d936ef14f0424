"""Trainings with everything that chooses prompts, shapes the reward and imitates answers: they do it, and resume as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from several_processes import ended, start
from training_projects import RUN, project, read, rows, training

from rewardkit import Sample
from rewardkit.runs import read_summary
from rewardkit.trainer import run
from rewardkit.trainer.curricula.imitation import expert_pairs, imitation_loss
from rewardkit.trainer.rows.data import sft_rows

pytestmark = pytest.mark.slow

GRADERS = """
from rewardkit import partial_credit

@partial_credit({"there": 0.3, "first": 1.0})
def letters(completion: str, letter: str):
    yield "there", letter in completion
    yield "first", completion.startswith(letter)
"""
PLAIN = (
    RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")
    .replace("5e-3", "2e-3")
    .replace("per_device_train_batch_size = 16", "per_device_train_batch_size = 8")
    .replace("max_completion_length = 8", "max_completion_length = 6")
)
ALL = (
    PLAIN.replace("max_steps = 6", "max_steps = 12")
    + """
[curriculum]
shaping = "anneal"
anneal_from = 0
anneal_to = 0.2
sampling = "difficulty"
resample = 2

[mixed]
on = "both"
weight = 0.5
"""
)
TWICE = ALL.replace("save_steps = 2", "save_steps = 2\nnum_iterations = 2\ngradient_accumulation_steps = 2")
LORA = ALL + '\n[lora]\nr = 4\ntarget_modules = "all-linear"\n'


@pytest.fixture(scope="module")
def textual(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """The same model without a chat template: its prompts are texts."""
    folder = shutil.copytree(model, tmp_path_factory.mktemp("text") / "model")
    (folder / "chat_template.jinja").unlink()
    return folder


def outcome(folder: Path) -> dict[str, Any]:
    weights = load_file(next((folder / "checkpoints" / "final").glob("*.safetensors")))
    return {
        "weights": {name: values.tobytes() for name, values in weights.items()},
        "metrics": read(folder / "metrics.jsonl"),
        "results": read(folder / "results.jsonl"),
        "notes": read_summary(folder).notes,
    }


def killed_once(path: Path, lines: int, delay: float) -> bool:
    """Start the training and kill it `delay` seconds after metrics.jsonl has that many lines; False when it ended before."""
    metrics = path.parent / "runs" / "letters" / "metrics.jsonl"
    process = training(path)
    while process.poll() is None and (not metrics.is_file() or metrics.read_bytes().count(b"\n") < lines):
        time.sleep(0.005)
    time.sleep(delay)
    if process.poll() is not None:
        return False
    process.kill()
    return True


@pytest.mark.parametrize(
    ("text", "chat"),
    [
        pytest.param(ALL, True, id="all weights, chat"),
        pytest.param(LORA, False, id="LoRA, text"),
        pytest.param(TWICE, False, id="each generation twice, in parts"),
    ],
)
def test_a_killed_training_ends_with_the_weights_of_one_that_was_left_alone(
    text: str, chat: bool, tmp_path: Path, model: Path, textual: Path
) -> None:
    base = model if chat else textual
    alone = project(tmp_path / "alone", base, run=text, graders=GRADERS)
    folder = run(alone, untested=True, runs_dir=tmp_path / "alone" / "runs")
    path = project(tmp_path / "killed", base, run=text, graders=GRADERS)
    draw = random.Random(len(text))
    assert killed_once(path, draw.randint(4, 9), draw.uniform(0, 0.2)), "no kill hit the training"
    again = run(path, untested=True, runs_dir=tmp_path / "killed" / "runs")
    assert outcome(again) == outcome(folder)
    lines = read(folder / "metrics.jsonl")
    assert any(line.get("resampled", 0) > 0 for line in lines)
    assert {"true_reward", "resampled", "sft_loss", "generated"} <= {key for line in lines for key in line}


def trained(folder: Path, model: Path, extra: str) -> list[dict[str, Any]]:
    path = project(folder, model, run=f"{PLAIN}\n{extra}\n", graders=GRADERS)
    return read(run(path, untested=True, runs_dir=folder / "runs") / "metrics.jsonl")


def test_a_plain_training_counts_its_completions(tmp_path: Path, model: Path) -> None:
    lines = trained(tmp_path, model, "")
    assert [line["generated"] for line in lines] == [8, 16, 24, 32, 40, 48]
    assert not {"true_reward", "resampled", "sft_loss"} & lines[-1].keys()


def test_saturated_groups_are_drawn_anew_and_what_is_thrown_away_is_counted(
    tmp_path: Path, model: Path
) -> None:
    lines = trained(tmp_path, model, "[curriculum]\nresample = 3")
    before = 0
    for line in lines:
        drawn = line["generated"] - before
        before = int(line["generated"])
        assert drawn % 4 == 0
        assert line["resampled"] == pytest.approx((drawn - 8) / drawn)
    assert any(line["resampled"] > 0 for line in lines)
    [note] = [note for note in read_summary(tmp_path / "runs" / "letters").notes if "thrown away" in note]
    assert note.startswith(f"Of {before:,} completions of GRPO {1 - 48 / before:.0%} were thrown away")


def test_partial_credit_is_paid_less_and_less(tmp_path: Path, model: Path) -> None:
    extra = '[curriculum]\nshaping = "anneal"\nanneal_from = 0\nanneal_to = 0.5'
    lines = trained(tmp_path, model, extra)
    assert lines[0]["reward"] == pytest.approx(lines[0]["true_reward"])
    for line in lines[3:]:  # rewards of 0 and 1, where the grader gives 0, 0.3 and 1
        assert line["reward"] == pytest.approx(round(line["reward"] * 8) / 8)
        assert line["reward"] <= line["true_reward"]


def test_imitation_brings_the_expert_answers_nearer(tmp_path: Path, model: Path) -> None:
    lines = trained(tmp_path, model, '[mixed]\non = "expert"\nweight = 5')
    assert len(lines) == 6
    assert lines[-1]["sft_loss"] < lines[0]["sft_loss"] - 0.3


@pytest.mark.parametrize("kind", ["chat", "text"])
def test_what_is_imitated_is_what_sft_imitates(kind: str, model: Path, textual: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = model if kind == "chat" else textual
    tokenizer, policy = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    answers = [(Sample(f"e{i}", f"say {i}", {}), text) for i, text in enumerate(["ab", "cccc"])]
    pairs = expert_pairs(sft_rows(answers, "", chat=kind == "chat"), tokenizer)
    assert [tokenizer.decode(answer).strip() for _, answer in pairs] == [
        f"ab{tokenizer.eos_token}",
        f"cccc{tokenizer.eos_token}",
    ]
    single = []
    for prompt, answer in pairs:
        labels = torch.tensor([[-100] * len(prompt) + answer])
        single.append(policy(input_ids=torch.tensor([prompt + answer]), labels=labels).loss.item())
    lengths = [len(answer) for _, answer in pairs]
    expected = sum(loss * n for loss, n in zip(single, lengths, strict=True)) / sum(lengths)
    assert imitation_loss(policy, pairs, tokenizer.pad_token_id).item() == pytest.approx(expected, rel=1e-5)


def test_the_loss_counts_the_same_whole_or_in_parts(tmp_path: Path, model: Path) -> None:
    step = PLAIN.replace("max_steps = 6", 'max_steps = 1\noptim = "sgd"').replace("2e-3", "0.1")
    mixed = step + '\n[mixed]\non = "expert"\nweight = 1\n'
    parts = "per_device_train_batch_size = 4\ngradient_accumulation_steps = 2"
    weights = []
    for name, text in (
        ("whole", mixed),
        ("parts", mixed.replace("per_device_train_batch_size = 8", parts)),
        ("without", step),
    ):
        path = project(tmp_path / name, model, run=text, graders=GRADERS)
        rows(path.parent / "expert.jsonl", [{"id": "e", "prompt": "say 1", "letter": "a", "gold": "aab"}])
        folder = run(path, untested=True, runs_dir=path.parent / "runs")
        weights.append(load_file(folder / "checkpoints" / "final" / "model.safetensors"))
    whole, in_parts, without = weights
    assert all(np.allclose(whole[name], in_parts[name], atol=1e-6) for name in whole)
    assert any(np.abs(whole[name] - without[name]).max() > 1e-4 for name in whole)


def test_two_processes_train_with_all_of_it(tmp_path: Path, model: Path) -> None:
    project(tmp_path, model, run=ALL.replace("size = 8", "size = 6"), graders=GRADERS)
    script = "import sys; from rewardkit.cli import main; main(sys.argv[1:])"
    done = ended(start(2, ["-c", script, "train", "run.toml", "--untested"], tmp_path))
    assert [one.code for one in done] == [0, 0], done[0].err + done[1].err
    lines = read(tmp_path / "runs" / "letters" / "metrics.jsonl")
    assert len(lines) == 12
    assert any(line["resampled"] > 0 for line in lines)
    assert lines[-1]["generated"] >= 12 * 12
