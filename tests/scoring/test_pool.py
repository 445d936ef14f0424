"""Worker processes: replaced when worn, killed and stopped from outside, left alone by forked processes; nothing is lost."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from processes import alive, marked, none_left

from rewardkit import Item, Score, Scorer, collect

FIXTURE = Path(__file__).with_name("fault_graders.py")
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


def run(scorer: Scorer, name: str, *completions: str) -> list[Score]:
    return scorer.score(GRADERS[name], [Item(completion, {}) for completion in completions], fresh=True)


def numbered(*numbers: int) -> list[str]:
    return [str(number) for number in numbers]


def pids(scorer: Scorer) -> list[int]:
    return [worker.process.pid for worker in scorer._pool._workers]


@pytest.mark.slow
def test_a_worker_that_has_grown_by_a_gigabyte_is_replaced() -> None:
    with Scorer(workers=1) as scorer:
        (first,) = run(
            scorer, "leaks", "1 MB, first"
        )  # growth counts from here: imports are made in the first chunk
        scores = run(scorer, "leaks", *(f"350 MB, {n}" for n in range(3)), "1 MB, then", "1 MB, last")
    assert [score.value for score in scores] == [0.5] * 5
    before, after = {score.reason for score in scores[:3]}, {score.reason for score in scores[3:]}
    assert before == {first.reason}
    assert len(after) == 1
    assert before != after


@pytest.mark.slow
def test_a_worker_is_replaced_after_a_hundred_thousand_calls() -> None:
    with marked() as mark:
        with Scorer(workers=1) as scorer:
            scores = run(scorer, "tells_its_process", *numbered(*range(105_000)))
            (worker,) = pids(scorer)
        assert [score.value for score in scores] == [n / 10**6 for n in range(105_000)]
        assert len({score.reason for score in scores}) == 2
        assert scores[-1].reason == str(worker)
        assert none_left(mark) == []


def test_a_completion_whose_worker_somebody_kills_is_graded_by_another() -> None:
    with Scorer(workers=2) as scorer:
        run(scorer, "patient", "fine 1", "fine 2")
        killer = threading.Timer(0.1, lambda: [os.kill(pid, signal.SIGKILL) for pid in pids(scorer)])
        killer.start()
        scores = run(scorer, "patient", *(f"slow {n}" for n in range(40)))
        killer.join()
    assert [score.value for score in scores] == [n / 1000 for n in range(40)]


def test_a_completion_that_kills_its_worker_each_time_is_found() -> None:
    with Scorer(workers=2) as scorer:
        scores = run(scorer, "patient", *(f"fine {n}" for n in range(20)), "kills_itself", "kills_itself")
    assert [score.value for score in scores[:20]] == [n / 1000 for n in range(20)]
    assert {(score.cause, score.reason) for score in scores[20:]} == {
        ("died", "its process ended with signal SIGKILL")
    }


def test_a_worker_that_somebody_kills_while_it_is_idle_is_replaced() -> None:
    with Scorer(workers=2) as scorer:
        for start in range(0, 60, 20):
            scores = run(scorer, "patient", *(f"fine {n}" for n in range(start, start + 20)))
            assert [score.value for score in scores] == [n / 1000 for n in range(start, start + 20)]
            for pid in pids(scorer):
                os.kill(pid, signal.SIGKILL)


def test_a_worker_that_somebody_stops_in_a_call_is_late() -> None:
    with Scorer(workers=1) as scorer:
        run(scorer, "patient", "fine 1")
        threading.Timer(0.2, lambda: [os.kill(pid, signal.SIGSTOP) for pid in pids(scorer)]).start()
        scores = run(scorer, "hasty", *(f"slow {n}" for n in range(40)))
    assert [score.cause for score in scores if score.value is None] == ["timeout"]
    assert all(score.value in (n / 1000, None) for n, score in enumerate(scores))


@pytest.mark.slow
@pytest.mark.soak
def test_a_worker_that_somebody_stops_while_it_is_idle_costs_nothing_but_time() -> None:
    with Scorer(workers=2) as scorer:
        run(scorer, "hasty", *(f"slow {n}" for n in range(20)))
        stopped = pids(scorer)
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        scores = run(scorer, "hasty", *(f"fine {n}" for n in range(40)))
        assert [score.value for score in scores] == [n / 1000 for n in range(40)]
        assert not any(alive(pid) for pid in stopped)


def test_what_one_completion_closed_is_not_blamed_on_the_next() -> None:
    """The scorer hears of it while the next one is at work."""
    with Scorer(workers=1) as scorer:
        closed, *others = run(scorer, "patient", "closes_everything", "nap 1", "fine 2", "fine 3")
    assert closed.cause == "died"
    assert [score.value for score in others] == [0.001, 0.002, 0.003]


def test_only_the_guilty_one_of_many_that_wait_together_pays() -> None:
    with Scorer(workers=2) as scorer:
        scores = run(scorer, "waits", *numbered(*range(6)), "exits later", *numbered(*range(6, 12)))
    guilty = scores.pop(6)
    assert (guilty.cause, guilty.reason) == ("died", "its process ended with exit code 7")
    assert [score.value for score in scores] == [n / 1000 for n in range(12)]


def test_chunks_are_bounded_by_everything_that_is_sent() -> None:
    items = [Item("same", {"reference": f"{n:09}" + "x" * 10**6}) for n in range(40)]
    with Scorer(workers=1) as scorer:
        scores = scorer.score(GRADERS["takes_a_reference"], items, fresh=True)
        (worker,) = scorer._pool._workers
        assert worker.calls == 40  # none was sent twice
        assert worker.chunks >= 8
    assert [score.value for score in scores] == [n / 1000 for n in range(40)]


def test_a_scorer_that_is_slow_to_listen_blames_nobody() -> None:
    slept = []

    def on_score(index: int, score: Score) -> None:
        if index % 500 == 100:
            slept.append(index)
            time.sleep(0.7)  # longer than the time-out; meanwhile reports fill the pipe

    items = [Item(str(n), {}) for n in range(2000)]
    with Scorer(workers=1) as scorer:
        scores = scorer.score(GRADERS["wordy"], items, on_score=on_score, fresh=True)
    assert len(slept) == 4
    assert [score.value for score in scores] == [n / 10**6 for n in range(2000)]


def test_a_scorer_that_is_stopped_and_goes_on_loses_nothing(tmp_path: Path) -> None:
    script = tmp_path / "stopped.py"
    script.write_text(
        "from rewardkit import Item, Scorer, collect\n"
        f"(grader,) = [g for g in collect([{str(FIXTURE)!r}]) if g.name == 'hasty']\n"
        "with Scorer(workers=2) as scorer:\n"
        "    items = [Item(f'slow {n}', {}) for n in range(100)]\n"
        "    scores = scorer.score(grader, items, on_score=lambda index, _: index == 20 and print('on', flush=True))\n"
        "print([s.value for s in scores] == [n / 1000 for n in range(100)])\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "on\n"
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.2)
    process.send_signal(signal.SIGCONT)
    assert process.communicate(timeout=30)[0] == "True\n"


def test_a_forked_process_has_workers_of_its_own() -> None:
    """It would read the other's scores as its own."""
    with marked() as mark, Scorer(workers=2) as scorer:
        run(scorer, "tells_its_process", *numbered(*range(50)))
        before = pids(scorer)
        child = os.fork()
        first = 1000 if child == 0 else 0
        right = all(
            [score.value for score in run(scorer, "tells_its_process", *numbered(*range(start, start + 100)))]
            == [n / 10**6 for n in range(start, start + 100)]
            for start in range(first, first + 1000, 100)
        )
        if child == 0:
            scorer.close()
            os._exit(0 if right else 1)
        assert right
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert pids(scorer) == before
        scorer.close()
        assert none_left(mark) == []


def test_a_forked_process_that_ends_leaves_the_workers_alone(tmp_path: Path) -> None:
    script = tmp_path / "forking.py"
    script.write_text(
        "import os, sys\nfrom rewardkit import Item, Scorer, collect\n"
        f"(grader,) = [g for g in collect([{str(FIXTURE)!r}]) if g.name == 'tells_its_process']\n"
        "scorer = Scorer(workers=1)\n"
        "def ask(): return scorer.score(grader, [Item('1', {})], fresh=True)[0].reason\n"
        "before = ask()\n"
        "child = os.fork()\n"
        "if child == 0: sys.exit()\n"
        "os.waitpid(child, 0)\n"
        "print(before == ask())\n"
    )
    ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert ended.stdout == "True\n", ended.stderr


def test_workers_end_with_a_scorer_that_nobody_closed() -> None:
    with marked() as mark:
        scorer = Scorer(workers=2)
        run(scorer, "patient", "fine 1", "fine 2", "forks_and_leaves_a_child")
        del scorer
        gc.collect()
        assert none_left(mark) == []
