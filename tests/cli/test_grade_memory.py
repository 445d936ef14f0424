"""Files of any length are graded in bounded memory: the real command in a process of its own, every row recounted by `json` alone."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from writing import WriteFile

GRADERS = """
    from rewardkit import reward

    @reward
    def ends(completion: str, reference: str) -> bool:
        return completion.endswith(reference)
"""

# The high-water mark of the memory image: unlike ru_maxrss it does not begin with that of the process that started this one.
PEAK = """
import re, sys
from rewardkit.cli import main
try:
    main(sys.argv[1:])
finally:
    peak = re.search(r"VmHWM:\\s*(\\d+) kB", open("/proc/self/status").read())
    print("PEAK", peak.group(1), file=sys.stderr)
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs the /proc of Linux")


def rows(count: int, seed: int) -> list[dict[str, str]]:
    """Two completions of about 1 kB for each sample; a third of them right."""
    randomly = random.Random(seed)
    made = []
    for n in range(count):
        text = "".join(randomly.choices("abcdefgh ", k=randomly.randint(500, 1500)))
        end = randomly.choice("xyz")
        made.append(
            {"id": f"q{n // 2}", "prompt": f"Question {n // 2}", "reference": "x", "completion": text + end}
        )
    return made


def graded_within(megabytes: float, name: str, *options: str) -> None:
    command = [
        sys.executable,
        "-c",
        PEAK,
        "grade",
        name,
        "-g",
        "graders.py",
        "--run",
        "mine",
        "--json",
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    peak = re.search(r"PEAK (\d+)", done.stderr)
    assert peak is not None
    assert int(peak.group(1)) < megabytes * 1024


def assert_every_row_is_there(expected: list[dict[str, str]]) -> None:
    """The results in the order of the rows, with the score that a count by hand gives."""
    repeats: Counter[str] = Counter()
    with Path("runs/mine/results.jsonl").open("rb") as lines:
        for row, line in zip(expected, lines, strict=True):
            found = json.loads(line)
            repeat = repeats[row["id"]]
            repeats[row["id"]] += 1
            assert (found["sample"], found["repeat"], found["completion"]) == (
                row["id"],
                repeat,
                row["completion"],
            )
            assert found["value"] == float(row["completion"].endswith("x"))


def write_jsonl(made: list[dict[str, str]]) -> None:
    Path("answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made))


@pytest.mark.soak
def test_100_000_rows_are_graded_under_1_gb(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    made = rows(100_000, seed=1)
    write_jsonl(made)
    graded_within(1000, "answers.jsonl", "--out", "out.jsonl")
    assert_every_row_is_there(made)
    assert Path("out.jsonl").read_bytes() == Path("runs/mine/results.jsonl").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind", ["jsonl", *(pytest.param(kind, marks=pytest.mark.soak) for kind in ("parquet", "csv"))]
)
def test_memory_does_not_grow_with_the_file(write: WriteFile, kind: str) -> None:
    """10 or 15 MB of completions within 150 MB (more in the soak); the command itself takes about 60, and as much again for the batches of DuckDB."""
    write("graders.py", GRADERS)
    made = rows(15_000 if kind == "jsonl" else 10_000, seed=2)
    write_jsonl(made)
    if kind != "jsonl":
        duckdb.sql(f"COPY (FROM 'answers.jsonl') TO 'answers.{kind}'")
    graded_within(250 if kind == "parquet" else 150, f"answers.{kind}")
    assert_every_row_is_there(made)
