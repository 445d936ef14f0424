"""`--engine ray` on the command line: the same results, one JSON object, exit codes."""

from __future__ import annotations

import json

import pytest
from command_line import spawned
from writing import WriteFile

pytest.importorskip("ray")
pytestmark = pytest.mark.slow

GRADERS = """
from rewardkit import reward

@reward
def exact(completion: str, reference: str) -> bool:
    print("noise of a grader")
    return completion == reference

@reward(timeout=1)
def careless(completion: str) -> float:
    while completion == "3":
        pass
    return 0.5
"""


def results_of(lines: str) -> list[object]:
    return [json.loads(line) for line in lines.splitlines()]


def test_grade_gives_the_results_of_this_machine_and_one_json_object(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    rows = [{"id": str(n), "completion": str(n % 7), "reference": str(n % 5)} for n in range(28)]
    data = write("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    folder = data.parent
    written = {}
    for engine in ("process", "ray"):
        out = folder / f"{engine}.jsonl"
        options = ["--engine", engine, "--run", engine, "--out", out, "--no-cache", "--max-unscored", "1"]
        ran = spawned("grade", "rows.jsonl", "-g", "graders.py", *options, "--workers", "2", "--json")
        assert ran.code == 0, ran.err
        assert ran.json()["run"].endswith(engine)
        assert ran.err.count("\n") <= 1, ran.err
        written[engine] = results_of(out.read_text())
    assert written["ray"] == written["process"]
    assert {result["cause"] for result in written["ray"]} == {None, "timeout"}  # type: ignore[index]


def test_an_address_without_a_cluster_ends_with_exit_code_2(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    write("rows.jsonl", '{"completion": "1", "reference": "1"}\n')
    ran = spawned(
        "grade", "rows.jsonl", "-g", "graders.py:exact", "--engine", "ray", "--ray-address", "127.0.0.1:1"
    )
    assert ran.code == 2
    assert "Ray cannot connect to 127.0.0.1:1" in " ".join(ran.err.split())
