"""What judging costs, on the command line: noted, estimated without a request, and never more than the budget."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from test_judges import RUBRIC, answer_in, by_words, values
from writing import WriteFile

from rewardkit.chat_server import ChatServer, Reply

TOKENS = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
ANSWERS = [f"we are sorry, case {n}" for n in range(20)]


def priced(request: dict[str, Any]) -> Reply:
    """Each reply costs 1,000 tokens in and 100 out."""
    reply = by_words(request)
    assert isinstance(reply.body, dict)
    return replace(reply, body={**reply.body, "usage": TOKENS})


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("reply.toml", RUBRIC)
    rows = [{"id": n, "prompt": "Help!", "completion": text} for n, text in enumerate(ANSWERS)]
    return write("replies.jsonl", "".join(json.dumps(row) + "\n" for row in rows))


def grade(project: Path, server: ChatServer, *options: str) -> Any:
    judge = f"openai:gpt-test@{server.url}"
    return rewardkit("grade", project, "-g", "reply.toml", "--judge", judge, "--json", *options)


def test_a_run_says_what_its_judges_cost(project: Path) -> None:
    with ChatServer(priced) as server:
        ran = grade(project, server, "--judge-price", "0.50,2")
        assert json.loads(ran.out)["judges"] == {
            "requests": 40,
            "tokens_in": 40_000,
            "tokens_out": 4_000,
            "dollars": pytest.approx(0.028),
        }
        unpriced = grade(project, server, "--run", "again")
        assert json.loads(unpriced.out)["judges"]["requests"] == 0


def test_a_dry_run_asks_nobody_and_leaves_out_what_is_kept(project: Path) -> None:
    with ChatServer(priced) as server:
        dry = json.loads(grade(project, server, "--dry-run", "--judge-price", "1,0").out)
        assert (server.requests, dry["judges"]["requests"], dry["rows"]) == ([], 40, 20)
        assert dry["hosts"] == [server.url.removeprefix("http://").removesuffix("/v1")]
        assert dry["judges"]["dollars"] == pytest.approx(dry["judges"]["tokens_in"] / 1e6)
        grade(project, server, "--limit", "5")
        asked = sum(len(message["content"]) for request in server.requests for message in request["messages"])
        assert dry["judges"]["tokens_in"] == pytest.approx(4 * asked / 4, rel=0.02)
        assert json.loads(grade(project, server, "--dry-run").out)["judges"]["requests"] == 30
        assert len(list(Path("runs").iterdir())) == 1


@pytest.mark.parametrize(("budget", "price"), [("11k tokens", "1,1"), ("0.011", "10,10")])
def test_a_spent_budget_stops_the_run_and_a_larger_one_goes_on(
    project: Path, budget: str, price: str
) -> None:
    with ChatServer(priced) as server:
        bought = ["--run", "one", "--judge-price", price]
        stopped = grade(project, server, *bought, "--judge-budget", budget)
        assert stopped.code == 3
        assert "the judge's budget of" in stopped.err
        assert "larger budget" in stopped.err
        paid = len(server.requests)
        assert (10 if "tokens" in budget else 1) <= paid < 10 + 8 + 1
        results = [json.loads(line) for line in Path("runs/one/results.jsonl").read_text().splitlines()]
        assert [each for each in results if each["value"] is None] == []
        ended = grade(project, server, *bought, "--judge-budget", "1M tokens")
        assert ended.code == 0
        assert len(server.requests) == 40
        assert values("one") == [0.5] * 20
        assert json.loads(ended.out)["judges"]["requests"] == 40


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--judge-budget", "much"], "write dollars (2.50) or tokens ('500k tokens'"),
        (["--judge-budget", "0"], "must be above 0"),
        (["--judge-price", "3"], "as 0.40,1.60"),
        (["--judge-price", "-1,1"], "as 0.40,1.60"),
        (["--judge-budget", "2.50"], "needs the price of the judge of 'reply' at 127.0.0.1"),
    ],
)
def test_a_budget_that_would_hold_nothing_is_refused(project: Path, options: list[str], said: str) -> None:
    with ChatServer(priced) as server:
        ran = grade(project, server, *options)
        assert ran.code == 2
        assert said in ran.err
        assert server.requests == []


@pytest.mark.parametrize("options", [[], ["--replay-verdicts"], ["--judge-budget", "10 tokens"]])
def test_what_a_cluster_would_not_hear_of_is_refused(project: Path, options: list[str]) -> None:
    with ChatServer(priced) as server:
        ran = grade(project, server, *options, "--engine", "ray")
        assert ran.code == 2
        assert "does not reach the processes of a Ray cluster" in ran.err
        assert server.requests == []


def test_what_eval_would_ask_of_judges_is_estimated(project: Path, write: WriteFile) -> None:
    write("prompts.jsonl", "".join(json.dumps({"prompt": f"Help {n}!"}) + "\n" for n in range(6)))
    with ChatServer(priced) as server:
        ran = rewardkit(
            *(
                "eval",
                "--model",
                f"openai:policy@{server.url}",
                "--data",
                "prompts.jsonl",
                "-g",
                "reply.toml",
            ),
            *("--judge", f"openai:gpt-test@{server.url}", "--k", "4", "--dry-run", "--json"),
        )
        assert json.loads(ran.out)["judge_requests"] == 6 * 4 * 2
        assert server.requests == []


def test_of_a_ranking_every_pair_in_both_orders_is_estimated(project: Path, write: WriteFile) -> None:
    write("prompts.jsonl", "".join(json.dumps({"prompt": f"Help {n}!"}) + "\n" for n in range(6)))
    write(
        "best.toml",
        'task = "Compare."\njudge = "gpt-test"\n[ranking]\nbetter = "The better one is kinder."\n',
    )
    with ChatServer(priced) as server:
        ran = rewardkit(
            *("eval", "--model", f"openai:policy@{server.url}", "--data", "prompts.jsonl", "-g", "best.toml"),
            *("--judge", f"openai:gpt-test@{server.url}", "--k", "4", "--dry-run", "--json"),
        )
        assert json.loads(ran.out)["judge_requests"] == 6 * (4 * 3)
        assert server.requests == []


def test_test_takes_a_judge(project: Path, write: WriteFile) -> None:
    write("reply.toml", RUBRIC + '\n    [[case]]\n    completion = "we are sorry"\n    expect = 0.5\n')
    with ChatServer(priced) as server:
        judge = f"openai:gpt-test@{server.url}"
        ran = rewardkit("test", "reply.toml", "--fast", "--judge", judge, "-v")
        assert "answers are sent to" in ran.err
        answers = {answer_in(request) for request in server.requests}
        assert answers == {"we are sorry"}  # a stand-in is asked of what nobody declared
        assert "its judge was never asked" not in ran.out
        assert f"judges   {len(server.requests)} requests" in ran.out
        assert ran.code == 0
