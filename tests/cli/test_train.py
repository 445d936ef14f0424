"""`rewardkit train`, as a user runs it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from command_line import rewardkit
from training_projects import FOLDED, RUN, folded, project, rows

SHORT = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "").replace(
    "max_steps = 6", "max_steps = 2"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose model folder is empty: enough for what is checked before a model is loaded."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing").mkdir()
    project(tmp_path, tmp_path / "nothing", run=SHORT)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def test_help_has_an_example_and_shows_table_names() -> None:
    ran = rewardkit("train", "--help")
    assert "rewardkit train run.toml --dry-run" in ran.out
    assert "[grpo]" in ran.out


def test_a_misspelt_key_is_answered_before_anything_heavy_is_loaded(folder: Path) -> None:
    edit(folder / "run.toml", "slice =", "slcie =")
    ran = rewardkit("train", "run.toml")
    assert ran.code == 2
    assert "error: run.toml:11: unknown key 'slcie' in [data]. Did you mean 'slice'?" in ran.err


def test_a_misspelt_grader_is_answered_with_the_nearest_one(folder: Path) -> None:
    edit(folder / "run.toml", "graders.py:letters", "graders.py:leters")
    ran = rewardkit("train", "run.toml")
    assert (ran.code, "Did you mean 'letters'?" in ran.err) == (2, True)
    assert ran.err.startswith("error: run.toml:4: ")


def test_a_missing_column_is_named_before_a_model_is_loaded(folder: Path) -> None:
    edit(folder / "graders.py", "letter: str", "lettre: str")
    ran = rewardkit("train", "run.toml", "--untested")
    assert (ran.code, "asks for 'lettre'" in ran.err, "Did you mean 'letter'?" in ran.err) == (2, True, True)


def test_a_missing_run_file_is_named(folder: Path) -> None:
    ran = rewardkit("train", "rnu.toml")
    assert (ran.code, ran.err) == (2, "error: rnu.toml: no such file\n")


def test_an_untested_grader_is_refused_with_the_command_that_tests_it(folder: Path) -> None:
    ran = rewardkit("train", "run.toml")
    assert ran.code == 2
    assert "has not passed its tests; run: rewardkit test graders.py" in ran.err


def test_the_command_that_tests_a_grader_works_from_the_folder_where_training_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nothing").mkdir()
    graders = (
        'from rewardkit import case, reward\n\n@case("a", letter="a", expect=1)\n@reward\n'
        'def letters(completion: str, letter: str) -> bool:\n    return completion == letter != ""\n'
    )
    project(tmp_path / "demo", tmp_path / "nothing", run=SHORT, graders=graders)
    monkeypatch.chdir(tmp_path)
    refused = rewardkit("train", "demo/run.toml")
    assert refused.err.splitlines()[0].endswith("run: rewardkit test demo/graders.py")
    assert rewardkit("test", "demo/graders.py").code == 0
    assert "has not passed its tests" not in rewardkit("train", "demo/run.toml").err


def test_a_missing_extra_is_answered_with_the_line_that_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "trl" else there(name))
    ran = rewardkit("train", "run.toml", "--untested")
    assert (ran.code, "pip install 'rewardkit-rft[train]'" in ran.err) == (2, True)


def test_a_missing_extra_is_told_before_a_missing_model_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(folder / "run.toml", 'model = "model"', 'model = "./not/built"')
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "trl" else there(name))
    assert "pip install 'rewardkit-rft[train]'" in rewardkit("train", "run.toml").err


@pytest.mark.slow
def test_json_is_one_object_with_the_figures(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, model, run=SHORT)
    ran = rewardkit("train", "run.toml", "--untested", "--name", "other", "--json")
    answer = ran.json()
    assert (ran.code, answer["run"], answer["model"]) == (0, "runs/other", "runs/other/checkpoints/final")
    assert {row["name"] for row in answer["stages"]} == {"base", "rft"}


@pytest.mark.slow
def test_a_table_shows_the_stages_and_what_changed(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, model, run=SHORT)
    ran = rewardkit("train", "run.toml", "--untested")
    assert "Base model" in ran.out
    assert "letters, greedy: After RFT against base model: " in ran.out
    line = "12 held-out prompts show a true difference of 44 points 4 times in 5"
    assert ran.err.startswith(line)
    assert line in ran.out
    assert "report   runs/letters/report.html" in ran.out


@pytest.mark.slow
def test_a_dry_run_says_what_it_found_and_writes_nothing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, model, run=SHORT)
    ran = rewardkit("train", "run.toml", "--untested", "--dry-run", "--json")
    assert ran.json()["said"][1].startswith("preflight (base): 4 prompts x 4 completions")
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_few_rows_are_listed_and_what_they_cannot_show_is_said_first_and_last(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    short = FOLDED.replace("folds = 3", "folds = 2").replace("max_steps = 4", "max_steps = 1")
    folded(tmp_path, model, count=4, run=short)
    ran = rewardkit("train", "run.toml", "--untested")
    line = "4 held-out prompts: under 10 prompts no interval and no difference will be given; they are listed one by one"
    assert ran.err.startswith("no [data] heldout: the 4 rows of train.jsonl are split in 2 folds (seed 0)")
    assert line in ran.err.split("preflight")[0]
    assert line in ran.out
    assert [word for word in ran.out.split() if word in ("t0", "t1", "t2", "t3")][:4] == [
        "t0",
        "t1",
        "t2",
        "t3",
    ]
    assert "letters, greedy: After RFT against base model: too few prompts to say." in ran.out
    assert "These are the figures of 2 models, one a fold, each trained on 2 of the 4 rows" in ran.out


@pytest.mark.slow
def test_a_dry_run_says_how_rows_would_be_held_out(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folded(tmp_path, model)
    ran = rewardkit("train", "run.toml", "--untested", "--dry-run")
    lines = ran.err.splitlines()
    assert lines[0].startswith("no [data] heldout: the 12 rows of train.jsonl are split in 3 folds")
    assert lines[1].startswith("cost: 4 trainings")
    assert lines[2].startswith("12 held-out prompts show a true difference of 44 points 4 times in 5")
    assert not (tmp_path / "runs").exists()


def test_unlabelled_prompts_that_no_grader_can_judge_are_refused(folder: Path) -> None:
    edit(
        folder / "run.toml",
        'heldout = "heldout.jsonl"',
        'heldout = "heldout.jsonl"\nunlabelled = "free.jsonl"',
    )
    rows(folder / "free.jsonl", [{"prompt": "say 90"}, {"prompt": "say 91", "letter": ""}])
    ran = rewardkit("train", "run.toml", "--untested")
    assert ran.code == 2
    assert "error: run.toml:9: no grader of this run can judge the prompts of free.jsonl" in ran.err
    assert (
        "'letters' asks for 'letter'. Name one in [eval] graders that asks for no reference, such as a rubric"
        in ran.err
    )


def test_held_out_rows_without_the_reference_are_refused_with_its_name(folder: Path) -> None:
    rows(folder / "heldout.jsonl", [{"prompt": "say 90", "part": "odd"}])
    ran = rewardkit("train", "run.toml", "--untested")
    assert (ran.code, "asks for 'letter', which is no column in" in ran.err) == (2, True)
