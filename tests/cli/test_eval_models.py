"""`rewardkit eval` with several models, functions, slices, clusters, a chat template, and few prompts."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from command_line import killed_until_done, rewardkit, spawned
from tiny_models import PROMPTS, tiny_model
from writing import WriteFile

from rewardkit.chat_server import ChatServer, Reply, fail, say
from rewardkit.runs import read_results, read_run, read_summary

GRADERS = """
    from rewardkit import reward

    @reward(isolation="inline")
    def same(completion: str, reference: str) -> bool:
        return completion == reference

    @reward(isolation="inline")
    def nearly(completion: str, reference: str) -> float:
        return 1.0 if completion == reference else 0.25 * (completion > "1")
"""
SYSTEM = """
    def right(prompt: str) -> str:
        return str(int(prompt.split()[-1]) % 4)

    def wrong(messages, seed: int) -> str:
        return str(seed % 3)

    async def waits(prompt: str) -> str:
        return right(prompt)

    def breaks(prompt: str) -> str:
        if prompt == "Guess 7":
            raise RuntimeError("no seven")
        return "1"
"""


def guess(request: dict[str, Any]) -> Reply:
    """Says a digit that model, prompt and seed decide."""
    text = f"{request['model']}{request['messages'][-1]['content']}{request['seed']}"
    return say(str(hashlib.sha256(text.encode()).digest()[0] % 4), tokens=1)


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    write("system.py", SYSTEM)
    rows = [
        {
            "id": f"q{n}",
            "prompt": f"Guess {n}",
            "reference": str(n % 4),
            "kind": "even" if n % 2 == 0 else "odd",
            "base": f"db{n // 2}",
        }
        for n in range(24)
    ]
    return write("samples.jsonl", "".join(json.dumps(row) + "\n" for row in rows)).parent


BOTH = ("-m", "python:system.py:wrong", "-m", "python:system.py:right")


def evaluated(*args: object) -> Any:
    return rewardkit("eval", "-d", "samples.jsonl", "-g", "graders.py:same", *args)


def test_two_models_are_two_stages_of_one_run_in_the_order_given(project: Path) -> None:
    ran = evaluated(*BOTH, "--k", 2, "--run", "mine")
    assert ran.code == 0
    assert list(dict.fromkeys(row.stage for row in read_results(project / "runs/mine"))) == ["wrong", "right"]
    assert [row.name for row in read_summary(project / "runs/mine").stages] == [
        "wrong",
        "wrong",
        "right",
        "right",
    ]


def test_the_second_model_is_compared_with_the_first_on_the_same_prompts(project: Path) -> None:
    ran = evaluated(*BOTH, "--run", "mine")
    row = next(row for row in read_summary(project / "runs/mine").comparisons if row.metric == "solved")
    assert (row.a, row.b, row.prompts, row.verdict) == ("wrong", "right", 24, "better")
    assert "right against wrong  solved: +" in ran.out
    assert (
        "24 prompts: a difference between two models shows from about 30 points on (right or wrong" in ran.out
    )


def test_what_so_many_prompts_can_show_is_said_before_anything_runs(project: Path) -> None:
    assert evaluated(*BOTH).err.startswith(
        "24 prompts: a difference between two models shows from about 30 points on"
    )


def test_under_ten_prompts_no_difference_is_printed(project: Path) -> None:
    ran = evaluated(*BOTH, "--limit", 8)
    assert ran.err.startswith("8 prompts: no interval under 10 prompts")
    assert "right against wrong  solved: too few prompts to say\n" in ran.out
    assert "points" not in ran.out


def test_prompts_of_a_cluster_count_as_one(project: Path) -> None:
    ran = evaluated(*BOTH, "--cluster", "base", "--run", "mine")
    assert ran.err.startswith(
        "24 prompts in 12 clusters: a difference between two models shows from about 44"
    )
    rows = read_summary(project / "runs/mine").stages
    assert {row.clusters for row in rows} == {12}
    assert read_run(project / "runs/mine").config["cluster"] == "base"


def test_slices_are_rows_of_the_summary_and_lines_of_the_table(project: Path) -> None:
    ran = evaluated(*BOTH, "--slice", "kind", "--slice", "reference", "--run", "mine")
    parts = dict.fromkeys(row.slice for row in read_summary(project / "runs/mine").stages)
    assert list(parts) == [
        None,
        "kind = even",
        "kind = odd",
        *(f"reference = {n}" for n in range(4)),
    ]
    assert "kind = odd" in ran.out
    assert read_run(project / "runs/mine").config["slices"] == ["kind", "reference"]


@pytest.mark.parametrize("option", ["--slice", "--cluster"])
def test_a_column_that_is_not_there_ends_with_code_2_before_anything_runs(project: Path, option: str) -> None:
    ran = evaluated(*BOTH, option, "knid")
    assert ran.code == 2
    assert f"{option} knid: no such column" in ran.err
    assert "Did you mean 'kind'?" in ran.err
    assert not (project / "runs").exists()


def test_an_async_function_is_a_model_too(project: Path) -> None:
    found = evaluated("-m", "python:system.py:waits", "--greedy", "--json").json()
    assert found["graders"][0]["score"]["mean"] == 1.0


def test_what_a_function_raises_stops_the_run_with_its_line_and_is_never_a_zero(
    project: Path, write: WriteFile
) -> None:
    stopped = evaluated("-m", "python:system.py:breaks", "--greedy", "--run", "mine")
    assert stopped.code == 3
    assert "for sample 'q7': RuntimeError: no seven (system.py:13)" in stopped.err
    assert "q7" not in {row.sample for row in read_results(project / "runs/mine")}
    assert json.loads((project / "runs/mine/failures.jsonl").read_text())["sample"] == "q7"


def test_a_changed_function_is_another_run(project: Path, write: WriteFile) -> None:
    command = ["eval", "-m", "python:system.py:right", "-d", "samples.jsonl", "-g", "graders.py:same"]
    assert spawned(*command, "--greedy", "--run", "mine").code == 0
    write("system.py", SYSTEM.replace("% 4", "% 5"))
    again = spawned(*command, "--greedy", "--run", "mine")
    assert again.code == 2
    assert "models.right.hash was" in again.err


def test_a_dead_second_model_leaves_the_first_and_the_rerun_asks_only_the_second(project: Path) -> None:
    down = True

    def script(request: dict[str, Any]) -> Reply:
        return fail(500) if down and request["model"] == "two" else guess(request)

    with ChatServer(script) as server:
        models = [f"openai:{name}@{server.url}" for name in ("one", "two")]
        command = ["-m", models[0], "-m", models[1], "--k", 2, "--max-retries", 0, "--run", "mine"]
        stopped = evaluated(*command)
        asked = len(server.requests)
        down = False
        resumed = evaluated(*command)
    assert (stopped.code, resumed.code) == (3, 0)
    assert {request["model"] for request in server.requests[asked:]} == {"two"}
    assert len(read_results(project / "runs/mine")) == 96


def test_a_dry_run_shows_every_model_with_its_calls_tokens_and_cost(project: Path) -> None:
    endpoint = "openai:m@http://127.0.0.1:9/v1"
    args = ("-m", endpoint, "-m", "python:system.py:right", "--k", 2, "--price", "1,2", "--dry-run")
    ran, found = evaluated(*args), evaluated(*args, "--json").json()
    assert [
        (each["stage"], each["calls"], each["most_tokens"], each["most_dollars"]) for each in found["models"]
    ] == [
        ("m", 48, 12_288, 0.0247),
        ("right", 0, 12_288, None),
    ]
    assert (found["calls"], found["most_dollars"], found["completions"]) == (48, 0.0247, 96)
    assert "m: m at 127.0.0.1:9, 48 calls, about 91 tokens in, 12,288 out at most, $0.02 at most" in ran.out
    assert not (project / "runs").exists()


def test_a_price_that_is_none_is_told_by_its_option(project: Path) -> None:
    ran = evaluated(*BOTH, "--price", "cheap", "--dry-run")
    assert (ran.code, "--price cheap: write dollars for a million tokens in" in ran.err) == (2, True)


def test_lengths_and_baselines_are_in_the_summary(project: Path) -> None:
    with ChatServer(guess) as server:
        ran = evaluated("-m", f"openai:tiny@{server.url}", "--k", 2, "--run", "mine")
    summary = read_summary(project / "runs/mine")
    (length,) = summary.lengths
    assert (length.completions, length.characters, length.tokens, length.truncated) == (48, 1.0, 1.0, 0.0)
    (constant,) = summary.baselines
    assert (constant.grader, constant.score, constant.prompts) == ("same", 0.25, 24)
    assert "same  the best constant answer, '" in ran.out
    assert "earns 0.25 and solves 25 % of 24 prompts" in ran.out


def test_a_finished_run_keeps_its_baselines_and_prints_the_same(project: Path) -> None:
    first = evaluated(*BOTH, "--run", "mine")
    again = evaluated(*BOTH, "--run", "mine")
    assert (again.err, again.out) == ("runs/mine is complete; nothing left to do\n", first.out)


def test_a_template_for_no_local_model_is_refused(project: Path, write: WriteFile) -> None:
    write("plain.jinja", "{% for m in messages %}{{ m.content }}{% endfor %}")
    ran = evaluated(*BOTH, "--chat-template", "plain.jinja")
    assert ran.code == 2
    assert "--chat-template plain.jinja: it is for models that are loaded here, and none is" in ran.err


def test_a_template_that_jinja_cannot_read_is_told_with_its_line(project: Path, write: WriteFile) -> None:
    write("bad.jinja", "{{ bos_token }}\n{% for m in messages %}{{ m.content }}{% end %}")
    ran = evaluated(*BOTH, "--chat-template", "bad.jinja")
    assert ran.code == 2
    assert "bad.jinja:2: not a chat template: " in ran.err


@pytest.mark.slow
def test_an_eval_of_several_models_killed_at_random_moments_ends_in_the_same_bytes(project: Path) -> None:
    with ChatServer(guess, latency=0.005) as server:
        command = ["eval", "-d", "samples.jsonl", "-g", "graders.py", "--k", "8", "--batch-size", "8"]
        for name in ("one", "two", "three"):
            command += ["-m", f"openai:{name}@{server.url}"]
        assert killed_until_done([*command, "--run", "killed"], project, kills=3, seed=1) >= 1
        assert rewardkit(*command, "--run", "whole").code == 0
    for file in ("results.jsonl", "generations.jsonl"):
        killed, whole = ((project / "runs" / run / file).read_bytes() for run in ("killed", "whole"))
        assert killed == whole


@pytest.mark.slow
def test_two_local_models_and_a_template_of_ones_own(project: Path, write: WriteFile) -> None:
    for name in ("a", "b"):
        tiny_model(project / name / "tiny")
    rows = [{"id": f"s{n}", "prompt": prompt, "reference": "one"} for n, prompt in enumerate(PROMPTS)]
    write("tiny.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    write("plain.jinja", "{% for m in messages %}{{ m['content'] }}\n{% endfor %}")
    command = ["eval", "-m", "a/tiny", "-m", "b/tiny", "-d", "tiny.jsonl", "-g", "graders.py:same"]
    plain = [*command, "--greedy", "--max-tokens", 8, "--chat-template", "plain.jinja", "--run", "plain"]
    assert rewardkit(*command, "--greedy", "--max-tokens", 8, "--run", "own").code == 0
    assert rewardkit(*plain).code == 0
    own, other = (
        {(r.stage, r.sample): r.completion for r in read_results(project / "runs" / run)}
        for run in ("own", "plain")
    )
    assert {stage for stage, _ in own} == {"a-tiny", "b-tiny"}
    assert own != other
    recorded = read_run(project / "runs/plain").config["chat_template"]
    assert (recorded["file"], len(recorded["hash"])) == ("plain.jinja", 16)
    write("plain.jinja", "{% for m in messages %}> {{ m['content'] }}\n{% endfor %}")
    assert "chat_template.hash was" in rewardkit(*plain).err
