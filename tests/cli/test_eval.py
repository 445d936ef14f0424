"""`rewardkit eval`, as a user runs it: against a real server, and with a tiny local model."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from command_line import killed_until_done, rewardkit
from writing import WriteFile

from rewardkit.chat_server import ChatServer, Reply, fail, say
from rewardkit.runs import read_results

GRADERS = """
    import os

    from rewardkit import reward

    @reward(isolation="inline")
    def same(completion: str, reference: str) -> bool:
        return completion == reference

    @reward
    def brittle(completion: str) -> float:
        if completion == "1":
            raise ValueError("one")
        if completion == "2":
            os._exit(2)
        return 1.2 if completion == "3" else 1.0
"""


def guess(request: dict[str, Any]) -> Reply:
    """Says a digit that prompt and seed decide."""
    text = f"{request['messages'][-1]['content']}{request['seed']}"
    return say(str(hashlib.sha256(text.encode()).digest()[0] % 4), tokens=1)


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    rows = [{"id": f"q{n}", "prompt": f"Guess {n}", "reference": str(n % 4)} for n in range(12)]
    return write("samples.jsonl", "".join(json.dumps(row) + "\n" for row in rows)).parent


def on(server: ChatServer, *args: object) -> tuple[object, ...]:
    return (
        "eval",
        "-m",
        f"openai:tiny@{server.url}",
        "-d",
        "samples.jsonl",
        "-g",
        "graders.py:same",
        "--max-retries",
        0,
        *args,
    )


def test_a_table_shows_what_k_completions_of_each_prompt_earned(project: Path) -> None:
    with ChatServer(guess) as server:
        ran = rewardkit(*on(server, "-g", "graders.py:brittle", "--max-unscored", 1, "--run", "mine"))
    assert ran.code == 0
    assert "12 x 4" in ran.out
    assert "same  pass@1 " in ran.out
    assert "brittle  unscored: " in ran.out
    assert "length   mean 1.0 tokens; 0 % cut off at 256 tokens" in ran.out
    assert len(server.requests) == 48


def test_the_share_of_distinct_completions_is_shown_and_kept(project: Path) -> None:
    with ChatServer(guess) as server:
        ran = rewardkit(*on(server, "--k", 4, "--run", "mine"))
    given: dict[str, list[str]] = {}
    for row in read_results(project / "runs" / "mine"):
        given.setdefault(row.sample, []).append(row.completion)
    share = fmean(len(set(texts)) / 4 for texts in given.values())
    assert f"unique   {share:.0%} of a prompt's completions, on average".replace("%", " %") in ran.out
    stages = json.loads((project / "runs" / "mine" / "summary.json").read_text())["stages"]
    assert [row["unique"] for row in stages] == [share, share]


def test_a_grader_that_raises_exits_or_leaves_its_range_costs_its_own_items(project: Path) -> None:
    with ChatServer(guess) as server:
        rewardkit(*on(server, "-g", "graders.py:brittle", "--run", "mine"))
    lines = [
        json.loads(line) for line in (project / "runs" / "mine" / "results.jsonl").read_text().splitlines()
    ]
    found = {(line["completion"], line["cause"]) for line in lines if line["grader"] == "brittle"}
    assert found == {("0", None), ("1", "error"), ("2", "died"), ("3", "invalid")}
    assert all(line["cause"] is None for line in lines if line["grader"] == "same")


def test_the_host_is_named_before_the_first_call(project: Path) -> None:
    def script(request: dict[str, Any]) -> Reply:
        return fail(500)

    with ChatServer(script) as server:
        ran = rewardkit(*on(server))
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert ran.err.splitlines()[1] == f"12 prompts, 4 completions each: 48 requests to {host}"


def test_json_is_one_object_with_the_figures_and_the_plan(project: Path) -> None:
    with ChatServer(guess) as server:
        found = rewardkit(*on(server, "--k", 2, "--seed", 5, "--json")).json()
    assert (found["prompts"], found["k"], found["completions"], found["seed"]) == (12, 2, 24, 5)
    (length,) = found["lengths"]
    assert (length["tokens"], length["truncated"], length["characters"]) == (1.0, 0.0, 1.0)
    assert set(found["graders"][0]["pass_at_k"]) == {"1", "2"}


def test_run_json_holds_the_resolved_configuration_and_no_key(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with ChatServer(guess) as server:
        rewardkit(*on(server, "--run", "mine", "--greedy", "--stop", ";", "--system", "Be brief."))
    text = (project / "runs" / "mine" / "run.json").read_text()
    config = json.loads(text)["config"]
    assert (config["k"], config["temperature"], config["stop"], config["system"]) == (
        1,
        0.0,
        [";"],
        "Be brief.",
    )
    assert "sk-secret" not in text
    assert server.requests[0]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_summary_json_has_a_score_and_a_solved_row(project: Path) -> None:
    with ChatServer(guess) as server:
        rewardkit(*on(server, "--run", "mine"))
    stages = json.loads((project / "runs" / "mine" / "summary.json").read_text())["stages"]
    assert [(row["name"], row["metric"], row["decoding"], row["prompts"], row["k"]) for row in stages] == [
        ("tiny", "solved", "sampled", 12, 4),
        ("tiny", "score", "sampled", 12, 4),
    ]


def test_an_endpoint_that_fails_stops_the_run_with_code_3_and_a_rerun_goes_on(project: Path) -> None:
    def failing(request: dict[str, Any]) -> Reply:
        return fail(500, "overloaded") if "Guess 7" in str(request["messages"]) else guess(request)

    down = True
    with ChatServer(lambda request: failing(request) if down else guess(request)) as server:
        stopped = rewardkit(*on(server, "--run", "mine"))
        asked = len(server.requests)
        down = False
        resumed = rewardkit(*on(server, "--run", "mine"))
    assert (stopped.code, resumed.code) == (3, 0)
    assert "HTTP 500" in stopped.err
    assert "overloaded" in stopped.err
    assert len(server.requests) - asked == 48 - (
        asked - 4
    )  # what the endpoint gave before is not asked for again
    lines = (project / "runs" / "mine" / "results.jsonl").read_text().splitlines()
    assert len(lines) == len({(json.loads(x)["sample"], json.loads(x)["repeat"]) for x in lines}) == 48


def test_a_dry_run_shows_calls_and_host_and_sends_nothing(project: Path) -> None:
    with ChatServer(guess) as server:
        ran = rewardkit(*on(server, "--k", 8, "--dry-run"))
        found = rewardkit(*on(server, "--k", 8, "--dry-run", "--json")).json()
    assert ran.code == 0
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert f"tiny: tiny at {host}, 96 calls, about 172 tokens in, 24,576 out at most" in ran.out
    assert (found["calls"], found["models"][0]["host"]) == (96, host)
    assert server.requests == []
    assert not (project / "runs").exists()


def test_rows_without_a_prompt_are_an_error_with_their_line(write: WriteFile, project: Path) -> None:
    write("bare.csv", "ask,reference\nwhat?,x\n")
    ran = rewardkit("eval", "-m", "openai:x@http://127.0.0.1:9/v1", "-d", "bare.csv", "-g", "graders.py:same")
    assert ran.code == 2
    assert "bare.csv:2: no prompt for the model; the columns are ask, reference" in ran.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-m", "./nowhere"], "model './nowhere': no such folder"),
        (["-m", "openai:x@localhost"], "an endpoint is openai:MODEL@http://host:port/v1"),
        (
            ["-m", "openai:x@http://h/v1", "--greedy", "--k", "4"],
            "--k 4: greedy decoding gives the same completion",
        ),
        (["-m", "openai:x@http://h/v1", "--temperature", "-1"], "temperature=-1 must lie in 0"),
    ],
)
def test_wrong_options_end_with_code_2_and_say_what_is_allowed(
    project: Path, args: list[str], message: str
) -> None:
    ran = rewardkit("eval", "-d", "samples.jsonl", "-g", "graders.py:same", *args)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.slow
def test_an_eval_of_an_endpoint_killed_at_random_moments_ends_in_the_same_bytes(project: Path) -> None:
    def slowly(request: dict[str, Any]) -> Reply:
        time.sleep(0.1)  # so that a start takes longer than the moments of the kills
        return guess(request)

    with ChatServer(slowly) as server:
        command = [str(arg) for arg in on(server, "--k", 6, "--batch-size", 8)]
        assert killed_until_done([*command, "--run", "killed"], project, kills=2, seed=2) >= 1
        assert rewardkit(*command, "--run", "whole").code == 0
    killed, whole = ((project / "runs" / name / "results.jsonl").read_bytes() for name in ("killed", "whole"))
    assert killed == whole


def test_a_finished_run_is_shown_again_without_its_model(project: Path) -> None:
    with ChatServer(guess) as server:
        first = rewardkit(*on(server, "--run", "mine"))
        asked = len(server.requests)
        again = rewardkit(*on(server, "--run", "mine"))
    assert again.err == "runs/mine is complete; nothing left to do\n"
    assert (again.out, len(server.requests)) == (first.out, asked)


def test_a_dead_endpoint_is_told_in_requests_and_prompts(project: Path) -> None:
    with ChatServer(lambda request: fail(500)) as server:
        ran = rewardkit(*on(server, "--limit", 2, "--k", 4))
    assert ran.code == 3
    assert "gave no completion for 8 of 8 requests (2 prompts), first for sample" in ran.err


def test_two_models_are_asked_the_same_prompts_of_a_limit(project: Path) -> None:
    for model in ("one", "two"):
        with ChatServer(guess) as server:
            rewardkit(*on(server, "-m", f"openai:{model}@{server.url}", "--limit", 4, "--run", model))
    one, two = ({row.sample for row in read_results(project / "runs" / run)} for run in ("one", "two"))
    assert one == two
    assert one != {"q0", "q1", "q2", "q3"}


def test_a_grader_that_fails_too_often_stops_the_run_and_what_is_done_is_kept(project: Path) -> None:
    with ChatServer(guess) as server:
        command = on(server, "-g", "graders.py:brittle", "--k", 4, "--batch-size", 4, "--run", "mine")
        stopped = rewardkit(*command)
        asked = len(server.requests)
        rewardkit(*command, "--max-unscored", 1)
    assert stopped.code == 3
    assert "scores of 'brittle' are unscored (allowed: 10 in 200): " in stopped.err
    assert asked < 48
    assert len(server.requests) == 48  # of the batches that are done nothing is asked for again
    keys = [row.key for row in read_results(project / "runs" / "mine")]
    assert len(keys) == len(set(keys)) == 96


def test_a_grader_of_groups_sees_all_completions_of_a_prompt(project: Path, write: WriteFile) -> None:
    source = "from rewardkit import reward\n@reward(group=True)\ndef count(completions): return [len(completions) / 10] * len(completions)\n"
    write("together.py", source)
    with ChatServer(guess) as server:
        found = rewardkit(
            *on(server, "-g", "together.py", "--k", 3, "--batch-size", 4, "--run", "mine", "--json")
        ).json()
    assert [row["score"]["mean"] for row in found["graders"] if row["grader"] == "count"] == [
        pytest.approx(0.3)
    ]
    assert len(server.requests) == 36


def test_a_group_that_is_not_whole_waits_for_the_endpoint(project: Path, write: WriteFile) -> None:
    source = "from rewardkit import reward\n@reward(group=True)\ndef count(completions): return [len(completions) / 10] * len(completions)\n"
    write("together.py", source)
    down = True

    def failing_once(request: dict[str, Any]) -> Reply:
        last = str(request["messages"]).endswith("Guess 11'}]")
        return fail(500) if down and last and request["seed"] % 2 else guess(request)

    with ChatServer(failing_once) as server:
        command = on(server, "-g", "together.py", "--k", 3, "--run", "mine", "--batch-size", 36)
        stopped = rewardkit(*command)
        counted = [row for row in read_results(project / "runs" / "mine") if row.grader == "count"]
        down = False
        resumed = rewardkit(*command)
    assert (stopped.code, len(counted), resumed.code) == (3, 33, 0)
    rows = [row for row in read_results(project / "runs" / "mine") if row.grader == "count"]
    assert (len(rows), {row.value for row in rows}) == (36, {0.3})


def test_scores_that_fail_again_stop_a_retry_and_nothing_is_lost(project: Path) -> None:
    with ChatServer(guess) as server:
        command = on(server, "-g", "graders.py:brittle", "--run", "mine")
        rewardkit(*command, "--max-unscored", 1)
        before = read_results(project / "runs" / "mine")
        retried = rewardkit(*command, "--retry-unscored")
    assert retried.code == 3
    assert "scores of 'brittle' are unscored" in retried.err
    after = read_results(project / "runs" / "mine")
    assert sorted(row.key for row in after) == sorted(row.key for row in before)
    assert {row.key: row.value for row in after} == {row.key: row.value for row in before}


def test_a_csv_of_questions_and_answers_is_evaluated_without_any_option(write: WriteFile) -> None:
    def multiply(request: dict[str, Any]) -> Reply:
        words = request["messages"][-1]["content"].split()
        return say(str(int(words[2]) * 7 if int(words[2]) % 2 else 0), tokens=1)

    lines = [f"What is {n} x 7?,{n * 7}" for n in range(50)]
    write("qa.csv", "question,answer\n" + "\n".join(lines) + "\n")
    with ChatServer(multiply) as server:
        target = "rewardkit.graders.text:exact_text"
        ran = rewardkit("eval", "-m", f"openai:tiny@{server.url}", "-d", "qa.csv", "-g", target, "--greedy")
    assert ran.code == 0, ran.err
    assert "qa.csv: question and answer rows: prompt <- question, reference <- answer" in ran.err
    assert "0.52" in ran.out  # 25 odd numbers, and 0


def test_a_prompt_that_two_columns_could_be_is_refused_with_the_option_that_decides(write: WriteFile) -> None:
    write("qa.csv", "question,query,answer\nx,y,1\n")
    target = "rewardkit.graders.text:exact_text"
    ran = rewardkit(
        "eval", "-m", "openai:tiny@http://127.0.0.1:9/v1", "-d", "qa.csv", "-g", target, "--dry-run"
    )
    assert ran.code == 2
    assert "qa.csv:2: no prompt for the model; the columns are question, query, answer, reference." in ran.err
    assert "'question' and 'query' could be it: --column prompt=question decides." in ran.err
