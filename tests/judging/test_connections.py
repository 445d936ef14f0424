"""Connections to a judge: kept between questions, and none left when the loop or the scorer ends."""

from __future__ import annotations

import asyncio
import gc
import os
import stat
import threading
import warnings
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit import Criterion, Grader, Item, Scorer, rubric
from rewardkit.judging.openai_judge import OpenAIJudge
from rewardkit.judging.questions import RubricQuestion
from rewardkit.testing import JudgeServer, judge_server

QUESTION = RubricQuestion("Grade a reply.", "", "we are sorry", (Criterion("sorry", "Says sorry."),))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JudgeServer]:
    monkeypatch.chdir(tmp_path)
    with judge_server(verdict=lambda criterion, answer: "met") as server:
        yield server


def wait_for_none(server: JudgeServer) -> None:
    """The server hears a moment later that a client has closed a connection."""
    gone = threading.Event()
    for _ in range(500):
        if not server.connections:
            return
        gone.wait(0.01)
    raise AssertionError(f"{server.connections} connections are still open")


def inline(server: JudgeServer, name: str = "kind") -> Grader:
    @rubric(judge=OpenAIJudge("judge", server.url), isolation="inline", name=name)
    def kind() -> list[Criterion]:
        """Grade a reply."""
        return [Criterion("kind", "It is kind."), Criterion("sorry", "Says sorry.")]

    return kind


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for descriptor in range(1024):
        try:
            count += stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        except OSError:
            continue
    return count


def test_no_socket_is_open_after_a_scorer_is_closed(server: JudgeServer) -> None:
    grader = inline(server)
    with Scorer() as scorer:
        scorer.score(grader, [Item("first of all", {})])
        before = sockets()
        assert server.connections > 0
        scorer.score(grader, [Item(f"answer {n}", {}) for n in range(20)])
        assert 0 < server.connections <= 8
    wait_for_none(server)
    assert sockets() < before


def test_the_connections_are_kept_between_batches_and_made_anew_after_a_close(server: JudgeServer) -> None:
    grader = inline(server)
    for part in range(3):
        with Scorer() as scorer:
            for n in range(3):
                assert scorer.score(grader, [Item(f"answer {part} {n}", {})])[0].value == 1
            assert server.connections == 2
        wait_for_none(server)


def test_a_scorer_that_is_closed_leaves_alone_what_another_one_uses(server: JudgeServer) -> None:
    asked = threading.Event()
    go_on = threading.Event()

    def script(criterion: str, answer: str) -> str:
        asked.set()
        go_on.wait(30)
        return "met"

    with judge_server(verdict=script) as slow:
        scores: list[float | None] = []

        def score() -> None:
            with Scorer() as scorer:
                scores.extend(
                    each.value for each in scorer.score(inline(slow), [Item("one more answer", {})])
                )

        thread = threading.Thread(target=score)
        thread.start()
        assert asked.wait(30)
        with Scorer() as other:
            other.score(inline(server), [Item("we are sorry", {})])
        go_on.set()
        thread.join(30)
        assert scores == [1.0]
        assert len(slow.log) == 2  # nothing had to be asked again
        wait_for_none(slow)


def test_asyncio_run_leaves_no_connection_and_no_loop(server: JudgeServer) -> None:
    judge = OpenAIJudge("judge", server.url)
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def ask() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await asyncio.gather(*(judge.ask(QUESTION) for _ in range(5)))

    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for _ in range(3):
            asyncio.run(ask())
            wait_for_none(server)
        gc.collect()
    assert [loop() for loop in loops] == [None] * 3


def test_a_worker_takes_its_connections_with_it(server: JudgeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from test_openai_judge import SERVED

    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    with Scorer(workers=1) as scorer:
        assert scorer.score(SERVED, [Item(f"answer {n}", {}) for n in range(5)])[0].value == 1
        assert server.connections > 0
    wait_for_none(server)
