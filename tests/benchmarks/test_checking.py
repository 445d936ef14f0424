"""benchmarks/checking.py: its figures, the graders as other tools get them, and tools that cannot run. No tool is installed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rewardkit import Scorer

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def parts() -> Iterator[Any]:
    """The benchmark's own modules; it is run as a script, so its folder leads the import path."""
    sys.path.insert(0, str(BENCHMARKS))
    from checking_parts import corpus, exposed, figures, judged, ours, peers

    yield SimpleNamespace(
        corpus=corpus, exposed=exposed, figures=figures, judged=judged, ours=ours, peers=peers
    )
    sys.path.remove(str(BENCHMARKS))


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BENCHMARKS / "checking.py", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.fixture
def exposed(parts: Any) -> Any:
    return lambda name, ident: parts.exposed.exposed(parts.corpus.specimen(name, ident))


@pytest.fixture
def judged(parts: Any) -> Any:
    def make(flawed: bool, found: bool | None, seconds: float) -> Any:
        specimen = parts.corpus.Specimen("blind", "x", flawed, {})
        return parts.judged.Judged(specimen, found, (), seconds, line="a tool")

    return make


def test_one_grader_without_peers() -> None:
    done = run("--peers", "none", "--only", "a2v4", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["public"]["found"]["count"] == figures["all"]["found"]["of"] == 1
    assert "peers" not in figures


@pytest.mark.slow
def test_without_a_network_the_tools_are_named(tmp_path: Path) -> None:
    done = run("--only", "a2v4", "--environments", tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == 2
    assert "falsepass==0.11.0, gradecheck==0.1.0, rewardlint==0.1.0 cannot be made" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_tool_that_crashes_could_not_run(parts: Any, tmp_path: Path) -> None:
    specimen = parts.corpus.specimen("public", "a2v4")
    python = Path(sys.executable)  # which has none of them
    found = list(parts.peers.judged_by_peers(specimen, python, tmp_path, runs=parts.peers.RUNS[:1]))
    assert [one.line for one in found] == list(parts.peers.LINES[:4])
    assert {one.found for one in found} == {None}
    assert "No module named 'falsepass'" in found[0].what[0]


def test_a_tool_that_takes_too_long_is_ended_and_could_not_run(parts: Any, tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec 9> $HOME/held\nsleep 60 &\nwait\n")  # it starts another one
    python.chmod(0o755)
    specimen = parts.corpus.specimen("public", "a2v4")
    found = parts.peers.judged_by_peers(specimen, python, tmp_path, runs=parts.peers.RUNS[2:3], limit=0.5)
    assert [(one.line, one.found, one.what) for one in found][:1] == [
        ("gradecheck", None, ("no answer within 0.5 s",))
    ]
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b""  # nobody holds it any more
    os.close(reader)


def test_our_own_test_could_not_run_where_it_crashes(parts: Any) -> None:
    specimen = parts.corpus.Specimen("blind", "not_there", True, {"shape": "rewardkit", "grader": "exact"})
    with Scorer() as scorer:
        result = parts.ours.judged(specimen, scorer)
    assert result.found is None
    assert "not_there.py" in result.what[0]


def test_what_a_tool_could_not_run_on_is_neither_found_nor_a_false_alarm(parts: Any, judged: Any) -> None:
    results = [judged(True, True, 1), judged(True, None, 3), judged(False, None, 5), judged(False, False, 7)]
    figures = parts.figures.by_set(results, ["blind"])["all"]
    assert (figures["found"]["count"], figures["found"]["of"]) == (1, 2)
    assert (figures["false_alarms"]["count"], figures["false_alarms"]["of"]) == (0, 2)
    assert figures["could_not_run"] == {"flawed": 1, "correct": 1}
    assert (figures["seconds_median"], figures["seconds_total"]) == (4, 16)


def test_the_table_gives_counts_intervals_and_seconds(parts: Any, judged: Any) -> None:
    results = [*[judged(True, True, 1)] * 19, *[judged(True, False, 1)] * 5, judged(False, None, 1)]
    table = parts.figures.table({"a tool": parts.figures.by_set(results, ["known", "blind"])})
    head, blind, every = table.splitlines()
    assert head.split("  ")[-1] == "total s"
    assert " ".join(blind.split()) == "a tool blind 19 of 24 (60 to 91 %) 0 of 1 (0 to 79 %) 0 + 1 1.0 25"
    assert every.split()[0] == "all"


def test_the_rows_are_those_of_the_data_with_right_and_wrong_answers(exposed: Any) -> None:
    row = exposed("public", "a2v4").rows[0]
    assert row["reference"] == "1947"
    assert row["gold"] == "<FINAL_ANSWER>1947</FINAL_ANSWER>"
    assert row["wrong"] == ["<FINAL_ANSWER>47</FINAL_ANSWER>"]


def test_without_data_the_rows_are_those_of_the_cases(exposed: Any) -> None:
    grader = exposed("known", "ibc3")
    assert [row["prompt"] for row in grader.rows] == ["Spiders have eight legs.", "Bats are birds."]


def test_a_right_answer_is_taken_apart_into_content_and_form(exposed: Any) -> None:
    form = exposed("public", "a2v4").forms[0]
    assert form.write("1951") == "<FINAL_ANSWER>1951</FINAL_ANSWER>"


def test_a_range_below_zero_is_moved_to_zero_to_one(exposed: Any) -> None:
    grader = exposed("known", "ibc3")  # -1 to 1
    scores = [grader.reward(text, grader.rows[0]) for text in ("True", "unsure", "False")]
    assert scores == [1, 0.5, 0]


def test_an_abstention_is_none_and_a_failure_raises(parts: Any, exposed: Any) -> None:
    grader = exposed("public", "a2v4")
    assert grader.reward("12", {"reference": "twelve"}) is None
    with pytest.raises(parts.exposed.GraderFailed, match="AttributeError"):
        grader.reward("12", {"reference": 12})


@pytest.mark.parametrize("shape", ["text", "messages"])
def test_a_completion_may_be_text_or_messages(exposed: Any, shape: str) -> None:
    grader = exposed("known", "e6c9")  # prompts of messages, a function that reads messages
    row = grader.rows[0]
    right = row["gold"] if shape == "text" else [{"role": "assistant", "content": row["gold"]}]
    assert grader.reward(right, row) == 1


@pytest.mark.soak
def test_each_tool_finds_a_flaw_that_all_of_them_look_for() -> None:
    done = run("--only", "g65j", "--json")
    assert done.returncode == 0, done.stderr
    peers = json.loads(done.stdout.splitlines()[-1])["peers"]
    tools = ("falsepass", "falsepass, adapter", "gradecheck", "rewardlint")
    assert [peers[line]["all"]["found"]["count"] for line in tools] == [1, 1, 1, 1]
