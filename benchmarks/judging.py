"""What a rubric costs beside bare calls of the openai client: the same verdicts from the same local server, in turn.

    python benchmarks/judging.py [--verdicts 1000] [--latency 0.05] [--concurrency 64] [--rounds 3] [--quick] [--json]

The server is a process of its own that answers each request after the latency. Bare: AsyncOpenAI with a semaphore, the request's messages made
before. Ours: a rubric through the scorer, with its fence, its checks of the reply and the file of verdicts, in a fresh folder; its
worker process is warm. The last line with --json: overhead_ratio (the median of the rounds' ratios of wall time), and
requests_second_run: how many requests the same rubric makes for the same answers again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from rewardkit import Item, Scorer, collect
from rewardkit.judging.criteria import Criterion
from rewardkit.judging.questions import RubricQuestion

SERVER = """
import sys, time
from rewardkit.testing import judge_server, replies

made = replies.say('{"kind": {"reason": "It is.", "verdict": "met"}}')

def reply(request, number):
    if request.body["model"] == "count":
        return str(number)
    time.sleep(float(sys.argv[1]))
    return made

server = judge_server(reply)
print(server.url, flush=True)
sys.stdin.read()
"""
RUBRIC = """
from rewardkit import Criterion, rubric

@rubric(judge="benchmark", concurrency={concurrency}, cache=False)
def kind() -> list[Criterion]:
    \"\"\"Grade a support agent's reply to a customer.\"\"\"
    return [Criterion("kind", "It is kind.")]
"""
TASK = "Grade a support agent's reply to a customer."


def answers(count: int, seed: int) -> list[str]:
    """Replies that differ, of about 300 characters."""
    return [f"Reply {seed}/{n}: " + "we are sorry to hear that and look into it " * 6 for n in range(count)]


def requests_so_far(url: str) -> int:
    """How many requests the server has had; the question is not counted itself."""
    body = json.dumps({"model": "count", "messages": []}).encode()
    request = urllib.request.Request(f"{url}/chat/completions", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return int(json.load(reply)["choices"][0]["message"]["content"])


async def bare(url: str, texts: list[str], concurrency: int) -> None:
    """The same requests by the client alone."""
    from openai import AsyncOpenAI

    gate = asyncio.Semaphore(concurrency)
    criteria = (Criterion("kind", "It is kind."),)
    requests = [
        {
            "model": "benchmark",
            "temperature": 0,
            "max_tokens": 2048,
            "messages": question.messages(),
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "verdicts", "strict": True, "schema": question.schema},
            },
        }
        for question in (RubricQuestion(TASK, "", text, criteria) for text in texts)
    ]
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

        async def one(request: dict[str, Any]) -> None:
            async with gate:
                reply: Any = await client.chat.completions.create(**request)
            assert json.loads(reply.choices[0].message.content)["kind"]["verdict"] == "met"

        await asyncio.gather(*map(one, requests))


def measure(arguments: argparse.Namespace, url: str) -> dict[str, Any]:
    """Bare and ours in turn, then ours again on the same answers."""
    Path("kind.py").write_text(RUBRIC.format(concurrency=arguments.concurrency), encoding="utf-8")
    (grader,) = collect(["kind.py"])
    ratios: list[float] = []
    seconds: dict[str, list[float]] = {"bare": [], "ours": []}
    with Scorer(workers=1) as scorer:
        scorer.score(grader, [Item("a reply to warm up", {})])
        asyncio.run(bare(url, answers(64, -1), arguments.concurrency))
        for round_ in range(arguments.rounds):
            texts = answers(arguments.verdicts, round_)
            began = time.perf_counter()
            asyncio.run(bare(url, texts, arguments.concurrency))
            between = time.perf_counter()
            scores = scorer.score(grader, [Item(text, {}) for text in texts], fresh=True)
            ended = time.perf_counter()
            assert all(score.value == 1.0 for score in scores)
            seconds["bare"].append(between - began)
            seconds["ours"].append(ended - between)
            ratios.append((ended - between) / (between - began))
        before = requests_so_far(url)
        again = scorer.score(grader, [Item(text, {}) for text in texts], fresh=True)
        assert all(score.value == 1.0 for score in again)
    return {
        "overhead_ratio": round(statistics.median(ratios), 3),
        "requests_second_run": requests_so_far(url) - before - 1,
        "seconds_bare": [round(each, 2) for each in seconds["bare"]],
        "seconds_ours": [round(each, 2) for each in seconds["ours"]],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--verdicts", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.05)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="100 verdicts, once")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.verdicts, arguments.rounds = 100, 1
    command = [sys.executable, "-c", SERVER, str(arguments.latency)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        os.environ["OPENAI_BASE_URL"] = url
        os.environ.setdefault("OPENAI_API_KEY", "none")
        os.chdir(folder)
        try:
            found = measure(arguments, url)
        finally:
            server.stdin.close()
            os.chdir("/")
    if not arguments.json:
        for name, value in found.items():
            print(f"{name:20} {value}")
    else:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
