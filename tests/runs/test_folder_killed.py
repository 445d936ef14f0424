"""A run killed with SIGKILL at random moments, its files cut as by a power cut, ends with the bytes of one that was left alone."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import recount
from batch_writer import NAME, Nursery

pytestmark = pytest.mark.slow

MOST_CUT = 9_000  # bytes that a power cut takes off the end of a file


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as started:
        yield started


@dataclass(slots=True)
class Soak:
    """What was done to runs of `rows` results."""

    rows: int
    kills: int = 0
    cuts: int = 0
    cut_bytes: int = 0
    runs: int = 0

    def __str__(self) -> str:
        return f"{self.kills} kills, {self.cuts} cuts of {self.cut_bytes} bytes, {self.runs} runs of {self.rows} rows"


def test_killed_and_cut_again_and_again_nothing_is_lost_and_nothing_double(
    nursery: Nursery, tmp_path: Path
) -> None:
    soaked(nursery, tmp_path, kills=6, rows=1500, seed=3)


def test_killed_and_cut_while_several_ranks_write_and_merge(nursery: Nursery, tmp_path: Path) -> None:
    soaked(nursery, tmp_path, kills=6, rows=1500, seed=4, worlds=(1, 2, 3, 7))


@pytest.mark.soak
@pytest.mark.parametrize("worlds", [(1,), (1, 2, 3, 7)], ids=["one process", "several ranks"])
def test_200_kills(nursery: Nursery, tmp_path: Path, worlds: tuple[int, ...]) -> None:
    began = time.monotonic()
    done = soaked(nursery, tmp_path, kills=200, rows=6000, seed=11, worlds=worlds)
    print(f"\n{done}, {time.monotonic() - began:.0f} s")


@pytest.mark.soak
def test_grading_on_the_command_line_killed_and_cut(tmp_path: Path) -> None:
    (tmp_path / "graders.py").write_text(
        "from rewardkit import reward\n\n\n@reward\ndef exact(completion: str, reference: str) -> bool:\n"
        "    return completion == reference\n"
    )
    rows = (
        {"id": f"q{i}", "prompt": "?", "reference": "a", "completion": "a" * (i % 300)} for i in range(4000)
    )
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "rewardkit", "grade", "answers.jsonl", "--grader", "graders.py"]
    subprocess.run([*command, "--run", "whole"], cwd=tmp_path, check=True, capture_output=True)
    randomly, torn, hit, longest = random.Random(5), tmp_path / "runs" / "torn", 0, 3.0
    while hit < 8:
        began = time.monotonic()
        process = subprocess.Popen(
            [*command, "--run", "torn"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            assert process.wait(randomly.uniform(0.5, longest)) == 0
            shutil.rmtree(torn)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            hit += 1
            longest = max(longest, 1.5 * (time.monotonic() - began))
            cut(torn, randomly)
    subprocess.run([*command, "--run", "torn"], cwd=tmp_path, check=True, capture_output=True)
    checked(torn, tmp_path / "runs" / "whole", 4000)


def soaked(
    nursery: Nursery, root: Path, *, kills: int, rows: int, seed: int, worlds: tuple[int, ...] = (1,)
) -> Soak:
    """Kill and cut runs until there were that many kills; a run that comes to its end is recounted, and another one begun."""
    randomly, done = random.Random(seed), Soak(rows)
    began = time.monotonic()
    assert nursery.run(root / "whole", rows, finish=True).code == 0
    whole_time = time.monotonic() - began
    torn = root / "torn"
    while done.kills < kills:
        world = randomly.choice(worlds)
        # A rank above 0 waits for rank 0, which the folder must have had.
        rank = randomly.randrange(world) if (torn / NAME / "run.json").is_file() else 0
        moment = randomly.uniform(0, 0.4 * whole_time / world)
        ended = nursery.run(torn, rows, kill_after=moment, world=world, rank=rank, finish=rank == 0)
        assert ended.code in (0, -9), ended.said
        if ended.code == -9:
            done.kills += 1
            taken = cut(torn / NAME, randomly)
            done.cuts += taken > 0
            done.cut_bytes += taken
        if whole_run(torn / NAME):
            ended_well(nursery, root, rows, done)
    ended_well(nursery, root, rows, done)
    return done


def ended_well(nursery: Nursery, root: Path, rows: int, done: Soak) -> None:
    """Let a torn run come to its end, hold it against the whole one, and take it away."""
    ended = nursery.run(root / "torn", rows, finish=True)
    assert ended.code == 0, ended.said
    checked(root / "torn" / NAME, root / "whole" / NAME, rows)
    shutil.rmtree(root / "torn")
    done.runs += 1


def checked(torn: Path, whole: Path, rows: int) -> None:
    script = subprocess.run(
        [sys.executable, recount.__file__, torn, whole], capture_output=True, text=True, check=False
    )
    assert script.returncode == 0, script.stdout + script.stderr
    assert json.loads(script.stdout)["lines"] == rows
    assert (torn / "results.jsonl").read_bytes() == (whole / "results.jsonl").read_bytes()


def cut(folder: Path, randomly: random.Random) -> int:
    """Take up to 9 kB off the end of the file that was written last, as a power cut may; returns how many bytes."""
    files = [path for path in folder.glob("*.jsonl") if not path.name.startswith(".")]
    if not files or randomly.random() < 0.2:
        return 0
    last = max(files, key=lambda path: path.stat().st_mtime_ns)
    size = last.stat().st_size
    left = max(0, size - randomly.randrange(MOST_CUT + 1))
    os.truncate(last, left)
    return size - left


def whole_run(folder: Path) -> bool:
    return (folder / "report.html").is_file()
