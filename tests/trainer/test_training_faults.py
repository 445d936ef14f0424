"""Faults in a training: it ends as if nothing had happened, or stops with a sentence and exit code 3 and goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from training_projects import GRADERS, RUN, project, read
from warm_processes import Warm

pytestmark = pytest.mark.slow

SFT = "[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n"
SHORT = RUN.replace(SFT, "").replace("k = 2", "k = 1\nlimit = 4")

# The command line in a process that counts the changes it makes to files of its run, and kills itself at one of them where asked to.
# torch and safetensors write their files out of sight, between two changes that are seen.
SCRIPT = """
import os, signal, sys

die_at, changes, files = int(os.environ.get("DIE_AT", "-1")), 0, os.getcwd() + "/runs/"
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir"}

def look(event, arguments):
    global changes
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if (writes or event in CHANGES) and os.path.abspath(os.fsdecode(arguments[0])).startswith(files):
        changes += 1
        if changes == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(look)
from rewardkit.cli import main
try:
    main(["train", "run.toml", "--untested"])
finally:
    print("changes:", changes)
"""


def start(path: Path, *, die_at: int = -1, largest_file: int | None = None) -> Warm:
    environment = {"DIE_AT": str(die_at)}
    return Warm(["-c", SCRIPT], path.parent, environment=environment, largest_file=largest_file)


def outcome(path: Path) -> dict[str, Any]:
    """All of a run that may not depend on what befell it."""
    folder = path.parent / "runs" / "letters"
    summary = json.loads((folder / "summary.json").read_text())
    weights = (folder / "checkpoints" / "final" / "model.safetensors").read_bytes()
    return {
        **{name: read(folder / f"{name}.jsonl") for name in ("metrics", "results", "generations", "checks")},
        "stages": summary["stages"],
        "weights": hashlib.sha256(weights).hexdigest(),
        "files": sorted(str(file.relative_to(folder)) for file in folder.rglob("*")),
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, model: Path) -> tuple[dict[str, Any], int]:
    """What a training comes to that is left alone, and how often it changes its files."""
    path = project(tmp_path_factory.mktemp("undisturbed") / "p", model, run=SHORT)
    done = start(path).ended()
    assert done.code == 0, done.err
    return outcome(path), int(done.out.rpartition("changes: ")[2])


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 9))])
def test_killed_at_any_change_of_a_file_it_ends_as_if_it_had_not_been(
    seed: int, model: Path, tmp_path: Path, undisturbed: tuple[dict[str, Any], int]
) -> None:
    wanted, changes = undisturbed
    die_at = random.Random(seed).randint(1, changes)
    path = project(tmp_path / "p", model, run=SHORT)
    assert start(path, die_at=die_at).ended().code == -signal.SIGKILL
    done = start(path).ended()
    assert done.code == 0, f"killed at change {die_at}: {done.err}"
    assert outcome(path) == wanted, f"killed at change {die_at}"


# Where a signal hits: after so many lines of a file of the run.
MOMENTS = {"evaluating": ("results.jsonl", 1), "training": ("metrics.jsonl", 3)}


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (signal.SIGTERM, "training"),
        pytest.param(signal.SIGTERM, "evaluating", marks=pytest.mark.soak),
        pytest.param(signal.SIGINT, "training", marks=pytest.mark.soak),
        pytest.param(signal.SIGINT, "evaluating", marks=pytest.mark.soak),
    ],
)
def test_a_signal_stops_it_with_a_sentence_and_it_goes_on(
    number: signal.Signals,
    moment: str,
    model: Path,
    tmp_path: Path,
    undisturbed: tuple[dict[str, Any], int],
) -> None:
    path = project(tmp_path / "p", model, run=SHORT)
    process = start(path)
    wait_for(path, *MOMENTS[moment], process)
    process.send(number)
    stopped = process.ended()
    assert stopped.code == 3, stopped.err
    assert stopped.err.splitlines()[-1] == (
        "stopped: interrupted; what is done is kept, and the same command goes on from the last checkpoint"
    )
    done = start(path).ended()
    assert done.code == 0, done.err
    assert outcome(path) == undisturbed[0]


def wait_for(path: Path, name: str, lines: int, process: Warm) -> None:
    """Until a file of the run has so many lines."""
    file = path.parent / "runs" / "letters" / name
    while process.poll() is None and not (file.is_file() and file.read_bytes().count(b"\n") >= lines):
        time.sleep(0.005)
    assert process.poll() is None, "it ended before the fault"


# A checkpoint holds model.safetensors (77 kB) and optimizer.pt (150 kB); the report before the first one has 51 kB.
@pytest.mark.parametrize(
    "largest_file", [100_000, pytest.param(74_000, marks=pytest.mark.soak)], ids=["optimizer", "weights"]
)
def test_a_checkpoint_that_cannot_be_written_stops_it_and_it_goes_on(
    largest_file: int, model: Path, tmp_path: Path, undisturbed: tuple[dict[str, Any], int]
) -> None:
    path = project(tmp_path / "p", model, run=SHORT)
    stopped = start(path, largest_file=largest_file).ended()
    assert stopped.code == 3, stopped.err
    assert (
        "checkpoints/rft-steps: the file has reached the limit on file sizes. What was written" in stopped.err
    )
    assert not [*(path.parent / "runs" / "letters").glob("checkpoints/*/checkpoint-*")]
    done = start(path).ended()
    assert done.code == 0, done.err
    assert outcome(path) == undisturbed[0]


@pytest.mark.soak
@pytest.mark.parametrize("room", [300, 420, 700], ids=["first checkpoint", "second", "third"])
def test_a_full_disk_stops_it_and_it_goes_on_when_there_is_room(
    room: int, model: Path, tmp_path: Path, undisturbed: tuple[dict[str, Any], int]
) -> None:
    path = project(tmp_path / "p", model, run=SHORT)
    with small_disk(path.parent / "runs", room) as grow:
        stopped = start(path).ended()
        assert stopped.code == 3, stopped.err
        assert ": the disk is full. What was written before is kept: free space" in stopped.err
        grow()
        done = start(path).ended()
        assert done.code == 0, done.err
        assert outcome(path) == undisturbed[0]


class small_disk:  # noqa: N801  # used like a function
    """A file system of so many kilobytes at a folder; entered, it gives what makes it large. Skips where this user may not make one."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self._folder, self._size = folder, kilobytes

    def __enter__(self) -> Callable[[], None]:
        self._folder.mkdir()
        if self._mount(f"size={self._size}k"):
            pytest.skip("this user cannot mount a file system")
        return lambda: self._grow()

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self._folder], check=True)

    def _grow(self) -> None:
        assert self._mount("remount,size=50m") == 0

    def _mount(self, options: str) -> int:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self._folder)]
        try:
            return subprocess.run(command, capture_output=True, check=False).returncode
        except FileNotFoundError:
            return 1


# What a grader does to its process for some completions, and the cause that these are recorded with.
TROUBLES = {
    "segfault": ("import ctypes; ctypes.string_at(0)", "died"),
    "exits": ("import os; os._exit(0)", "died"),
    "killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "died"),
    "hangs": ("import time; time.sleep(60)", "timeout"),
    "hangs in C": ("import re; re.match('(a|a)*$', 'a' * 60 + 'b')", "timeout"),
    "raises": ("raise ValueError(completion)", "error"),
    "leaves": ("raise SystemExit(0)", "error"),
    "nan": ("return float('nan')", "invalid"),
    "infinite": ("return float('inf')", "invalid"),
    "too much": ("return 1.5", "invalid"),
    "no number": ("return 'much'", "invalid"),
    "eats memory": ("held = bytearray(1 << 33); held[:: 4096] = b'x' * (1 << 21)", "memory"),
}
EVERY_DAY = ("segfault",)


def broken(what: str) -> str:
    """The graders, of which one does this where a completion has four letters b."""
    text = GRADERS.replace("    return", f"    if completion.count('b') > 3:\n        {what}\n    return")
    return text.replace("import partial_credit", "import Unscored, partial_credit").replace(
        "@reward\n", "@reward(timeout=1)\n"
    )


@pytest.fixture(scope="module")
def spared(tmp_path_factory: pytest.TempPathFactory, model: Path) -> dict[str, Any]:
    """What a training comes to whose grader says of these completions that it cannot judge them."""
    return trained(tmp_path_factory.mktemp("spared") / "p", model, broken("raise Unscored('spared')"))


@pytest.mark.parametrize(
    "trouble", [pytest.param(name, marks=() if name in EVERY_DAY else pytest.mark.soak) for name in TROUBLES]
)
def test_a_grader_in_trouble_costs_those_completions_and_no_other(
    trouble: str, model: Path, tmp_path: Path, spared: dict[str, Any]
) -> None:
    what, cause = TROUBLES[trouble]
    hit = trained(tmp_path / "p", model, broken(what))
    assert {line["cause"] for line in hit["results"]} == {None, cause}
    assert {line["cause"] for line in spared["results"]} == {None, "bad_reference"}
    assert hit["weights"] == spared["weights"]
    assert hit["metrics"] == spared["metrics"]
    assert all(0 < line["unscored"] < 1 for line in hit["metrics"])


def trained(home: Path, model: Path, graders: str) -> dict[str, Any]:
    run = SHORT.replace("max_steps = 6", "max_steps = 2").replace("k = 1\nlimit = 4", "k = 2")
    path = project(home, model, run=run + "\n[guard]\nunscored_limit = 1.0\n", graders=graders)
    done = start(path).ended()
    assert done.code == 0, done.err
    return outcome(path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [0, 1])
def test_worker_processes_that_somebody_kills_are_replaced(seed: int, model: Path, tmp_path: Path) -> None:
    draw = random.Random(seed)
    path = project(tmp_path / "p", model, run=SHORT.replace("max_steps = 6", "max_steps = 20"))
    process = start(path)
    for lines in (
        1,
        4,
        7,
        10,
    ):  # not faster than they start: three in a row that end before they begin are taken for the grader's fault
        wait_for(path, "metrics.jsonl", lines, process)
        time.sleep(draw.uniform(0, 0.2))
        assert kill_workers(process.pid) >= 1
    done = process.ended()
    assert done.code == 0, done.err
    assert [line["step"] for line in outcome(path)["metrics"]] == list(range(1, 21))


def kill_workers(parent: int) -> int:
    """How many processes below one were killed."""
    killed = 0
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in task.read_text().split():
            if "worker_main" in Path(f"/proc/{child}/cmdline").read_text():
                os.kill(int(child), signal.SIGKILL)
                killed += 1
    return killed
