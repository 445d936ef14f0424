"""Async graders: many calls at the same time, each with its own clock, and none that can hurt another."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rewardkit import Grader, Item, Score, Scorer, collect, reward
from rewardkit.chat_server import ChatServer, say
from rewardkit.errors import GraderError

FIXTURE = Path(__file__).parent / "async_graders.py"
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=2) as shared:
        yield shared


def run(scorer: Scorer, name: str, *completions: str, **columns: object) -> list[Score]:
    return scorer.score(GRADERS[name], [Item(completion, columns) for completion in completions])


def inline(grader: Grader) -> Grader:
    """A grader that no other process can load, which therefore runs in this one."""
    return reward(isolation="inline", timeout=grader.options.timeout, concurrency=grader.options.concurrency)(
        grader.function
    )


def most_at_once(notes: Path) -> int:
    """The largest number of calls under way at one moment, from what they wrote down themselves."""
    events = [line.split() for line in notes.read_text().splitlines()]
    now = most = 0
    for what, _, _ in sorted(events, key=lambda event: (float(event[1]), event[0])):
        now += 1 if what == "+" else -1
        most = max(most, now)
    return most


@pytest.mark.parametrize(("name", "most"), [("in_flight", 8), ("in_flight_of_three", 3), ("one_by_one", 1)])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_calls_wait_together_but_never_more_than_asked_for_over_all_workers(
    tmp_path: Path, name: str, most: int, workers: int
) -> None:
    notes = tmp_path / "notes"
    with Scorer(workers=workers) as scorer:
        scores = run(scorer, name, *[str(number) for number in range(32)], notes=str(notes))
    assert [score.value for score in scores] == [1.0] * 32
    assert most_at_once(notes) <= most
    assert most_at_once(notes) > most // 2


@pytest.mark.parametrize(("name", "most"), [("in_flight", 8), ("in_flight_of_three", 3), ("one_by_one", 1)])
def test_calls_wait_together_inline_from_several_threads_too(
    scorer: Scorer, tmp_path: Path, name: str, most: int
) -> None:
    notes, grader = tmp_path / "notes", inline(GRADERS[name])
    items = [Item(str(number), {"notes": str(notes)}) for number in range(16)]
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: scorer.score(grader, items), range(2)))
    assert both == [[Score(1.0)] * 16] * 2
    assert most_at_once(notes) == most


def test_the_clock_of_a_call_starts_when_its_turn_comes(scorer: Scorer) -> None:
    completions = [str(number) for number in range(40)]  # 1 s of work at 4 at a time, and 0.8 s for each
    assert run(scorer, "queues", *completions) == [Score(1.0)] * 40
    items = [Item(completion, {}) for completion in completions]
    assert scorer.score(inline(GRADERS["queues"]), items) == [Score(1.0)] * 40


GOES_WRONG = [
    ("raise", "error", "ValueError: on purpose (tests/scoring/async_graders.py:"),
    ("exit", "error", "SystemExit: 2"),
    ("cancel", "error", "raised CancelledError"),
    ("cancel itself", "error", "cancelled the task that it runs in"),
    ("nan", "invalid", "returned nan"),
    ("hang", "timeout", "no result within 0.6 s"),
    ("swallow", "timeout", "no result within 0.6 s"),
]
BLOCKS = ["block", "loop", "c loop", "block in gather", "block in a task"]


@pytest.mark.parametrize("name", ["hostile", "hostile_here"])
@pytest.mark.parametrize(("completion", "cause", "reason"), GOES_WRONG)
def test_a_call_that_goes_wrong_costs_itself_only(
    scorer: Scorer, name: str, completion: str, cause: str, reason: str
) -> None:
    *before, bad, after, last = run(scorer, name, "fine", "fine", completion, "fine", "fine")
    assert [*before, after, last] == [Score(0.5)] * 4
    assert (bad.value, bad.cause) == (None, cause)
    assert reason in bad.reason


@pytest.mark.parametrize("completion", ["thread", "own timeout", "wait_for"])
@pytest.mark.parametrize("name", ["hostile", "hostile_here"])
def test_what_asyncio_offers_works_in_a_grader(scorer: Scorer, name: str, completion: str) -> None:
    expected = 0.5 if completion == "thread" else 0.75
    assert [score.value for score in run(scorer, name, *[completion] * 4)] == [expected] * 4


def test_a_task_that_raises_system_exit_ends_its_call_inline(scorer: Scorer) -> None:
    bad, fine = run(scorer, "hostile_here", "exit in a task", "fine")
    assert (bad.cause, fine.value) == ("error", 0.5)
    assert "SystemExit: 2" in bad.reason


@pytest.mark.parametrize(("completion", "cause"), [("os exit", "died"), ("exit in a task", "died")])
def test_a_call_that_ends_its_process_costs_itself_only(scorer: Scorer, completion: str, cause: str) -> None:
    *fine, bad = run(scorer, "hostile", *["fine"] * 6, completion)
    assert fine == [Score(0.5)] * 6
    assert (bad.value, bad.cause) == (None, cause)


@pytest.mark.parametrize("completion", BLOCKS)
def test_a_call_that_blocks_the_loop_is_killed_and_the_others_succeed(
    scorer: Scorer, completion: str
) -> None:
    *before, bad, after = run(scorer, "hostile", *["fine"] * 6, completion, "fine")
    assert [*before, after] == [Score(0.5)] * 7
    assert (bad.value, bad.cause) == (None, "timeout")
    assert "async_graders.py" in bad.output


@pytest.mark.soak
def test_a_callback_that_blocks_the_loop_is_found_by_trying_the_calls_alone(scorer: Scorer) -> None:
    # nobody knows whose callback it is: the worker is silent for its time-out and ten seconds more, three times
    *fine, bad = run(scorer, "hostile", *["fine"] * 4, "block in a callback")
    assert fine == [Score(0.5)] * 4
    assert (bad.value, bad.cause) == (None, "timeout")


def test_a_worker_with_a_call_that_does_not_end_is_replaced() -> None:
    with Scorer(workers=1) as scorer:
        (first,) = run(scorer, "process", "a")
        (again,) = run(scorer, "process", "b")
        assert again.reason == first.reason
        assert run(scorer, "hostile", "swallow")[0].cause == "timeout"
        run(scorer, "process", "c")  # perhaps still in the old process
        (fresh,) = run(scorer, "process", "d")
    assert fresh.reason != first.reason


@pytest.mark.parametrize("completion", ["block", "block in gather", "block in a callback"])
def test_inline_a_call_that_blocks_the_loop_is_named_and_the_next_batch_works(
    scorer: Scorer, completion: str
) -> None:
    grader = GRADERS["hostile_here"]
    with pytest.raises(GraderError, match=r"it blocked the event loop for more than its 0\.6 s") as caught:
        run(scorer, "hostile_here", "fine", completion)
    if completion != "block in a callback":
        assert "async_graders.py:" in str(caught.value).partition("0.6 s")[2]
    assert scorer.score(grader, [Item("fine", {})]) == [Score(0.5)]


def test_inline_a_loop_that_one_thread_blocks_does_not_hold_up_another(scorer: Scorer) -> None:
    @reward(isolation="inline", timeout=0.5)
    async def waits(completion: str) -> float:
        begun.set()
        await asyncio.sleep(0.3)
        return 1.0

    begun = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        other = thread.submit(scorer.score, waits, [Item("x", {}), Item("y", {})])
        begun.wait(10)
        with pytest.raises(GraderError, match="hostile_here"):
            run(scorer, "hostile_here", "block")
        assert other.result(20) == [Score(1.0)] * 2


def test_context_variables_of_calls_are_apart(scorer: Scorer) -> None:
    completions = [str(number) for number in range(20)]
    assert run(scorer, "remembers", *completions) == [Score(1.0)] * 20
    items = [Item(completion, {}) for completion in completions]
    assert scorer.score(inline(GRADERS["remembers"]), items) == [Score(1.0)] * 20


def test_calls_talk_to_a_server_at_the_same_time(scorer: Scorer) -> None:
    answer = {"good": "1", "bad": "0"}
    with ChatServer(lambda request: say(answer[request["messages"][0]["content"]])) as server:
        scores = run(scorer, "asks_a_server", *["good", "bad"] * 8, url=server.url)
        here = GRADERS["asks_a_server"].score("good", url=server.url)
    assert [score.value for score in scores] == [1.0, 0.0] * 8
    assert here.value == 1.0


def test_a_time_out_is_the_answer_s_fault_only_while_a_part_that_runs_completions_is_at_work(
    scorer: Scorer,
) -> None:
    (ours,), (theirs,) = run(scorer, "mixed", "hang"), run(scorer, "runner", "hang")
    assert (ours.value, ours.cause) == (None, "timeout")
    assert (theirs.value, theirs.cause) == (-1.0, "timeout")


def test_a_scorer_works_inside_a_running_event_loop(scorer: Scorer) -> None:
    async def notebook() -> list[list[Score]]:
        one = run(scorer, "remembers", "a")
        two = scorer.score(inline(GRADERS["remembers"]), [Item("a", {})])
        return [one, two, [GRADERS["remembers"].score("a")]]

    assert asyncio.run(notebook()) == [[Score(1.0)]] * 3


def test_two_threads_may_use_one_scorer(scorer: Scorer) -> None:
    def use(name: str) -> list[Score]:
        return run(scorer, name, *["fine"] * 20)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(use, ["hostile", "hostile_here"] * 2)) == [[Score(0.5)] * 20] * 4


@pytest.mark.parametrize("name", ["hostile", "hostile_here"])
def test_scores_are_heard_of_once_in_the_caller_s_thread(scorer: Scorer, name: str) -> None:
    heard: dict[int, Score] = {}
    threads = set()

    def on_score(index: int, score: Score) -> None:
        assert index not in heard
        heard[index] = score
        threads.add(threading.get_ident())

    scores = scorer.score(GRADERS[name], [Item(text, {}) for text in ["fine", "nan"] * 5], on_score=on_score)
    assert [heard[index] for index in range(10)] == scores
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", ["hostile", "hostile_here"])
def test_an_error_of_the_caller_s_callback_is_the_caller_s(
    scorer: Scorer, name: str, error: type[BaseException]
) -> None:
    def on_score(index: int, score: Score) -> None:
        raise error("the caller's own")

    with pytest.raises(error, match="the caller's own"):
        scorer.score(GRADERS[name], [Item("fine", {}), Item("hang", {})], on_score=on_score)
    assert run(scorer, name, "fine") == [Score(0.5)]


@pytest.mark.parametrize("isolation", ["process", "inline"])
def test_an_interrupt_ends_the_scoring_and_its_workers(tmp_path: Path, isolation: str) -> None:
    notes, script = tmp_path / "notes", tmp_path / "script.py"
    script.write_text(
        "from rewardkit import collect, Item, reward, Scorer\n"
        f"grader = {{g.name: g for g in collect([{str(FIXTURE)!r}])}}['notes_its_process']\n"
        f"if {isolation!r} == 'inline':\n"
        "    grader = reward(isolation='inline', timeout=60)(grader.function)\n"
        f"Scorer(workers=1).score(grader, [Item('x', {{'notes': {str(notes)!r}}})] * 3)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True)
    _wait_for(lambda: notes.is_file() and notes.read_text().count("\n") == 3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert said.rstrip().endswith("KeyboardInterrupt")
    worker = int(notes.read_text().split()[2])
    _wait_for(lambda: not _alive(worker))


def _wait_for(holds: object) -> None:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:  # type: ignore[operator]
        time.sleep(0.02)
    assert holds()  # type: ignore[operator]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_in_an_async_combination_a_blocked_part_of_ours_does_not_blame_the_answer() -> None:
    with Scorer(workers=1) as scorer:
        fine, hung = scorer.score(GRADERS["mixed_async"], [Item("fine", {}), Item("block", {})])
    assert fine.value == 1.0
    assert (hung.value, hung.cause) == (None, "timeout")
