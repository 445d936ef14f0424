"""The fault table: whatever one completion does, it alone is affected, for the cause that it gave, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import alive, marked, none_left, with_mark

from rewardkit import Item, Score, Scorer, collect

FIXTURE = Path(__file__).with_name("fault_graders.py")
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}
HASTY, PATIENT = GRADERS["hasty"], GRADERS["patient"]

ERROR = {
    "raises": "ValueError: on purpose (",
    "raises_system_exit": "SystemExit: 2",
    "raises_without_text": "_BadText: (its text raised ValueError)",
    "raises_in_a_removed_folder": "ValueError: on purpose (",
}
INVALID = {
    "returns_an_object": "returned <object object",
    "returns_a_function": "returned <function",
    "returns_a_generator": "returned <generator",
    "returns_a_set": "returned {1}; allowed: True, False, a finite number or a Score",
    "returns_too_many_components": "returned a Score with 1,000,000 components",
}
LATE = [
    "loops",
    "loops_in_c",
    "backtracks",
    "sleeps",
    "waits_for_a_child",
    "waits_for_a_lock",
    "swallows_everything",
    "deaf_to_signals",
    "stops_itself",
]
DIED = {
    "raises_keyboard_interrupt": "exit code 1",
    "exits": "its process ended with exit code 7",
    "segfaults": "signal SIGSEGV",
    "aborts": "signal SIGABRT",
    "kills_itself": "signal SIGKILL",
    "is_ended_by_its_alarm": "signal SIGALRM",
    "recurses_in_c": "signal SIGSEGV",
    "closes_everything": "exit code 1",
    "closes_everything_and_stays": "it closed the pipe of its worker process",
    "dies_while_a_child_holds_the_pipe": "its process ended with exit code 7",
}
MEMORY = ["takes_all_memory_at_once", "takes_all_memory_bit_by_bit"]
HARMLESS = [
    "forks_and_leaves_a_child",
    "forks_and_lets_the_child_return",
    "forks_and_lets_the_child_raise",
    "starts_a_thread_that_goes_on",
    "forgets_its_alarm",
    "closes_its_output",
    "breaks_standard_output",
    "changes_the_folder",
    "lowers_its_own_limits",
]
FAULTS = [
    *((fault, "error", reason) for fault, reason in ERROR.items()),
    *((fault, "invalid", reason) for fault, reason in INVALID.items()),
    *((fault, "died", reason) for fault, reason in DIED.items()),
    *((fault, "memory", "it ran out of memory") for fault in MEMORY),
]


@pytest.fixture(scope="module")
def mark() -> Iterator[str]:
    with marked() as mark:
        yield mark


@pytest.fixture(scope="module")
def scorer(mark: str) -> Iterator[Scorer]:
    with Scorer(workers=2) as shared:
        yield shared
    assert none_left(mark) == []


@pytest.fixture(autouse=True)
def _nothing_but_workers(request: pytest.FixtureRequest, mark: str) -> Iterator[None]:
    """After a test, every process that was started is in the group of a living worker, with which it will end."""
    yield
    if "scorer" in request.fixturenames:
        groups = {worker.process.pid for worker in request.getfixturevalue("scorer")._pool._workers}
        until = time.monotonic() + 5
        while (astray := _outside(groups, mark)) and time.monotonic() < until:
            time.sleep(0.02)
        assert astray == []


def items(*completions: str) -> list[Item]:
    return [Item(completion, {}) for completion in completions]


def around(scorer: Scorer, name: str, fault: str) -> Score:
    """The score of one bad completion in the middle of good ones; checks that those, and the next batch, are as they should be."""
    grader = GRADERS[name]
    before, after, later = range(1, 9), range(101, 113), range(201, 231)
    batch = [*(f"fine {n}" for n in before), fault, *(f"fine {n}" for n in after)]
    scores = scorer.score(grader, items(*batch), fresh=True)
    bad = scores.pop(len(before))
    again = scorer.score(grader, items(*(f"fine {n}" for n in later)), fresh=True)
    earned = [n / 1000 for n in (*before, *after, *later)]
    expected = [0.3 + 0.7 * value for value in earned] if "ladder" in name else earned
    assert [score.value for score in (*scores, *again)] == pytest.approx(expected)
    assert all(score.cause is None and score.output == "" for score in (*scores, *again))
    return bad


@pytest.mark.parametrize(("fault", "cause", "reason"), FAULTS)
def test_a_fault_is_that_completion_s_alone(scorer: Scorer, fault: str, cause: str, reason: str) -> None:
    bad = around(scorer, "patient", fault)
    assert (bad.value, bad.cause) == (None, cause)
    assert reason in bad.reason


@pytest.mark.parametrize("fault", LATE)
def test_a_hung_completion_is_stopped_alone(scorer: Scorer, fault: str) -> None:
    bad = around(scorer, "hasty", fault)
    assert (bad.value, bad.cause, bad.reason) == (None, "timeout", "no result within 0.5 s")


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_is_no_fault_is_scored(scorer: Scorer, fault: str) -> None:
    assert around(scorer, "patient", fault) == Score(0.5)


def test_huge_results_are_cut_or_refused(scorer: Scorer) -> None:
    assert around(scorer, "patient", "returns_a_huge_reason") == Score(0.5, reason="x" * 2000)
    text = around(scorer, "patient", "returns_a_huge_text")
    assert text.cause == "invalid"
    assert len(text.reason) < 300
    raised = around(scorer, "patient", "raises_with_a_huge_text")
    assert raised.cause == "error"
    assert len(raised.reason) < 3000
    assert len(raised.output) <= 4000


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("loops_in_c", "timeout"),
        ("stops_itself", "timeout"),
        ("exits", "died"),
        ("segfaults", "died"),
        ("dies_while_a_child_holds_the_pipe", "died"),
        ("closes_everything", "died"),  # else a completion could void its own bad grade
        ("takes_all_memory_bit_by_bit", "memory"),
    ],
)
def test_a_completion_that_breaks_what_runs_it_keeps_what_it_had_earned(
    scorer: Scorer, fault: str, cause: str
) -> None:
    hasty = "hasty_" if cause == "timeout" else ""
    reward = around(scorer, f"{hasty}runner", fault)
    assert (reward.value, reward.cause) == (-1.0, cause)
    ladder = around(scorer, f"{hasty}ladder", fault)
    assert (ladder.value, ladder.cause) == (pytest.approx(0.3), cause)
    assert [part.value for part in ladder.components] == [1.0, 0.5, 0.0]


@pytest.mark.parametrize("fault", ["raises", "returns_a_set"])
def test_an_error_of_a_grader_that_runs_completions_is_unscored(scorer: Scorer, fault: str) -> None:
    assert around(scorer, "runner", fault).value is None
    assert around(scorer, "ladder", fault).value is None


def test_hung_completions_starve_nobody(scorer: Scorer) -> None:
    heard: dict[int, float] = {}
    hung = ["loops_in_c", "sleeps", "swallows_everything", "stops_itself"]
    batch = [*hung[:2], *(f"fine {n}" for n in range(50)), *hung[2:], *(f"fine {n}" for n in range(50, 100))]
    began = time.monotonic()
    scores = scorer.score(
        HASTY, items(*batch), on_score=lambda index, _: heard.setdefault(index, time.monotonic() - began)
    )
    good = [score for score, completion in zip(scores, batch, strict=True) if completion not in hung]
    assert [score.value for score in good] == [n / 1000 for n in range(100)]
    assert sorted(heard) == list(range(len(batch)))
    assert max(heard.values()) < 20


@pytest.mark.slow
def test_all_faults_at_once(scorer: Scorer) -> None:
    batch = [
        completion
        for n, (fault, _, _) in enumerate(FAULTS)
        for completion in (fault, f"fine {2 * n}", f"fine {2 * n + 1}")
    ]
    scores = scorer.score(PATIENT, items(*batch), fresh=True)
    assert [score.cause for score in scores[::3]] == [cause for _, cause, _ in FAULTS]
    good = [score for index, score in enumerate(scores) if index % 3]
    assert [score.value for score in good] == [n / 1000 for n in range(2 * len(FAULTS))]


def test_a_child_in_a_session_of_its_own_outlives_its_worker(tmp_path: Path) -> None:
    """The one thing that a process group cannot hold; the documentation says so."""
    note = tmp_path / "pid"
    path = tmp_path / "escaping.py"
    path.write_text(
        "import subprocess\nfrom pathlib import Path\nfrom rewardkit import reward\n@reward(timeout=0.4)\n"
        "def escapes(completion):\n"
        "    child = subprocess.Popen(['sleep', '3600'], start_new_session=True)\n"
        "    Path(completion).write_text(str(child.pid))\n"
        "    child.wait()\n"
    )
    with Scorer(workers=1) as scorer:
        (score,) = scorer.score(*collect([str(path)]), items(str(note)))
    assert score.cause == "timeout"
    child = int(note.read_text())
    try:
        assert alive(child)
    finally:
        os.kill(child, signal.SIGKILL)


PARENT = """
import os, signal, sys, threading
from rewardkit import Item, Scorer, collect

done = threading.Event()
scorer = Scorer(workers=2)
(grader,) = [grader for grader in collect([{file!r}]) if grader.name == "patient"]
doing, ending, thread = sys.argv[1:]

def work():
    scorer.score(grader, [Item(f"slow {{n}}", {{}}) for n in range(8)])
    threading.Timer(0.3, end).start()
    if doing != "idle":
        scorer.score(grader, [Item(doing, {{}}), Item("sleeps", {{}})])

def end():
    print("ending", flush=True)
    if ending == "exit":
        os._exit(3)
    if ending == "raise":
        done.set()
    else:
        os.kill(os.getpid(), getattr(signal, ending))

if thread == "main":
    work()
else:
    threading.Thread(target=work, daemon=True).start()
done.wait(60)
raise ValueError("the end")
"""


@pytest.mark.parametrize(
    ("doing", "ending", "thread"),
    [
        ("idle", "SIGKILL", "main"),
        ("loops", "SIGKILL", "main"),
        ("loops_in_c", "SIGKILL", "main"),
        ("loops_in_c", "SIGKILL", "other"),
        ("waits_for_a_child", "SIGKILL", "main"),
        ("waits_for_a_child", "SIGKILL", "other"),
        ("stops_itself", "SIGKILL", "main"),
        ("loops_in_c", "SIGTERM", "main"),
        ("loops_in_c", "SIGINT", "main"),
        ("idle", "SIGINT", "other"),
        ("loops_in_c", "exit", "other"),
        ("idle", "raise", "main"),
        ("loops_in_c", "raise", "other"),
    ],
)
def test_workers_and_their_children_end_with_the_scorer_s_process(
    tmp_path: Path, doing: str, ending: str, thread: str
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT.format(file=str(FIXTURE)))
    with marked() as mark:
        process = subprocess.Popen(
            [sys.executable, str(script), doing, ending, thread],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ending\n"
        process.wait(30)
        assert none_left(mark) == []
        process.stdout.close()


@pytest.mark.soak
def test_children_end_in_whichever_order_the_threads_of_a_killed_scorer_do(tmp_path: Path) -> None:
    """The kernel tells of the main thread's end perhaps before the last thread has let go of the lifeline: one in eight did."""
    for number in range(60):
        (folder := tmp_path / str(number)).mkdir()
        test_workers_and_their_children_end_with_the_scorer_s_process(
            folder, "waits_for_a_child", "SIGKILL", "main"
        )


def test_ctrl_c_ends_the_batch_and_leaves_the_scorer_usable(tmp_path: Path) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(
        "import os, signal, threading\nfrom rewardkit import Item, Scorer, collect\n"
        f"(grader,) = [g for g in collect([{str(FIXTURE)!r}]) if g.name == 'patient']\n"
        "scorer = Scorer(workers=2)\n"
        "for _ in range(3):\n"
        "    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "    try:\n"
        "        scorer.score(grader, [Item('sleeps', {}), Item('loops_in_c', {})])\n"
        "    except KeyboardInterrupt:\n"
        "        print(len(scorer._pool._workers), flush=True)\n"
        "print([s.value for s in scorer.score(grader, [Item(f'fine {n}', {}) for n in range(3)])])\n"
    )
    with marked() as mark:
        ended = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
        assert ended.stdout.splitlines() == ["0", "0", "0", "[0.0, 0.001, 0.002]"], ended.stderr
        assert none_left(mark) == []


def test_a_scorer_serves_several_threads(scorer: Scorer) -> None:
    results: dict[int, list[float | None]] = {}

    def work(thread: int) -> None:
        numbers = range(100 * thread, 100 * thread + 60)
        batch = [*(f"fine {n}" for n in numbers), "exits", "sleeps"]
        results[thread] = [score.value for score in scorer.score(HASTY, items(*batch), fresh=True)]

    _in_threads(work, 4)
    assert results == {
        thread: [*(n / 1000 for n in range(100 * thread, 100 * thread + 60)), None, None]
        for thread in range(4)
    }


def test_two_scorers_at_once_do_not_disturb_each_other() -> None:
    results: dict[int, list[float | None]] = {}

    def work(thread: int) -> None:
        with Scorer(workers=2) as own:
            batch = ["exits", *(f"slow {n}" for n in range(100 * thread, 100 * thread + 30)), "loops_in_c"]
            results[thread] = [score.value for score in own.score(HASTY, items(*batch))]

    with marked() as mark:
        _in_threads(work, 2)
        assert results == {
            thread: [None, *(n / 1000 for n in range(100 * thread, 100 * thread + 30)), None]
            for thread in range(2)
        }
        assert none_left(mark) == []


def test_a_callback_that_raises_leaves_no_worker_at_work() -> None:
    def on_score(index: int, score: Score) -> None:
        raise ValueError("the caller's own")

    with marked() as mark, Scorer(workers=2) as scorer:
        with pytest.raises(ValueError, match="the caller's own"):
            scorer.score(HASTY, items("fine 1", "loops_in_c", "fine 2"), on_score=on_score)
        assert none_left(mark) == []
        assert [score.value for score in scorer.score(HASTY, items("fine 1", "fine 2"))] == [0.001, 0.002]


def _in_threads(work: Callable[[int], None], count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def _outside(groups: set[int], mark: str) -> list[str]:
    return [command for command in with_mark(mark) if _group(int(command.split()[0])) not in {*groups, None}]


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
