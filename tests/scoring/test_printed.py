"""What a grader printed goes with the completion that failed, and with no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit import Item, Score, Scorer, collect

FIXTURE = Path(__file__).with_name("fault_graders.py")
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=1) as shared:
        yield shared


def run(scorer: Scorer, name: str, *completions: str) -> list[Score]:
    return scorer.score(GRADERS[name], [Item(completion, {}) for completion in completions], fresh=True)


def line_of(text: str) -> str:
    """How a stack names the first line of the graders' file that has this text."""
    number = FIXTURE.read_text().splitlines().index(text) + 1
    return f'fault_graders.py", line {number}'


@pytest.mark.parametrize(
    "how", ["prints", "complains", "writes_bytes", "prints_in_c", "lets_a_child_print", "prints_pages"]
)
@pytest.mark.parametrize("then", ["raises", "exits", "returns_a_set"])
def test_what_a_failing_completion_printed_is_in_its_output(scorer: Scorer, how: str, then: str) -> None:
    before, failed, after = run(
        scorer,
        "talker",
        f"{how} before, then fine 1",
        f"{how} during, then {then}",
        f"{how} after, then fine 2",
    )
    assert "during" in failed.output
    assert "before" not in failed.output
    assert "after" not in failed.output
    assert (before, after) == (Score(0.001), Score(0.002))
    assert before.output == after.output == ""


def test_each_of_several_failures_has_its_own_output(scorer: Scorer) -> None:
    scores = run(scorer, "talker", *(f"prints_in_c number-{n}-, then raises" for n in range(50)))
    for n, score in enumerate(scores):
        assert [m for m in range(50) if f"number-{m}-" in score.output] == [n]


def test_an_error_shows_its_traceback_without_our_own_lines(scorer: Scorer) -> None:
    (score,) = run(scorer, "hasty", "raises")
    assert line_of('    raise ValueError("on purpose")') in score.output
    assert score.output.endswith("ValueError: on purpose")
    assert "calling.py" not in score.output


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("loops_in_c", "    sum(itertools.repeat(0))"),
        ("backtracks", '    re.match(r"(a+)+$", "a" * 60 + "b")'),
        ("sleeps", "    time.sleep(3600)"),
        ("waits_for_a_child", '    subprocess.run(["sleep", "3600"])'),
        ("waits_for_a_lock", "    lock.acquire()"),
        ("segfaults", "    ctypes.string_at(0)"),
        ("aborts", "    os.abort()"),
    ],
)
def test_a_hang_or_a_crash_names_its_line(scorer: Scorer, fault: str, line: str) -> None:
    (score,) = run(scorer, "hasty", fault)
    assert line_of(line) in score.output
    assert "worker_main" not in score.output


def test_an_endless_loop_names_one_of_its_lines(scorer: Scorer) -> None:
    (score,) = run(scorer, "hasty", "loops")
    head = FIXTURE.read_text().splitlines().index("    while True:") + 1
    assert any(f'fault_graders.py", line {line} in loops' in score.output for line in (head, head + 1))


def test_a_hang_that_hears_no_signal_still_shows_what_it_printed(scorer: Scorer) -> None:
    (score,) = run(scorer, "talker", "prints hello, then deaf_to_signals")
    assert (score.cause, score.output) == ("timeout", "hello")


def test_an_answer_s_fault_has_a_value_and_an_output(scorer: Scorer) -> None:
    (score,) = run(scorer, "hasty_ladder", "loops_in_c")
    assert score.value == pytest.approx(0.3)
    assert line_of("    sum(itertools.repeat(0))") in score.output


def test_output_does_not_count_in_comparisons() -> None:
    assert Score.unscored("died", "why", output="one") == Score.unscored("died", "why", output="two")


def test_the_end_of_long_output_is_kept(scorer: Scorer) -> None:
    (score,) = run(scorer, "talker", "prints_pages text, then exits")
    assert len(score.output) <= 4000
    assert score.output.endswith("page 1999 of text")


def test_much_output_is_emptied() -> None:
    with Scorer(workers=1) as scorer:
        first, second = run(scorer, "patient", "prints_much", "fine 2")
        assert (first, second) == (Score(0.5), Score(0.002))
        (worker,) = scorer._pool._workers
        run(scorer, "patient", "fine 3")
        assert os.fstat(worker.output.fileno()).st_size == 0
        assert run(scorer, "patient", "raises")[0].output.endswith("ValueError: on purpose")


def test_a_file_that_the_author_s_code_put_in_the_place_of_standard_output_is_left_alone(
    tmp_path: Path,
) -> None:
    log = tmp_path / "own.log"
    with Scorer(workers=1) as scorer:
        for number in range(3):
            run(scorer, "talker", f"redirects_and_prints {log}, then fine {number}")
    assert log.stat().st_size == 3 * 2 * 1024 * 1024
