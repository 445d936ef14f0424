"""Two processes train the model that one process trains with the same global batch: the same completions, and weights to tolerance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from several_processes import ended, start
from training_projects import GRADERS, RUN, project, read

SFT = "[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n"
SHORT = RUN.replace(SFT, "").replace("k = 2", "k = 1\nlimit = 4")
PLAIN = (SHORT, "16", "8")
# Groups of 4 of which a process gets 6 completions at a time, so that every second one is torn; each generation is used in two parts.
TORN = (
    SHORT.replace("save_steps", "gradient_accumulation_steps = 2\nsave_steps") + "[lora]\nr = 4\n",
    "12",
    "6",
)
TRAIN = ["-m", "rewardkit", "train", "run.toml", "--untested"]
SEEN = GRADERS.replace(
    "    return",
    """    with open("seen." + os.environ["RANK"], "a") as file:
        print(sample["id"], repr(completion), file=file)
    return""",
).replace("letter: str", "letter: str, sample: dict")
SEEN = "import os\n" + SEEN.replace("@reward\n", "@reward(cache=False)\n")


@pytest.mark.slow
@pytest.mark.parametrize(("run", "all_of_one", "each_of_two"), [PLAIN, TORN], ids=["plain", "torn groups"])
def test_two_processes_train_what_one_trains(
    run: str, all_of_one: str, each_of_two: str, tmp_path: Path, model: Path
) -> None:
    size = "per_device_train_batch_size = "
    alone, both = (
        trained(
            count,
            project(tmp_path / f"{count}", model, run=run.replace(f"{size}16", size + each), graders=SEEN),
        )
        for count, each in ((1, all_of_one), (2, each_of_two))
    )
    assert seen(alone) == seen(both)
    for one, two in zip(steps(alone), steps(both), strict=True):
        assert one == pytest.approx(two, rel=1e-3, abs=1e-5)
    assert weights_apart(alone, both) < 2e-5


def trained(count: int, run: Path) -> Path:
    for process in ended(start(count, TRAIN, run.parent)):
        assert process.code == 0, process.err
    return run.parent / "runs" / "letters"


def seen(folder: Path) -> list[str]:
    """Every completion that a grader was given, with its sample."""
    files = folder.parents[1].glob("seen.*")
    return sorted(line for file in files for line in file.read_text().splitlines())


def steps(folder: Path) -> list[dict[str, Any]]:
    """The figures of each step, but the entropy: where micro-batches differ in tokens, TRL's mean of means depends on how they were cut."""
    lines = read(folder / "metrics.jsonl")
    return [
        {name: value for name, value in line.items() if name not in ("phase", "entropy")} for line in lines
    ]


def weights_apart(a: Path, b: Path) -> float:
    """The largest difference between weights of the trained models."""
    from safetensors.numpy import load_file

    [one], [two] = ([*(folder / "checkpoints" / "final").glob("*.safetensors")] for folder in (a, b))
    first, second = load_file(one), load_file(two)
    assert first.keys() == second.keys()
    return max(float(abs(first[name] - second[name]).max()) for name in first)
