"""Two processes that stay together: what fails on one is raised on both, and nobody waits for one that is gone."""

from __future__ import annotations

import json

import pytest
from several_processes import ended, start

from rewardkit.errors import ConfigError
from rewardkit.trainer.ranks import Ranks

SCRIPT = """
import json, os, signal, time
from rewardkit.errors import ConfigError, GraderError, GuardStop
from rewardkit.trainer.ranks import joined, said_by_first

said = {}

def note(name, work):
    began = time.monotonic()
    try:
        said[name] = work()
    except Exception as error:
        said[name] = f"{type(error).__name__}: {error}" + (" (said by rank 0)" if said_by_first(error) else "")
    said[f"seconds of {name}"] = time.monotonic() - began

def failing(on, error):
    def work():
        if ranks.rank in on:
            raise error
    return work

with joined(timeout=3) as ranks:
    note("collected", lambda: ranks.collect(lambda: ranks.rank * 10))
    note("first", lambda: ranks.first(lambda: ranks.rank + 5))
    note("together", lambda: ranks.together(lambda: ranks.rank))
    note("grader", lambda: ranks.together(failing([1], GraderError("no such file", where="graders.py:3"))))
    note("guard", lambda: ranks.first(failing([0], GuardStop("stopped"))))
    note("bug", lambda: ranks.together(failing([1], KeyError("x"))))
    note("both", lambda: ranks.collect(failing([0, 1], ConfigError(f"on {ranks.rank}"))))
    note("after", lambda: ranks.collect(lambda: "still together"))
    if ranks.rank == 1:
        print(json.dumps(said), flush=True)
        time.sleep(6)
    else:
        note("hung", lambda: ranks.collect(lambda: 1, in_step=True))
    if ranks.rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    note("killed", ranks.wait)
    print(json.dumps(said), flush=True)
    os._exit(3)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """What two processes met with, by rank."""
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("ranks")
    (folder / "script.py").write_text(SCRIPT)
    both = ended(start(2, ["script.py"], folder))
    assert [one.code for one in both] == [3, -9], [one.err for one in both]
    return [json.loads(one.out) for one in both]


def test_alone_everything_is_a_plain_call() -> None:
    ranks, error = Ranks(), ConfigError("wrong")

    def fail() -> None:
        raise error

    assert ranks.leads
    assert (ranks.together(lambda: 1), ranks.first(lambda: 2), ranks.collect(lambda: 3)) == (1, 2, [3])
    with pytest.raises(ConfigError) as caught:
        ranks.together(fail)
    assert caught.value is error


@pytest.mark.slow
def test_results_come_in_the_order_of_ranks_and_rank_0_decides(said: list[dict[str, object]]) -> None:
    assert [(one["collected"], one["first"], one["together"]) for one in said] == [
        ([0, 10], 5, 0),
        ([0, 10], 5, 1),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "first", "second"),
    [
        (
            "grader",
            "GraderError: rank 1: graders.py:3: no such file",
            "GraderError: graders.py:3: no such file",
        ),
        ("guard", "GuardStop: stopped", "GuardStop: rank 0: stopped"),
        ("bug", "RewardkitError: rank 1 failed, see its traceback: KeyError: 'x'", "KeyError: 'x'"),
        ("both", "ConfigError: on 0", "ConfigError: on 1"),
    ],
)
def test_what_fails_on_one_process_is_raised_on_both(
    said: list[dict[str, object]], what: str, first: str, second: str
) -> None:
    assert [one[what] for one in said] == [f"{first} (said by rank 0)", f"{second} (said by rank 0)"]
    assert [one["after"] for one in said] == [["still together"] * 2] * 2


@pytest.mark.slow
def test_in_a_step_nobody_waits_longer_than_ddp_timeout(said: list[dict[str, object]]) -> None:
    assert str(said[0]["hung"]).startswith(
        "GuardStop: another process of this training has ended or does not answer"
    )
    assert 2 < float(str(said[0]["seconds of hung"])) < 5.5


@pytest.mark.slow
def test_a_process_that_is_killed_is_missed_at_once(said: list[dict[str, object]]) -> None:
    # between stages the patience is a day
    assert "(seen by rank 0 of 2); what it printed says why" in str(said[0]["killed"])
    assert float(str(said[0]["seconds of killed"])) < 60
