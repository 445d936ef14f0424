"""The watch over inline graders: it ends what Python can end, names what it cannot, and leaves no trace."""

from __future__ import annotations

import faulthandler
import io
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from rewardkit import Item, Score, Scorer, collect
from rewardkit.scoring.inline import run_inline
from rewardkit.scoring.watch import IDLE, Watch

FIXTURE = Path(__file__).parent / "inline_graders.py"
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=1) as shared:
        yield shared


def run(name: str, *completions: str) -> list[Score]:
    calls = [{"completion": completion} for completion in completions]
    return [score for (score,) in run_inline(GRADERS[name], calls)]


def start(*lines: str) -> subprocess.Popen[str]:
    """Lines run by a Python of their own, which knows the graders as `graders`."""
    head = [
        "import io, os, sys, time",
        "from rewardkit import Item, Scorer, collect",
        "from rewardkit.scoring.watch import Watch",
        f"graders = {{g.name: g for g in collect([{str(FIXTURE)!r}])}}",
    ]
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", "\n".join([*head, *lines])]
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


C_LOOPS = {
    "in a batch": "Scorer(workers=1).score(graders['hangs'], [Item('c loop', {})])",
    "on the event loop": "Scorer(workers=1).score(graders['blocks'], [Item('c loop', {})])",
    "after an inner grader": "graders['outer'].score('fine, then c loop')",
    "with a text in memory as standard error": "sys.stderr = io.StringIO(); graders['hangs'].score('c loop')",
    "without standard error": "sys.stderr = None; graders['hangs'].score('c loop')",
    "with standard error closed": "sys.stderr = open(os.devnull); sys.stderr.close(); graders['hangs'].score('c loop')",
}


@pytest.fixture(scope="module")
def ended() -> dict[str, tuple[int, str, str]]:
    """How the processes with a C loop end, all waited for at the same time: exit code, standard output, standard error."""
    started = {how: start(line, "print('not reached')") for how, line in C_LOOPS.items()}
    said = {how: process.communicate(timeout=60) for how, process in started.items()}
    return {how: (started[how].returncode, *said[how]) for how in started}


@pytest.mark.slow
@pytest.mark.parametrize("how", C_LOOPS)
def test_a_c_loop_ends_the_process_and_its_line_is_named(
    ended: dict[str, tuple[int, str, str]], how: str
) -> None:
    code, output, errors = ended[how]
    line = FIXTURE.read_text().split("\n").index("            sum(itertools.repeat(0))") + 1
    assert (code, output) == (1, "")
    assert f'inline_graders.py", line {line} in hang' in errors


@pytest.mark.parametrize("completion", ["loop", "sleep", "regex", "swallow", "swallow twice"])
def test_a_call_that_hangs_is_stopped_and_the_others_are_kept(scorer: Scorer, completion: str) -> None:
    items = [Item(text, {}) for text in ("fine", completion, "well")]
    before, stopped, after = scorer.score(GRADERS["hangs"], items)
    assert before == after == Score(1.0)
    assert (stopped.value, stopped.cause, stopped.reason) == (None, "timeout", "no result within 0.3 s")
    hung = re.search(r'inline_graders\.py", line (\d+), in hang\n +(.*)', stopped.output)
    assert hung
    assert hung[2] in ("pass", "while True:", "time.sleep(60)", 're.match(r"(a+)+$", "a" * 40 + "b")')


def test_a_call_that_hangs_is_stopped_when_a_grader_is_scored_directly() -> None:
    assert GRADERS["hangs"].score("sleep").cause == "timeout"


def test_a_call_in_which_a_debugger_waits_is_not_stopped() -> None:
    assert run("hangs", "debugger", "sleep") == [Score(1.0), GRADERS["hangs"].score("sleep")]


def test_every_hanging_call_of_a_batch_is_stopped(scorer: Scorer) -> None:
    scores = scorer.score(
        GRADERS["hangs"], [Item(text, {}) for text in ("sleep", "loop", "fine")], fresh=True
    )
    assert [score.cause for score in scores] == ["timeout", "timeout", None]


def test_handler_timer_and_faulthandler_are_as_before() -> None:
    handler, enabled = signal.getsignal(signal.SIGALRM), faulthandler.is_enabled()
    run("hangs", "sleep", "fine")
    assert signal.getsignal(signal.SIGALRM) == handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert faulthandler.is_enabled() == enabled


def test_they_are_as_before_when_the_callback_raises() -> None:
    def raises(index: int, scores: tuple[Score, ...]) -> None:
        raise ValueError("the caller's own")

    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(ValueError, match="the caller's own"):
        run_inline(GRADERS["hangs"], [{"completion": "fine"}], raises)
    assert signal.getsignal(signal.SIGALRM) == handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_end_of_the_process_is_called_off() -> None:
    process = start(
        "Watch.end_seconds = 0.3", "graders['hangs'].score('fine')", "time.sleep(1)", "print('here still')"
    )
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "here still\n")


@pytest.fixture
def alarms() -> Iterator[list[int]]:
    """The caller uses SIGALRM: what its handler was called with."""
    seen: list[int] = []

    def handler(number: int, frame: FrameType | None) -> None:
        seen.append(number)

    before = signal.signal(signal.SIGALRM, handler)
    yield seen
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_a_handler_of_the_caller_s_is_left_alone(alarms: list[int]) -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with Watch(0.1) as watch:
        assert not watch.armed
        assert signal.getsignal(signal.SIGALRM) is handler
    assert run("hangs", "fine") == [Score(1.0)]
    signal.raise_signal(signal.SIGALRM)
    assert alarms == [signal.SIGALRM]


def test_a_running_timer_of_the_caller_s_is_left_alone() -> None:
    signal.setitimer(signal.ITIMER_REAL, 30)
    try:
        with Watch(0.1) as watch:
            assert not watch.armed
        assert 25 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_nothing_is_armed_in_another_thread() -> None:
    seen: list[object] = []

    def work() -> None:
        with Watch(0.1) as watch:
            seen.extend([watch.armed, signal.getitimer(signal.ITIMER_REAL)[0]])
        seen.extend(run("hangs", "fine"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert seen == [False, 0.0, Score(1.0)]


def test_nothing_happens_between_calls() -> None:
    with Watch(0.02) as watch:
        watch.at = 3
        watch.at = IDLE
        time.sleep(0.2)
    assert watch.where == ""


@pytest.mark.parametrize("timeout", [1e-9, 1e12, float("inf")])
def test_odd_time_outs_can_be_watched(timeout: float) -> None:
    with Watch(timeout) as watch:
        assert watch.armed
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0


def test_standard_error_of_this_process_may_be_a_text_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert [score.cause for score in run("hangs", "sleep", "fine")] == ["timeout", None]


def test_what_an_inner_grader_takes_too_long_for_is_the_outer_one_s_time_out() -> None:
    fine, hung = run("outer", "fine", "sleep")
    assert fine == Score(1.0)
    assert (hung.cause, hung.reason) == ("timeout", "no result within 0.6 s")
    assert "in outer" in hung.output


def test_a_grader_is_still_watched_after_it_has_used_another() -> None:
    first, second = run("outer", "fine, then sleep", "fine, then loop")
    assert (first.cause, second.cause) == ("timeout", "timeout")


def test_an_interrupt_is_the_caller_s() -> None:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR2, interrupt)
    threading.Timer(0.1, signal.raise_signal, [signal.SIGUSR2]).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run("hangs", "loop")
    finally:
        signal.signal(signal.SIGUSR2, before)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
