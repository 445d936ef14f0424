from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit import Component, Item, Score, Scorer, collect, reward, score
from rewardkit.errors import ConfigError, DataError, GraderError
from rewardkit.samples import Sample
from rewardkit.scoring import item_of
from rewardkit.scoring.items import seed_of, values_for

FIXTURE = Path(__file__).parent / "hostile_graders.py"
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=2) as shared:
        yield shared


def run(scorer: Scorer, name: str, *completions: str) -> list[Score]:
    return scorer.score(GRADERS[name], [Item(completion, {}) for completion in completions])


@pytest.mark.parametrize(
    ("completion", "cause", "reason"),
    [
        ("raise", "error", "ValueError: on purpose (tests/scoring/hostile_graders.py:"),
        ("exit", "error", "SystemExit: 2"),
        ("nan", "invalid", "returned nan"),
        ("over", "invalid", "returned 1.2, outside its range 0 to 1"),
        ("loop", "timeout", "no result within 0.5 s"),
        ("c loop", "timeout", "no result within 0.5 s"),
        ("sleep", "timeout", "no result within 0.5 s"),
        ("swallow", "timeout", "no result within 0.5 s"),
        ("os exit", "died", "exit code 7"),
        ("segfault", "died", "signal SIGSEGV"),
        ("kill", "died", "signal SIGKILL"),
        ("close", "died", ""),
        ("close and stay", "died", "it closed the pipe of its worker process"),
        ("forge start", "died", "it wrote into the pipe"),
        ("forge nonsense", "died", "it wrote into the pipe"),
        ("forge refusal", "died", "it wrote into the pipe"),
        ("memory", "memory", "ran out of memory"),
    ],
)
def test_a_hostile_item_costs_itself_only(scorer: Scorer, completion: str, cause: str, reason: str) -> None:
    before, bad, after = run(scorer, "hostile", "fine", completion, "fine")
    assert before == after == Score(0.5)
    assert (bad.value, bad.cause) == (None, cause)
    # Who writes into every descriptor may reach the lifeline before the pipe, as their numbers fall: it ends the process at once.
    assert reason in bad.reason or (completion.startswith("forge") and "signal SIGKILL" in bad.reason)


def test_many_hostile_items_at_once_keep_every_other_result(scorer: Scorer) -> None:
    completions = ["loop", "fine", "os exit", "fine", "fine", "sleep", "nan", "fine", "segfault"] + [
        "fine"
    ] * 40
    scores = run(scorer, "hostile", *completions)
    assert len(scores) == len(completions)
    assert [s.value for s, c in zip(scores, completions, strict=True) if c == "fine"] == [0.5] * 44
    assert all(s.value is None for s, c in zip(scores, completions, strict=True) if c != "fine")


def test_a_killed_completion_keeps_the_level_it_reached(scorer: Scorer) -> None:
    fine, hung, died = run(scorer, "climber", "fine", "loop", "os exit")
    assert fine.value == 1.0
    assert (hung.value, hung.cause) == (pytest.approx(0.3), "timeout")
    assert (died.value, died.cause) == (pytest.approx(0.3), "died")
    assert [c.value for c in hung.components] == [1.0, 0.5, 0.0]


def test_a_reward_that_runs_completions_gives_its_lowest_score(scorer: Scorer) -> None:
    (hung,) = run(scorer, "runner", "loop")
    assert (hung.value, hung.cause) == (-1.0, "timeout")


@pytest.mark.parametrize("reference", ["os exit", "memory", "segfault"])
def test_a_fault_while_the_reference_is_prepared_is_not_the_answer_s(scorer: Scorer, reference: str) -> None:
    (score,) = scorer.score(GRADERS["prepares"], [Item("fine", {"reference": reference})])
    assert score.value is None


def test_preparing_the_reference_does_not_use_up_the_completion_s_time(scorer: Scorer) -> None:
    slow, hung = scorer.score(
        GRADERS["prepares"], [Item("fine", {"reference": "slow"}), Item("loop", {"reference": "fine"})]
    )
    assert slow.value == 1.0
    assert (hung.value, hung.cause) == (0.0, "timeout")


def test_in_a_combination_only_the_part_that_runs_completions_blames_the_answer(scorer: Scorer) -> None:
    fine, hung = run(scorer, "mixed", "fine", "loop")
    assert fine.value == pytest.approx(0.95)
    assert (hung.value, hung.cause) == (None, "timeout")


def test_a_score_of_other_number_types_is_made_plain(scorer: Scorer) -> None:
    odd, broken, fine = run(scorer, "odd_score", "numpy", "nan", "fine")
    assert odd == fine == Score(0.5, (Component("part", 0.25),))
    assert broken.cause == "invalid"


def test_the_children_of_a_killed_grader_are_killed_too(scorer: Scorer, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    scorer.score(GRADERS["parent"], [Item(str(note), {})])
    child = int(note.read_text())
    deadline = time.monotonic() + 5
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(child)


def test_an_async_grader_runs_in_a_worker(scorer: Scorer) -> None:
    assert run(scorer, "later", "abc", "") == [Score(1.0), Score(0.0)]


def test_results_do_not_depend_on_the_number_of_workers() -> None:
    items = [Item("x" * n, {}) for n in range(200)]
    results = [score(GRADERS["lengthy"], items, workers=workers) for workers in (1, 2, 7)]
    assert results[0] == results[1] == results[2]
    assert [s.value for s in results[0]] == [n / 200 for n in range(200)]


def test_scores_are_reported_as_they_are_known(scorer: Scorer) -> None:
    heard: dict[int, Score] = {}
    items = [Item("x" * n, {}) for n in range(30)]
    scores = scorer.score(GRADERS["lengthy"], items, on_score=heard.__setitem__)
    assert [heard[index] for index in range(30)] == scores


def test_an_error_in_the_caller_s_callback_is_the_caller_s(scorer: Scorer) -> None:
    def on_score(index: int, score: Score) -> None:
        raise ValueError("the caller's own")

    with pytest.raises(ValueError, match="the caller's own"):
        scorer.score(GRADERS["lengthy"], [Item("x", {})], on_score=on_score)
    assert run(scorer, "lengthy", "x" * 100) == [Score(0.5)]


def test_no_items_need_no_worker() -> None:
    assert score(GRADERS["hostile"], []) == []


def test_a_grader_that_prints_does_not_disturb_the_results(scorer: Scorer) -> None:
    assert run(scorer, "printer", "a", "b") == [Score(1.0), Score(1.0)]


def test_what_a_grader_prints_does_not_pile_up(scorer: Scorer) -> None:
    for _ in range(5):
        run(scorer, "printer", *["x"] * 200)
    assert all(os.fstat(w.output.fileno()).st_size < 3_000_000 for w in scorer._pool._workers)


def test_a_value_that_cannot_cross_is_named(scorer: Scorer) -> None:
    with pytest.raises(DataError, match="cannot be sent to a worker process"):
        scorer.score(GRADERS["prepares"], [Item("x", {"reference": lambda: None})])


def test_a_worker_that_somebody_kills_between_batches_is_replaced() -> None:
    with Scorer(workers=2) as scorer:
        assert run(scorer, "lengthy", *["x"] * 50)
        for worker in scorer._pool._workers:
            os.kill(worker.process.pid, signal.SIGKILL)
        assert [s.value for s in run(scorer, "lengthy", *["xx"] * 50)] == [0.01] * 50


def test_workers_that_somebody_kills_at_random_moments_cost_at_most_the_item_they_were_on() -> None:
    with Scorer(workers=2) as scorer:
        chance = random.Random(0)

        def kill_some(index: int, score: Score) -> None:
            if chance.random() < 0.02:
                os.kill(chance.choice(scorer._pool._workers).process.pid, signal.SIGKILL)

        items = [Item("x" * n, {}) for n in range(200)]
        scores = scorer.score(GRADERS["lengthy"], items, on_score=kill_some)
    lost = [s for s in scores if s.value is None]
    assert {s.cause for s in lost} <= {"died"}
    assert len(lost) <= 10
    assert all(s.value == n / 200 for n, s in enumerate(scores) if s.value is not None)


def test_large_completions_cross(scorer: Scorer) -> None:
    (result,) = scorer.score(GRADERS["count"], [Item("x" * 30_000_000, {})])
    assert result.reason == "30000000"


def test_lone_surrogates_cross_in_both_directions(scorer: Scorer) -> None:
    (result,) = scorer.score(GRADERS["echo"], [Item("\ud800 \x00", {})])
    assert result.reason == "\ud800 \x00"


def test_a_grader_that_runs_completions_goes_to_a_worker_when_scored_directly() -> None:
    assert GRADERS["climber"].score("os exit").cause == "died"


def test_a_local_grader_that_runs_completions_is_refused() -> None:
    @reward(runs_completion=True)
    def local(completion: str) -> bool:
        return True

    with pytest.raises(GraderError, match="must be in a file that a worker process can load"):
        score(local, [Item("x", {})])


def test_a_file_that_changed_since_it_was_loaded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "changing.py"
    path.write_text("from rewardkit import reward\n@reward\ndef g(completion): return 1\n")
    (grader,) = collect([str(path)])
    path.write_text("from rewardkit import reward\n@reward\ndef g(completion): return 0\n")
    with pytest.raises(GraderError, match="changed since it was loaded"):
        score(grader, [Item("x", {})])


def test_a_grader_that_only_loads_in_the_parent_is_an_error_not_a_hang(tmp_path: Path) -> None:
    path = tmp_path / "picky.py"
    path.write_text(
        "import os, sys\nfrom rewardkit import reward\nif 'worker_main' in ' '.join(sys.orig_argv): os._exit(9)\n@reward\ndef g(completion): return 1\n"
    )
    (grader,) = collect([str(path)])
    with pytest.raises(
        GraderError, match="did not get as far as the first completion: its process ended with exit code 9"
    ):
        score(grader, [Item("x", {})])


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from rewardkit import collect, Item, Scorer\n"
        f"grader = collect([{str(FIXTURE)!r}])[0]\n"
        "scorer = Scorer(workers=1)\n"
        "scorer.score(grader, [Item('fine', {})])\n"
        "print(scorer._pool._workers[0].process.pid, flush=True)\n"
        "scorer.score(grader, [Item('c loop', {})])\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 5
    while _alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(worker)


def test_zero_workers_are_refused() -> None:
    with pytest.raises(ConfigError, match="workers=0 must be 1 or more"):
        Scorer(workers=0)


def test_a_grader_gets_what_it_asks_for_and_nothing_else() -> None:
    @reward
    def asks(
        completion: str,
        prompt: str,
        sample: dict[str, object],
        seed: int,
        messages: list[object],
        extra: int = 3,
    ) -> bool:
        return True

    sample = Sample("s1", "Hi", {"reference": "r", "other": 1})
    values = values_for(asks, item_of(sample, "Hello", seed=5))
    assert values == {
        "completion": "Hello",
        "prompt": "Hi",
        "seed": 5,
        "sample": {"id": "s1", "prompt": "Hi", "reference": "r", "other": 1},
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}],
    }


def test_seeds_depend_on_identity_alone() -> None:
    assert seed_of(0, "a", 1) == seed_of(0, "a", 1)
    assert (
        len({seed_of(run, sample, repeat) for run in range(3) for sample in "ab" for repeat in range(3)})
        == 18
    )
    assert all(0 <= seed_of(n) < 2**31 for n in range(1000))


def test_inline_async_graders_wait_together_and_time_out_alone() -> None:
    import asyncio

    @reward(isolation="inline", timeout=0.2)
    async def waits(completion: str) -> float:
        await asyncio.sleep(60 if completion == "slow" else 0.01)
        return 1.0

    slow, fast = score(waits, [Item("slow", {}), Item("fast", {})])
    assert (slow.cause, fast.value) == ("timeout", 1.0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.is_file() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")
