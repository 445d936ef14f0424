"""Rubrics on the command line: which judge is asked, who is told, and what is left when nobody is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.chat_server import ChatServer, Reply, fail, say

RUBRIC = """
    task = "Grade a reply to a customer."
    judge = "gpt-test"

    [[criteria]]
    id = "sorry"
    text = "Says sorry."

    [[criteria]]
    id = "offers"
    text = "Offers a refund."
"""
REPLIES = ["we are sorry", "we are sorry and offer a refund", "go away now"]


def answer_in(request: dict[str, Any]) -> str:
    """What stands inside the fence."""
    text = "\n".join(message["content"] for message in request["messages"])
    answer = re.search(r"ANSWER BEGINS =====\n(.*)\n=====", text, re.DOTALL)
    assert answer is not None
    return answer[1]


def by_words(request: dict[str, Any]) -> Reply:
    """Met when the last word of the criterion is in the answer."""
    text = "\n".join(message["content"] for message in request["messages"])
    ((name, word),) = re.findall(r"^- (\w+) \([^)]*\): .*?(\w+)\.$", text, re.MULTILINE)
    return say(json.dumps({name: "met" if word in answer_in(request) else "unmet"}))


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("reply.toml", RUBRIC)
    return write(
        "replies.jsonl",
        "".join(
            json.dumps({"id": n, "prompt": "Help!", "completion": text}) + "\n"
            for n, text in enumerate(REPLIES * 5)
        ),
    )


def values(name: str) -> list[float | None]:
    lines = Path(f"runs/{name}/results.jsonl").read_text().splitlines()
    return [json.loads(line)["value"] for line in lines]


def test_the_host_is_named_before_anything_is_sent_and_a_second_run_asks_nobody(project: Path) -> None:
    with ChatServer(by_words) as server:
        judge = f"openai:gpt-test@{server.url}"
        ran = rewardkit("grade", project, "-g", "reply.toml", "--judge", judge, "--run", "one")
        assert (ran.code, len(server.requests)) == (0, 6)
        assert re.search(r"answers are sent to 127\.0\.0\.1:\d+, the judge of reply\n", ran.err)
        again = rewardkit("grade", project, "-g", "reply.toml", "--judge", judge, "--run", "two")
        assert (again.code, len(server.requests)) == (0, 6)
        replayed = rewardkit(
            "grade", project, "-g", "reply.toml", "--judge", judge, "--run", "three", "--replay-verdicts"
        )
        assert "answers are sent to" not in replayed.err
    assert values("one") == values("two") == values("three") == [0.5, 1.0, 0.0] * 5


def test_without_kept_verdicts_a_replay_stops_and_scores_nothing(project: Path) -> None:
    ran = rewardkit(
        "grade", project, "-g", "reply.toml", "--run", "one", "--replay-verdicts", "--max-unscored", "1"
    )
    assert ran.code == 0
    assert values("one") == [None] * 15
    assert "--replay-verdicts asks nobody" in Path("runs/one/results.jsonl").read_text()


def test_an_outage_stops_the_run_and_the_same_command_goes_on(project: Path) -> None:
    up = False

    def script(request: dict[str, Any]) -> Reply:
        return by_words(request) if up else fail(401, "no such key")

    with ChatServer(script) as server:
        command = [
            "grade",
            project,
            "-g",
            "reply.toml",
            "--judge",
            f"openai:gpt-test@{server.url}",
            "--run",
            "one",
        ]
        stopped = rewardkit(*command)
        assert stopped.code == 3
        assert "judge_unavailable" in stopped.err
        up = True
        assert rewardkit(*command, "--retry-unscored").code == 0
    assert values("one") == [0.5, 1.0, 0.0] * 5


def test_a_name_that_is_no_endpoint_is_told(project: Path) -> None:
    ran = rewardkit("grade", project, "-g", "reply.toml", "--judge", "openai:x@somewhere")
    assert ran.code == 2
    assert "an endpoint is openai:MODEL@http://host:port/v1" in ran.err
