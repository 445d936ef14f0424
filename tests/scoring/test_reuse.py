from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewardkit import Item, Score, Scorer, Step, Unscored, partial_credit, reward, weighted
from rewardkit.calling import call
from rewardkit.grader import Grader
from rewardkit.scoring.cache import ScoreCache
from rewardkit.scoring.pool import OnScores
from rewardkit.scoring.reuse import Reuse
from rewardkit.scoring.score_file import Scores

Values = dict[str, Any]

SLOW = 0.0015  # seconds: clearly more than a look-up on disk costs


@reward(isolation="inline")
def cheap(completion: str, reference: str) -> bool:
    return completion == reference


@reward(isolation="inline")
def slow(completion: str, reference: str) -> float:
    time.sleep(SLOW)
    return 1.0 if completion == reference else len(completion) / 100


@reward(isolation="inline", cache=True)
def kept(completion: str, reference: str) -> Score:
    time.sleep(SLOW)
    return Score(float(completion == reference), reason=f"{completion!r} for {reference!r}")


@reward(isolation="inline", cache=True)
def failing(completion: str, reference: str) -> float:
    time.sleep(SLOW)
    if completion == "a":
        raise Unscored("no such reference")
    return {"b": 0.25, "": float("nan")}.get(completion, 0.5)


@partial_credit({"some": 0.1, "all": 1.0}, isolation="inline", cache=True)
def ladder(completion: str, reference: str) -> Iterator[Step]:
    time.sleep(SLOW)
    yield "some", len(completion) > 0
    yield "all", completion == reference


both = weighted((ladder, 0.5), (kept, 0.5))

PURE = [cheap, slow, kept, failing, ladder, both]


class Runner:
    """The plain way to grade: one call after the other, here. It counts what it was asked for."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self.asked: list[Values] = []

    def __call__(self, calls: Sequence[Values], on_scores: OnScores | None) -> list[Scores]:
        results = []
        for index, values in enumerate(calls):
            self.asked.append(values)
            results.append((call(self.grader, values),))
            if on_scores is not None:
                on_scores(index, results[-1])
        return results


def calls_of(*completions: str, reference: str = "aa") -> list[Values]:
    return [{"completion": completion, "reference": reference} for completion in completions]


def completions_of(runner: Runner) -> str:
    return "".join(values["completion"] for values in runner.asked)


def test_identical_calls_of_a_batch_are_graded_once() -> None:
    reuse, runner = Reuse(), Runner(slow)
    results = reuse.score(slow, calls_of(*"abacab"), runner)
    assert results == Runner(slow)(calls_of(*"abacab"), None)
    assert completions_of(runner) == "abc"
    assert (reuse.graded, reuse.reused) == (3, 3)


def test_calls_of_earlier_batches_come_from_memory() -> None:
    reuse, runner = Reuse(), Runner(slow)
    for batch in ("ab", "bc", "abc"):
        reuse.score(slow, calls_of(*batch), runner)
    assert completions_of(runner) == "abc"
    assert (reuse.graded, reuse.reused) == (3, 4)


def test_every_call_is_told_once_and_its_result_is_the_one_returned() -> None:
    reuse, told = Reuse(), []
    for batch in ("aba", "bcab"):
        told.clear()
        results = reuse.score(slow, calls_of(*batch), Runner(slow), lambda *told_now: told.append(told_now))
        assert sorted(told) == sorted(enumerate(results))


def test_only_cache_true_is_kept_for_later_processes(tmp_path: Path) -> None:
    for grader, expected in ((kept, ""), (slow, "ab")):
        path = tmp_path / f"{grader.name}.sqlite"
        for _ in range(2):  # each with a memory of its own, as a new process has
            with ScoreCache(path) as cache:
                runner = Runner(grader)
                results = Reuse(cache).score(grader, calls_of("a", "b"), runner)
        assert completions_of(runner) == expected
        assert results == Runner(grader)(calls_of("a", "b"), None)
        assert path.exists() is (grader is kept)


def test_another_grader_is_never_served_what_one_of_other_code_gave() -> None:
    def made(limit: int) -> Grader:
        @reward(isolation="inline")
        def short(completion: str) -> bool:
            time.sleep(SLOW)
            return len(completion) < limit

        return short

    reuse = Reuse()
    values = [
        reuse.score(g, [{"completion": "abc"}], Runner(g))[0][0].value for g in (made(2), made(9), made(2))
    ]
    assert values == [0.0, 1.0, 0.0]
    assert (reuse.graded, reuse.reused) == (2, 1)


def test_cache_false_grades_every_call() -> None:
    @reward(isolation="inline", cache=False)
    def never(completion: str) -> float:
        time.sleep(SLOW)
        return 1.0

    reuse, runner = Reuse(), Runner(never)
    for _ in range(2):
        reuse.score(never, [{"completion": "a"}] * 3, runner)
    assert (len(runner.asked), reuse.graded, reuse.reused) == (6, 6, 0)


@pytest.mark.parametrize(("wish", "graded"), [(None, 3), (True, 1), (False, 3)])
def test_an_async_grader_is_reused_only_when_its_author_says_so(wish: bool | None, graded: int) -> None:
    async def judged(completion: str) -> float:
        return 1.0

    grader = reward(isolation="inline", **({} if wish is None else {"cache": wish}))(judged)
    reuse = Reuse()
    reuse.score(grader, [{"completion": "a"}] * 3, Runner(grader))
    assert (reuse.graded, reuse.reused) == (graded, 3 - graded)


def test_a_grader_known_to_be_cheap_is_not_looked_up() -> None:
    assert graded_of_a_batch_of_64(seconds=10e-6) == [1, 64, 64, 64]
    assert graded_of_a_batch_of_64(seconds=30e-6) == [1, 1, 0, 0]  # the first may have been a cold start


def test_a_cold_start_does_not_make_a_cheap_grader_dear() -> None:
    assert graded_of_a_batch_of_64(seconds=10e-6, first=900e-6) == [1, 1, 64, 64]


def graded_of_a_batch_of_64(*, seconds: float, first: float | None = None) -> list[int]:
    """How many of 64 equal calls are graded, batch after batch, where by the clock a call takes so many seconds."""
    now = 0.0

    def run(calls: Sequence[Values], on_scores: OnScores | None) -> list[Scores]:
        nonlocal now, first
        now += first or len(calls) * seconds
        first = None
        return Runner(cheap)(calls, on_scores)

    reuse, graded = Reuse(clock=lambda: now), []
    for _ in range(4):
        before = reuse.graded
        reuse.score(cheap, calls_of(*"a" * 64), run)
        graded.append(reuse.graded - before)
    return graded


def test_what_failed_is_graded_again_in_the_next_batch_and_shared_within_one(tmp_path: Path) -> None:
    with ScoreCache(tmp_path / "scores.sqlite") as cache:
        reuse, runner = Reuse(cache), Runner(failing)
        first = reuse.score(failing, calls_of("a", "b", "a"), runner)
        second = reuse.score(failing, calls_of("a", "b"), runner)
    assert completions_of(runner) == "aba"
    assert first == [second[0], second[1], second[0]]
    assert second[0][0].cause == "bad_reference"


def test_a_call_that_has_no_key_is_graded_for_itself() -> None:
    reuse, runner = Reuse(), Runner(slow)
    odd = {"completion": "a", "reference": object()}
    results = reuse.score(slow, [odd, *calls_of("a"), odd, *calls_of("a")], runner)
    assert len(results) == 4
    assert (reuse.graded, reuse.reused) == (3, 1)


def test_the_results_of_a_group_are_kept_together(tmp_path: Path) -> None:
    def run(calls: Sequence[Values], on_scores: OnScores | None) -> list[Scores]:
        results = []
        for index, values in enumerate(calls):
            each = ({"completion": text, "reference": values["reference"]} for text in values["completions"])
            results.append(tuple(call(kept, one) for one in each))
            assert on_scores is not None
            on_scores(index, results[-1])
        return results

    groups = [{"completions": ["aa", "b"], "reference": "aa"}, {"completions": ["aab"], "reference": "aa"}]
    found = []
    for _ in range(2):
        with ScoreCache(tmp_path / "scores.sqlite") as cache:
            reuse = Reuse(cache)
            found.append(reuse.score(kept, [*groups, groups[0]], run))
    assert found[0] == found[1]
    assert [[score.value for score in scores] for scores in found[0]] == [[1.0, 0.0], [0.0], [1.0, 0.0]]
    assert (reuse.graded, reuse.reused) == (0, 3)


def test_what_a_stopped_run_has_graded_is_kept(tmp_path: Path) -> None:
    runner = Runner(kept)

    def stop_at_100(index: int, scores: Scores) -> None:
        if index == 100:
            raise KeyboardInterrupt

    batch = calls_of(*map(str, range(150)))
    with ScoreCache(tmp_path / "scores.sqlite") as cache, pytest.raises(KeyboardInterrupt):
        Reuse(cache).score(kept, batch, runner, stop_at_100)
    with ScoreCache(tmp_path / "scores.sqlite") as cache:
        reuse = Reuse(cache)
        assert reuse.score(kept, batch, runner) == Runner(kept)(batch, None)
    assert (reuse.graded, reuse.reused) == (49, 101)


KILLED = """
import os, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_reuse import Runner, calls_of, kept
from rewardkit.scoring.cache import ScoreCache
from rewardkit.scoring.reuse import Reuse

def listen(index, scores):
    time.sleep(0.6)
    if index == 4:
        os.kill(os.getpid(), 9)

Reuse(ScoreCache(Path(sys.argv[1]))).score(kept, calls_of(*"abcdefgh"), Runner(kept), listen)
"""


@pytest.mark.slow
def test_what_a_killed_process_has_graded_is_kept_but_for_its_last_second(tmp_path: Path) -> None:
    path = tmp_path / "scores.sqlite"
    script = KILLED.format(tests=str(Path(__file__).parent))
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (-signal.SIGKILL, "")
    with ScoreCache(path) as cache:
        runner = Runner(kept)
        Reuse(cache).score(kept, calls_of(*"abcdefgh"), runner)
    assert completions_of(runner) in ("defgh", "efgh", "fgh")


def test_an_empty_batch_asks_for_nothing() -> None:
    reuse = Reuse()
    for grader in (slow, cheap):
        assert reuse.score(grader, [], Runner(grader)) == []
    assert (reuse.graded, reuse.reused) == (0, 0)


BATCHES = st.lists(st.lists(st.sampled_from(["", "a", "b", "aa", "\ud800", "a\0"]), max_size=8), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PURE), BATCHES, st.booleans())
def test_reuse_changes_no_result_of_a_pure_grader_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, grader: Grader, batches: list[list[str]], on_disk: bool
) -> None:
    path = tmp_path_factory.mktemp("cache") / "scores.sqlite" if on_disk else None
    reuse = Reuse(ScoreCache(path, most=3))
    plain = Runner(grader)
    for batch in batches:
        told: Counter[int] = Counter()
        calls = calls_of(*batch)
        results = reuse.score(grader, calls, Runner(grader), lambda index, _, told=told: told.update([index]))  # type: ignore[misc]
        assert results == plain(calls, None)
        assert told == Counter(range(len(batch)))
    assert reuse.graded + reuse.reused == len(plain.asked)
    reuse.cache.close()


def test_threads_get_their_own_results(tmp_path: Path) -> None:
    results: dict[int, list[Scores]] = {}
    batches = {number: calls_of(*(str((number + n) % 7) for n in range(40))) for number in range(4)}
    with ScoreCache(tmp_path / "scores.sqlite") as cache:
        reuse = Reuse(cache)

        def work(number: int) -> None:
            results[number] = reuse.score(kept, batches[number], Runner(kept))

        threads = [threading.Thread(target=work, args=(number,)) for number in batches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {number: Runner(kept)(calls, None) for number, calls in batches.items()}
    assert reuse.graded + reuse.reused == 160


@reward(isolation="inline", files=("folder",))
def on_folder(completion: str, sample: dict[str, Any]) -> bool:
    time.sleep(SLOW)
    return any(completion in file.read_text() for file in Path(sample["folder"]).iterdir())


def test_a_file_below_a_declared_folder_that_changes_is_seen_by_a_scorer_that_stays(tmp_path: Path) -> None:
    values, reused = [], []
    with Scorer() as scorer:
        for text in ("Ann", "Ann", "Bob"):
            (tmp_path / "people.csv").write_text(text)
            values.append(scorer.score(on_folder, [Item("Ann", {"folder": str(tmp_path)})] * 2)[0].value)
            reused.append(scorer.reused)
    assert (values, reused) == ([1, 1, 0], [1, 3, 4])
