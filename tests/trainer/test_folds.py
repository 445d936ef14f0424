"""A training in folds: real trainings of a few steps, what becomes of a kill, and the figures over all rows."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import defaultdict
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from scipy import stats
from training_projects import FOLDED, Heard, folded, read, rows, training

from rewardkit.runs import read_summary
from rewardkit.trainer import run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path, heard: Heard) -> Path:
    """The folder of a run of 12 rows in 3 folds."""
    home = tmp_path_factory.mktemp("trained")
    return run(folded(home, model), untested=True, runs_dir=home / "runs", reporter=heard)


def folds_of(folder: Path) -> list[Path]:
    return sorted((folder / "folds").iterdir())


def trained_on(folder: Path) -> set[str]:
    """The prompts that the training of a run folder may have seen: all rows but those that it answered."""
    answered = {line["sample"] for line in read(folder / "samples.jsonl")}
    return {f"t{i}" for i in range(12)} - answered


def test_every_row_is_answered_once_by_a_model_that_was_not_trained_on_it(trained: Path) -> None:
    answered = [line["sample"] for fold in folds_of(trained) for line in read(fold / "samples.jsonl")]
    assert sorted(answered) == sorted(f"t{i}" for i in range(12))
    for fold in folds_of(trained):
        info = json.loads((fold / "run.json").read_text())
        assert info["samples"]["train"]["count"] == 8 == len(trained_on(fold))


def test_the_results_of_the_run_are_those_of_its_folds_in_the_order_of_the_rows(trained: Path) -> None:
    mine = read(trained / "results.jsonl")
    theirs = [line for fold in folds_of(trained) for line in read(fold / "results.jsonl")]
    assert sorted(map(json.dumps, mine)) == sorted(map(json.dumps, theirs))
    greedy = [line["sample"] for line in mine if (line["stage"], line["decoding"]) == ("base", "greedy")]
    assert greedy == [f"t{i}" for i in range(12)]


def test_the_comparison_over_all_rows_is_the_one_computed_by_hand(trained: Path) -> None:
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for fold in folds_of(trained):
        for line in read(fold / "results.jsonl"):
            if line["decoding"] == "sampled":
                scores[line["stage"], line["sample"]].append(line["value"])
    differences = [fmean(scores["rft", f"t{i}"]) - fmean(scores["base", f"t{i}"]) for i in range(12)]
    # Where fewer than 10 prompts differ, one that was won and one that was lost are counted into the interval.
    few = sum(difference != 0 for difference in differences) < 10
    counted = [*differences, 1.0, -1.0] if few else differences
    half = stats.t.ppf(0.975, len(counted) - 1) * stdev(counted) / len(counted) ** 0.5
    [row] = [
        row
        for row in read_summary(trained).comparisons
        if (row.a, row.b, row.decoding, row.metric) == ("base", "rft", "sampled", "score")
    ]
    assert (row.prompts, row.difference) == (12, pytest.approx(fmean(differences)))
    assert row.low == pytest.approx(fmean(counted) - half)
    assert row.high == pytest.approx(fmean(counted) + half)


def test_the_model_that_is_kept_has_learned_from_all_rows_and_has_no_figure(trained: Path) -> None:
    assert (trained / "checkpoints" / "final").is_dir()
    assert [line["step"] for line in read(trained / "metrics.jsonl")] == [1, 2, 3, 4]
    assert (
        len(read(trained / "results.jsonl")) == 2 * 12 * 3
    )  # stages, rows, one greedy and two sampled answers


def test_it_says_before_it_starts_how_rows_are_held_out_and_what_that_costs(
    trained: Path, heard: Heard
) -> None:
    assert heard.lines[:2] == [
        "no [data] heldout: the 12 rows of train.jsonl are split in 3 folds (seed 0), and each fold, trained on 8 rows, answers the other 4",
        "cost: 4 trainings, 3 for the figures and 1 on all rows for the model that is kept ([data] final = false leaves it out); "
        "72 completions for the evaluations",
    ]
    assert heard.lines[2].startswith("12 held-out prompts show a true difference of 44 points 4 times in 5")


def test_report_and_summary_say_whose_figures_these_are(trained: Path) -> None:
    whose = "These are the figures of 3 models, one a fold, each trained on 8 of the 12 rows"
    assert read_summary(trained).notes[0].startswith(whose)
    assert whose in (trained / "report.html").read_text()


def test_a_finished_run_is_not_done_again_even_without_the_models_of_its_folds(
    trained: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(trained.parent, tmp_path / "runs") / "letters"
    for fold in folds_of(copy):
        shutil.rmtree(fold / "checkpoints")
    again = Heard()
    run(trained.parent.parent / "run.toml", untested=True, runs_dir=copy.parent, reporter=again)
    assert again.lines == [f"{copy} is complete; nothing left to do"]


def test_the_figures_can_be_had_first_and_the_model_later(tmp_path: Path, model: Path) -> None:
    path = folded(tmp_path, model, run=FOLDED.replace("folds = 3", "folds = 2\nfinal = false"))
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    results = (folder / "results.jsonl").read_bytes()
    assert not (folder / "checkpoints").exists()
    assert "No model was trained on all rows" in read_summary(folder).notes[0]
    path.write_text(path.read_text().replace("final = false", "final = true"))
    heard = Heard()
    run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    assert (folder / "checkpoints" / "final").is_dir()
    assert not [line for line in heard.lines if line.startswith("fold ")]
    assert (folder / "results.jsonl").read_bytes() == results


def test_under_ten_rows_they_are_listed_and_no_difference_is_given(tmp_path: Path, model: Path) -> None:
    path = folded(tmp_path, model, count=6, run=FOLDED.replace("max_steps = 4", "max_steps = 1"))
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    summary, report = read_summary(folder), (folder / "report.html").read_text()
    assert all(row.low is None for row in summary.comparisons)
    assert [row.sample for row in summary.items if (row.name, row.decoding) == ("rft", "greedy")] == [
        f"t{i}" for i in range(6)
    ]
    assert "One by one" in report
    assert not re.search("[+\N{MINUS SIGN}][0-9]+ points", report)
    assert "under 10 prompts no interval and no difference will be given" in report


def outcome(folder: Path) -> dict[str, Any]:
    """Everything that must not depend on kills, of the run and of its folds."""
    summary = read_summary(folder)
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for name in ("results.jsonl", "metrics.jsonl", "samples.jsonl", "checks.jsonl")
        for path in (folder / name, *(fold / name for fold in folds_of(folder)))
    }
    weights = (folder / "checkpoints" / "final" / "model.safetensors").read_bytes()
    return {**files, "stages": summary.stages, "compared": summary.comparisons, "weights": weights}


def test_a_run_killed_in_the_middle_of_a_fold_ends_as_if_it_had_not_been(tmp_path: Path, model: Path) -> None:
    longer = FOLDED.replace("max_steps = 4", "max_steps = 8").replace("folds = 3", "folds = 2")
    path = folded(tmp_path / "killed", model, run=longer)
    process = training(path)
    metrics = path.parent / "runs" / "letters" / "folds" / "2" / "metrics.jsonl"
    while process.poll() is None and not (metrics.is_file() and metrics.read_bytes().count(b"\n") >= 3):
        time.sleep(0.005)
    process.kill()
    assert read(metrics)[-1]["step"] < 8, "the kill came too late to hit the second fold"
    first = (path.parent / "runs" / "letters" / "folds" / "1" / "report.html").stat().st_mtime_ns
    heard = Heard()
    killed = run(path, untested=True, runs_dir=path.parent / "runs", reporter=heard)
    assert [line for line in heard.lines if "resuming" in line] == [
        "fold 2 of 2: resuming rft from step 2 of 8"
    ]
    assert (killed / "folds" / "1" / "report.html").stat().st_mtime_ns == first
    left_alone = run(
        folded(tmp_path / "alone", model, run=longer), untested=True, runs_dir=tmp_path / "alone" / "runs"
    )
    assert outcome(killed) == outcome(left_alone)


RUBRIC = """
task = "Grade a row of letters."
judge = "script:judge.py:verdict"
shortest = 0

[[criteria]]
id = "a"
text = "Has two letters a in a row."
"""
JUDGE = (
    'def verdict(criterion: object, answer: str) -> str:\n    return "met" if "aa" in answer else "unmet"\n'
)


def with_unlabelled(folder: Path, model: Path, run_file: str) -> Path:
    text = run_file.replace('train = "train.jsonl"', 'train = "train.jsonl"\nunlabelled = "free.jsonl"')
    path = folded(folder, model, run=text.replace("[eval]\n", '[eval]\ngraders = ["kind.toml"]\n'))
    (folder / "kind.toml").write_text(RUBRIC)
    (folder / "judge.py").write_text(JUDGE)
    rows(folder / "free.jsonl", [{"id": f"u{i}", "prompt": f"say {i}"} for i in range(20, 32)])
    return path


def test_a_rubric_compares_the_kept_model_with_the_base_on_unlabelled_prompts(
    tmp_path: Path, model: Path
) -> None:
    path = with_unlabelled(tmp_path, model, FOLDED.replace("folds = 3", "folds = 2"))
    heard = Heard()
    folder = run(path, untested=True, runs_dir=tmp_path / "runs", reporter=heard)
    beside = read(folder / "unlabelled" / "results.jsonl")
    assert {line["grader"] for line in beside} == {"kind"}
    assert {line["stage"] for line in beside} == {"base", "rft"}
    assert {line["sample"] for line in beside} == {f"u{i}" for i in range(20, 32)}
    assert [line for line in heard.lines if "has no min_kappa" in line]
    notes = "\n".join(read_summary(folder).notes)
    assert "free.jsonl, kind, greedy: After RFT against base model: " in notes
    assert "12 unlabelled prompts show a true difference" in notes


def test_unlabelled_prompts_alone_are_the_figures_of_a_training_on_all_rows(
    tmp_path: Path, model: Path
) -> None:
    path = with_unlabelled(tmp_path, model, FOLDED.replace("folds = 3", "folds = 0"))
    folder = run(path, untested=True, runs_dir=tmp_path / "runs")
    assert {(row.name, row.grader) for row in read_summary(folder).stages} == {
        ("base", "kind"),
        ("rft", "kind"),
    }
    assert not (folder / "folds").exists()
    assert "12 unlabelled prompts show" in read_summary(folder).notes[0]
