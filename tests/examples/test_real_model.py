"""The example for a real model, as far as a machine without a GPU and a network can run it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import spawned

from rewardkit.toml_files import read_toml
from rewardkit.trainer.settings import arguments
from rewardkit.trainer.settings.config import RunFile, checked
from rewardkit.trainer.tiny import TinyConfig, pretrain

pytest.importorskip("trl")

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "real_model"


def with_local_model(name: str, folder: Path) -> RunFile:
    """The file as it is, but for the model."""
    toml = read_toml(EXAMPLE / name)
    assert toml.data["model"].startswith("Qwen/")
    return checked(replace(toml, data={**toml.data, "model": str(folder)}))


@pytest.mark.parametrize("name", ["run.toml", "run_8gpu.toml"])
def test_every_key_is_one_of_trl_and_peft(name: str, tmp_path: Path) -> None:
    arguments.check_tables(with_local_model(name, tmp_path))


def test_one_and_eight_processes_take_the_same_step(tmp_path: Path) -> None:
    one, eight = (
        arguments.grpo_arguments(with_local_model(name, tmp_path), tmp_path)
        for name in ("run.toml", "run_8gpu.toml")
    )
    assert one.per_device_train_batch_size * one.gradient_accumulation_steps == 128
    assert 8 * eight.per_device_train_batch_size * eight.gradient_accumulation_steps == 128
    assert eight.use_vllm
    assert eight.vllm_mode == "colocate"
    same = ("learning_rate", "max_steps", "num_generations", "max_completion_length", "loss_type", "seed")
    assert [getattr(one, key) for key in same] == [getattr(eight, key) for key in same]


def test_the_commented_lines_of_the_file_are_right_too(tmp_path: Path) -> None:
    text = (EXAMPLE / "run.toml").read_text()
    keys = [
        line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ") and "vllm_" in line
    ]
    assert len(keys) == 3
    for line in ["use_vllm = true", *keys]:
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    (tmp_path / "run.toml").write_text(text)
    toml = replace(read_toml(tmp_path / "run.toml"), path=EXAMPLE / "run.toml")
    arguments.check_tables(checked(replace(toml, data={**toml.data, "model": str(tmp_path)})))


def test_the_system_message_names_every_table_and_column_of_the_database() -> None:
    system = read_toml(EXAMPLE / "run.toml").data["data"]["system"]
    told = {word.strip("(,);") for word in system.split()}
    database = (ROOT / "examples" / "text_to_sql" / "bikeshare.sql").read_text()
    names = [
        line.split()[2] if line.startswith("CREATE TABLE") else line.split()[0]
        for line in database.splitlines()
        if line.startswith(("CREATE TABLE", "    "))
    ]
    assert set(names) <= told


@pytest.mark.parametrize(("name", "processes"), [("one_gpu", 1), ("eight_gpus", 8), ("zero3", 8)])
def test_accelerate_reads_its_configurations(name: str, processes: int) -> None:
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(EXAMPLE / "accelerate" / f"{name}.yaml"))
    assert config.num_processes == processes
    assert config.mixed_precision == "bf16"


def test_the_grader_of_the_script_passes_its_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")  # the database is named from the project root
    monkeypatch.chdir(tmp_path)
    ran = spawned("test", "examples/real_model/graders.py")
    assert ran.code == 0, ran.out


def test_the_table_has_the_base_once_and_every_method(tmp_path: Path) -> None:
    row = {"rows": 16, "seeds": 3, "by_seed": {"greedy": [0.5, 0.7], "sampled": [0.2, 0.2]}}
    shares = {"greedy": 0.6, "sampled": 0.2}
    for name, stage in (("one", "rft"), ("two", "sft_alone")):
        table = [
            {**row, "stage": "base", "rows": None, "solved": shares, "gain": {}},
            {**row, "stage": stage, "solved": shares, "gain": {"greedy": "+9.0 (+1.0 to +17.0)"}},
        ]
        (tmp_path / name).mkdir()
        (tmp_path / name / "seeds.json").write_text(json.dumps({"table": table}))
    command = [sys.executable, str(EXAMPLE / "table.py"), str(tmp_path / "one"), str(tmp_path / "two")]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0].startswith("| method | n | seeds | held-out greedy | sampled |")
    assert lines[2:] == [
        "| Base model |  | 3 | 60 % (50 to 70) | 20 % (20 to 20) |  |  |",
        "| After RFT | 16 | 3 | 60 % (50 to 70) | 20 % (20 to 20) | +9.0 (+1.0 to +17.0) |  |",
        "| SFT alone | 16 | 3 | 60 % (50 to 70) | 20 % (20 to 20) | +9.0 (+1.0 to +17.0) |  |",
    ]


@pytest.mark.slow
def test_the_script_trains_two_steps_with_a_tiny_model(tmp_path: Path) -> None:
    draw = random.Random(0)
    pairs = [(f"say {i}", "SELECT " + draw.choice("abc")) for i in range(32)]
    config = TinyConfig(vocabulary=300, hidden=32, layers=1, heads=2, context=4096, steps=2, batch=8)
    model = pretrain(pairs, tmp_path / "model", config=config)
    command = [sys.executable, str(EXAMPLE / "train_trl.py"), "--model", str(model), "--max-steps", "2"]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "final" / "adapter_config.json").is_file()
    state = json.loads((tmp_path / "out" / "checkpoint-2" / "trainer_state.json").read_text())
    steps = [row for row in state["log_history"] if "reward" in row]
    assert len(steps) == 2
    assert all(row["query/unscored"] == 0 for row in steps)
