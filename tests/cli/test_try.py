"""`rewardkit try`, as a user runs it: base and trained answers side by side."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from training_projects import GRADERS, RUN, project, read, rows

from rewardkit.errors import ConfigError
from rewardkit.evaluating.models import Sampling, open_model
from rewardkit.scoring.items import seed_of
from rewardkit.trainer import run

LORA = (
    RUN.replace("max_steps = 6", "max_steps = 2")
    .replace("[eval]", '[eval]\ngraders = ["graders.py:ends"]\n')
    .replace("learning_rate = 1e-3\nnum_train_epochs = 2", "learning_rate = 3e-2\nnum_train_epochs = 20")
    + "\n[lora]\nr = 4\n"
)
TWO = (
    GRADERS
    + """

@reward
def ends(completion: str, ending: str) -> bool:
    return completion.endswith(ending)
"""
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """A project with a finished run of all weights, runs/letters."""
    path = project(tmp_path_factory.mktemp("try"), model, run=RUN, graders=GRADERS)
    run(path, untested=True, runs_dir=path.parent / "runs")
    return path.parent


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home


def answered(*args: object) -> Any:
    return rewardkit("try", "letters", *args, "--json").json()


def test_help_has_an_example_and_loads_no_torch() -> None:
    script = (
        "import sys; from rewardkit.cli import main\n"
        "try: main(['try', '--help'])\nexcept SystemExit: pass\nassert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "rewardkit try runs/demo --sample h10" in done.stdout


@pytest.mark.slow
def test_a_sample_of_the_run_is_answered_by_both_and_graded_with_its_columns(here: Path) -> None:
    said = answered("--sample", "h10")
    base, tuned = said["sides"]
    assert (said["prompt"], base["stage"], tuned["stage"]) == ("say 10", "base", "rft")
    [[before], [after]] = [side["answers"] for side in (base, tuned)]
    assert after["scores"][0]["grader"] == "letters"
    assert after["scores"][0]["value"] > before["scores"][0]["value"]
    assert said["not_run"] == {}


@pytest.mark.slow
def test_the_answers_are_those_of_the_runs_own_evaluation(here: Path) -> None:
    results = read(here / "runs" / "letters" / "results.jsonl")
    kept = {
        row["stage"]: row["completion"]
        for row in results
        if row["sample"] == "h10" and row["decoding"] == "greedy"
    }
    said = answered("--sample", "h10")
    assert {side["stage"]: side["answers"][0]["text"] for side in said["sides"]} == {
        stage: kept[stage] for stage in ("base", "rft")
    }


@pytest.mark.slow
def test_a_grader_that_lacks_a_column_is_named_and_not_run(here: Path) -> None:
    ran = rewardkit("try", "letters", "--prompt", "say 99")
    assert ran.code == 0
    assert "not run: letters, which asks for 'letter'; --column letter=VALUE gives what it lacks" in ran.out
    assert "letters 0." not in ran.out


@pytest.mark.slow
def test_a_column_that_is_given_is_graded_with(here: Path) -> None:
    a, b = (
        answered("--prompt", "say 99", "--column", f"letter={letter}")["sides"][1]["answers"][0]["scores"][0][
            "value"
        ]
        for letter in "ab"
    )
    assert a > b


@pytest.mark.slow
def test_several_answers_are_sampled_and_the_same_again(here: Path) -> None:
    first, again = (answered("--sample", "t1", "--n", "3") for _ in range(2))
    assert [len(side["answers"]) for side in first["sides"]] == [3, 3]
    assert len({answer["text"] for side in first["sides"] for answer in side["answers"]}) > 1
    assert first == again
    assert first["temperature"] == 1.0


@pytest.mark.slow
def test_lines_of_standard_input_are_prompts_and_a_wrong_one_ends_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "say 3\n\n/column letter=a\nsay 4\n/sample h99\n/column letter\n/sample h11\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    ran = rewardkit("try", "letters")
    assert [line for line in ran.out.splitlines() if line.startswith("prompt")] == [
        "prompt     say 3",
        "prompt     say 4",
        "prompt     say 11",
    ]
    assert ran.out.count("not run: letters") == 1
    assert "error: no sample 'h99' in the files of this run. Did you mean 'h19'?" in ran.err
    assert "error: --column letter: write NAME=VALUE, or NAME:=JSON" in ran.err


@pytest.mark.slow
def test_a_terminal_is_asked_for_prompts_until_control_d(here: Path) -> None:
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "rewardkit", "try", "letters"]
    process = subprocess.Popen(
        command, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}
    )
    os.write(keyboard, b"say 7\n\x04")
    out, err = process.communicate(timeout=120)
    os.close(keyboard)
    os.close(terminal)
    assert process.returncode == 0, err
    assert "prompt     say 7" in out.decode()
    assert "After RFT" in out.decode()


@pytest.mark.slow
def test_an_adapter_is_switched_off_for_the_base_and_graders_of_the_evaluations_score_too(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project(tmp_path, model, run=LORA, graders=TWO)
    for name in ("heldout", "validation"):
        file = tmp_path / f"{name}.jsonl"
        rows(file, [{**row, "ending": "a"} for row in read(file)])
    monkeypatch.chdir(tmp_path)
    run(path, untested=True, runs_dir="runs")
    seeds = [seed_of(0, "try", 1, place) for place in range(4)]
    alone, adapted = (
        [one.text for one in open_model(folder).generate(["say 10"] * 4, Sampling(8, 1.0), seeds)]
        for folder in ("model", "runs/letters/checkpoints/final")
    )
    base, tuned = answered("--sample", "h10", "--n", "4")["sides"]
    assert alone != adapted
    assert [[one["text"] for one in side["answers"]] for side in (base, tuned)] == [alone, adapted]
    assert [score["grader"] for score in base["answers"][0]["scores"]] == ["letters", "ends"]
    assert answered("--sample", "t1")["not_run"] == {"ends": ["ending"]}


@pytest.mark.slow
def test_a_grader_that_has_changed_since_is_warned_of(here: Path) -> None:
    file = here / "graders.py"
    before = file.read_text()
    try:
        file.write_text(before.replace("max(len(completion), 1)", "max(len(completion), 2)"))
        command = [sys.executable, "-m", "rewardkit", "try", "letters", "--sample", "h10"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        file.write_text(before)
    assert "has changed since the training" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--prompt", "a", "--sample", "b"], "--prompt and --sample: one prompt at a time"),
        (["--json"], "--json answers one prompt"),
        (["--prompt", "a", "--greedy", "--temperature", "1"], "--greedy and --temperature 1"),
        (["--prompt", "a", "--greedy", "--n", "2"], "greedy answers are all the same"),
        (["--prompt", "a", "--column", "rows:=[1"], "--column rows:=[1: not valid JSON"),
        (["--sample", "zz"], "no sample 'zz' in the files of this run"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], told: str, here: Path) -> None:
    ran = rewardkit("try", "letters", *arguments)
    assert (ran.code, told in ran.err) == (2, True)


def test_a_column_is_text_unless_it_is_marked_as_json() -> None:
    from rewardkit.cli.try_out import column_given

    assert column_given("reference=007") == ("reference", "007")
    assert column_given("rows:=[[1, 2]]") == ("rows", [[1, 2]])
    assert column_given("equation=a=b") == ("equation", "a=b")
    with pytest.raises(ConfigError):
        column_given("=x")
