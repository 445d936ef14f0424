"""What every verb promises of its output: a pipe may close, `--json` stays pure, a bad path is usage."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import rewardkit, spawned
from writing import WriteFile

from rewardkit.cli.app import app

NOISY = """
from rewardkit import case, reward
print("imported")
@case("x", expect=1)
@reward(isolation="inline")
def noisy(completion):
    print("called")
    return completion == "x"
"""


@pytest.mark.parametrize("arguments", ["graders", "graders --json", "test quiet.py", "test quiet.py --json"])
def test_a_reader_that_goes_away_is_no_failure(write: WriteFile, arguments: str) -> None:
    write("quiet.py", NOISY.replace("print(", "repr("))
    command = f"{sys.executable} -m rewardkit {arguments} | true; exit ${{PIPESTATUS[0]}}"
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).returncode == 0


def test_a_test_whose_reader_goes_away_still_writes_the_lock(write: WriteFile) -> None:
    folder = write("quiet.py", NOISY.replace("print(", "repr(")).parent
    subprocess.run(["bash", "-c", f"{sys.executable} -m rewardkit test quiet.py | true"], check=True)
    assert (folder / "graders.lock").is_file()


@pytest.mark.parametrize("verb", ["graders", "test"])
def test_what_a_grader_prints_does_not_spoil_the_json(write: WriteFile, verb: str) -> None:
    write("noisy.py", NOISY)
    ran = spawned(verb, "noisy.py", "--json")
    assert json.loads(ran.out)["graders"][0]["name"] == "noisy"
    assert "imported" in ran.err


def test_a_folder_that_cannot_be_made_is_usage(write: WriteFile) -> None:
    write("noisy.py", NOISY)
    write("a.csv", "completion\nx\n")
    ran = spawned("grade", "a.csv", "-g", "noisy.py", "--runs-dir", "/dev/null/runs")
    assert ran.code == 2
    assert "/dev/null/runs" in ran.err
    assert "Traceback" not in ran.err


def test_a_name_between_colons_is_no_picture() -> None:
    assert ":a:.csv: no such file" in spawned("data", "check", "q:a:.csv").err


def test_a_second_call_in_one_process_registers_no_verb_twice() -> None:
    rewardkit("--version")
    before = len(app.registered_commands)
    rewardkit("--version")
    assert len(app.registered_commands) == before
    assert len({command.name for command in app.registered_commands}) == before
