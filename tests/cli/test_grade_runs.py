"""`rewardkit grade --from RUN`: the completions of a run, scored again without generating anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.runs import read_results, read_run, read_summary

GRADERS = """
    from rewardkit import reward

    @reward(isolation="inline")
    def same(completion: str, reference: str) -> bool:
        return completion == reference

    @reward(isolation="inline")
    def drawn(completion: str, seed: int) -> float:
        return (seed % 1000) / 1000

    @reward(isolation="inline")
    def turns(completion: str, messages: list) -> float:
        return len(messages) / 10

    @reward(group=True, isolation="inline")
    def together(completions): return [len(completions) / 10] * len(completions)
"""
SYSTEM = """
    def one(prompt, seed): return str(seed % 2)
    def two(prompt, seed): return str(seed % 4)
"""


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    write("system.py", SYSTEM)
    rows = [{"id": f"q{n}", "prompt": f"Guess {n}", "reference": str(n % 2)} for n in range(12)]
    return write("samples.jsonl", "".join(json.dumps(row) + "\n" for row in rows)).parent


def made(*args: object) -> Any:
    models = ("-m", "python:system.py:one", "-m", "python:system.py:two")
    return rewardkit("eval", *models, "-d", "samples.jsonl", "-g", "graders.py:same", "--k", 3, *args)


def test_all_stages_and_decodings_of_a_run_are_kept(project: Path) -> None:
    made("--run", "first")
    ran = rewardkit("grade", "--from", "runs/first", "-g", "graders.py:same", "--run", "again")
    assert ran.code == 0
    first, again = (read_results(project / "runs" / run) for run in ("first", "again"))
    assert first == again
    assert "two against one  solved: " in ran.out


def test_the_new_run_names_its_source(project: Path) -> None:
    made("--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:same", "--run", "again")
    info = read_run(project / "runs" / "again")
    assert (info.verb, info.config["source"]["run"], info.config["source"]["verb"]) == (
        "grade",
        "runs/first",
        "eval",
    )


def test_a_grader_that_asks_for_a_seed_gets_that_of_the_run(project: Path) -> None:
    made("-g", "graders.py:drawn", "--seed", 5, "--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:drawn", "--run", "again")
    rewardkit("grade", "--from", "first", "-g", "graders.py:drawn", "--seed", 6, "--run", "other")
    first, again, other = (
        [row.value for row in read_results(project / "runs" / run) if row.grader == "drawn"]
        for run in ("first", "again", "other")
    )
    assert first == again != other


def test_lengths_in_tokens_are_those_of_the_run(project: Path) -> None:
    made("--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:drawn", "--run", "again")
    first, again = (read_summary(project / "runs" / run).lengths for run in ("first", "again"))
    assert first == again
    assert [row.truncated for row in again] == [0.0, 0.0]


def test_a_grader_of_groups_sees_all_completions_of_a_prompt(project: Path) -> None:
    made("--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:together", "--run", "again")
    assert {row.value for row in read_results(project / "runs" / "again")} == {0.3}


def test_messages_of_a_prompt_are_there_for_graders_that_ask_for_them(
    project: Path, write: WriteFile
) -> None:
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Guess"}]
    write("samples.jsonl", json.dumps({"id": "q", "messages": chat, "reference": "1"}) + "\n")
    made("-g", "graders.py:turns", "--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:turns", "--run", "again")
    first, again = (
        {row.value for row in read_results(project / "runs" / run) if row.grader == "turns"}
        for run in ("first", "again")
    )
    assert first == again


def test_a_run_without_texts_says_where_samples_may_come_from(project: Path) -> None:
    made("--no-texts", "--run", "first")
    ran = rewardkit("grade", "--from", "first", "-g", "graders.py:same")
    assert ran.code == 2
    assert "12 of the 12 samples of the run are not in its samples.jsonl, as after --no-texts" in ran.err
    assert "--data FILE (it was samples.jsonl)" in ran.err
    with_data = rewardkit("grade", "--from", "first", "--data", "samples.jsonl", "-g", "graders.py:same")
    assert with_data.code == 0


def test_data_that_lacks_a_sample_is_an_error(project: Path, write: WriteFile) -> None:
    made("--no-texts", "--run", "first")
    write("others.jsonl", '{"id": "q0", "prompt": "?", "reference": "1"}\n')
    ran = rewardkit("grade", "--from", "first", "--data", "others.jsonl", "-g", "graders.py:same")
    assert ran.code == 2
    assert "others.jsonl: 11 of the 12 samples of runs/first are not in it, the first of them 'q1'" in ran.err


def test_the_same_command_again_scores_nothing(project: Path) -> None:
    made("--run", "first")
    first = rewardkit("grade", "--from", "first", "-g", "graders.py:drawn")
    again = rewardkit("grade", "--from", "first", "-g", "graders.py:drawn")
    assert "is complete; nothing left to do" in again.err
    assert again.out == first.out


def test_results_are_exported_stage_by_stage(project: Path) -> None:
    made("--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:drawn", "--out", "out.jsonl")
    lines = [json.loads(line) for line in (project / "out.jsonl").read_text().splitlines()]
    assert [line["stage"] for line in lines] == ["one"] * 36 + ["two"] * 36


def test_a_limit_takes_the_same_samples_of_every_stage(project: Path) -> None:
    made("--run", "first")
    rewardkit("grade", "--from", "first", "-g", "graders.py:same", "--limit", 4, "--run", "again")
    samples = {
        stage: {row.sample for row in read_results(project / "runs/again") if row.stage == stage}
        for stage in ("one", "two")
    }
    assert samples["one"] == samples["two"]
    assert len(samples["one"]) == 4


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "name what to grade: a file of completions, or --from RUN"),
        (["answers.jsonl", "--from", "first"], "name what to grade: a file of completions, or --from RUN"),
        (["answers.jsonl", "--data", "samples.jsonl"], "--data samples.jsonl is for --from RUN"),
        (["--from", "runs/frist"], "runs/frist: no such run. Did you mean 'first'?"),
        (["--from", "runs"], "runs: not a run folder: it has no run.json"),
    ],
)
def test_what_is_no_source_ends_with_code_2(project: Path, args: list[str], message: str) -> None:
    made("--run", "first")
    ran = rewardkit("grade", *args, "-g", "graders.py:same")
    assert (ran.code, message in ran.err) == (2, True)
