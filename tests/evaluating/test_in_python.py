"""`evaluate` from Python: the same run as the verb writes, with functions, rows and graders that are in memory."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from writing import WriteFile

from rewardkit import Run, Sample, evaluate, reward
from rewardkit.chat_server import ChatServer, say
from rewardkit.errors import ConfigError, DataError, GraderError, GuardStop
from rewardkit.runs import read_results

ROWS = [{"prompt": f"Guess {n}", "reference": str(n % 2), "kind": f"k{n % 2}"} for n in range(12)]


@reward(isolation="inline")
def same(completion: str, reference: str) -> bool:
    return completion == reference


def right(prompt: str) -> str:
    return str(int(prompt.split()[-1]) % 2)


def zero(prompt: str) -> str:
    return "0"


@pytest.fixture(autouse=True)
def _here(write: WriteFile) -> None:
    """Every test in a folder of its own."""


def test_a_function_rows_and_a_grader_make_a_run() -> None:
    run = evaluate(right, ROWS, same, k=2, name="mine")
    assert isinstance(run, Run)
    assert run.path == Path("runs/mine")
    assert [(row.name, row.metric, row.mean, row.k) for row in run.summary.stages] == [
        ("right", "solved", 1.0, 2),
        ("right", "score", 1.0, 2),
    ]
    assert run.report.is_file()


def test_a_list_of_models_is_compared() -> None:
    run = evaluate([zero, right], ROWS, [same], temperature=0)
    (row,) = [row for row in run.summary.comparisons if row.metric == "solved"]
    assert (row.a, row.b, row.difference) == ("zero", "right", 0.5)


def test_a_grader_of_a_function_body_runs_here() -> None:
    @reward
    def ends(completion: str) -> bool:
        return completion.endswith("0")

    assert evaluate(zero, ROWS, ends, temperature=0).summary.stages[0].mean == 1.0


def test_the_same_call_again_asks_the_model_nothing() -> None:
    calls = []

    def counted(prompt: str) -> str:
        calls.append(prompt)
        return "0"

    first = evaluate(counted, ROWS, same, temperature=0)
    again = evaluate(counted, ROWS, same, temperature=0)
    assert (first.path, len(calls)) == (again.path, 12)


def test_what_was_stopped_goes_on_with_the_same_call() -> None:
    broken = True

    def flaky(prompt: str) -> str:
        if broken and prompt == "Guess 7":
            raise ValueError("not yet")
        return "0"

    with pytest.raises(GuardStop, match=r"ValueError: not yet \(.*test_in_python.py:\d+\)"):
        evaluate(flaky, ROWS, same, temperature=0, batch_size=4)
    broken = False
    run = evaluate(flaky, ROWS, same, temperature=0, batch_size=4)
    assert len(read_results(run.path)) == 12


def test_files_and_samples_do_too(write: WriteFile) -> None:
    graders = write(
        "graders.py", "from rewardkit import reward\n@reward\ndef any_(completion): return True\n"
    )
    samples = [Sample("a", "Guess 1", {}), Sample("b", "Guess 2", {})]
    run = evaluate(right, samples, graders, temperature=0)
    assert [row.sample for row in read_results(run.path)] == ["a", "b"]


def test_slices_and_progress_are_told() -> None:
    heard: list[tuple[str, int, int]] = []
    run = evaluate(
        right, ROWS, same, temperature=0, slices=["kind"], on_progress=lambda *told: heard.append(told)
    )
    assert {row.slice for row in run.summary.stages} == {None, "kind = k0", "kind = k1"}
    assert (heard[0], heard[-1]) == (("right", 0, 12), ("right", 12, 12))


def test_an_endpoint_answers_while_a_notebooks_event_loop_runs() -> None:
    async def cell(url: str) -> Run:
        return evaluate(f"openai:m@{url}", ROWS, same, temperature=0)

    with ChatServer(lambda request: say("0")) as server:
        run = asyncio.run(cell(server.url))
    assert run.summary.stages[0].mean == 0.5


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((right, [{"reference": "1"}], same), DataError, r"data\[0\]: no prompt for the model"),
        ((right, [], same), DataError, "there are no samples"),
        (([], ROWS, same), ConfigError, "needs a model"),
        ((right, ROWS, []), GraderError, "needs a grader"),
        ((right, ROWS, [len]), GraderError, "a grader is a file, file.py:name or a function under @reward"),
        ((lambda text: text, ROWS, same), ConfigError, "asks for 'text'; available, by name: prompt"),
        ((right, [{"id": 1, "prompt": "a"}] * 2, same), DataError, "ids must be unique"),
        ((42, ROWS, same), ConfigError, "a model is a text that names one, or a function; got 42"),
    ],
)
def test_wrong_arguments_are_errors_before_anything_runs(
    arguments: tuple[Any, Any, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        evaluate(*arguments)
    assert not Path("runs").exists()
