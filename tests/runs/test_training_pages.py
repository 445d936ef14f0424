"""What the report and the live page say of a training beside its reward: health, time, and the completions that stand out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewardkit.runs import Metrics, Notable, RunFolder, StepTimes
from rewardkit.runs.notables import newest
from rewardkit.runs.progress import progress
from rewardkit.runs.records import GraderTime
from rewardkit.runs.report import write_report
from rewardkit.runs.viewing.live import Curves

HOSTILE = "</pre><script>alert(1)</script>"


def line(step: int, kind: str = "best", completion: str | None = "select 1") -> Notable:
    return Notable.model_validate(
        {
            "phase": "rft",
            "step": step,
            "kind": kind,
            "why": "the highest score of the step",
            "sample": "q1",
            "group": "q1/0",
            "score": 0.5,
            "completion": completion,
        }
    )


def times(step: int, **graders: GraderTime) -> StepTimes:
    return StepTimes(
        phase="rft", step=step, seconds=10, generating=5, scoring=3, waiting=2, optimising=2, graders=graders
    )


def metrics(step: int, **values: float) -> Metrics:
    return Metrics(phase="rft", step=step, reward=0.5, **values)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    with RunFolder.open(tmp_path, "t", "train", {}, versions={}, fingerprints={}, seed=0) as opened:
        yield opened


def test_of_each_kind_the_newest_lines_are_shown() -> None:
    rows = [line(1), line(2, "length"), line(2), line(3), line(3, "apart")]
    assert [(one.title, one.where) for one in newest(rows, most=1)] == [
        ("Best", "step 3, q1"),
        ("Unusual length", "step 2, q1"),
        ("The hold-out disagrees", "step 3, q1"),
    ]
    assert [one.where for one in newest(rows, most=2)[:2]] == ["step 3, q1", "step 2, q1"]


def test_a_long_completion_is_begun_on_one_line() -> None:
    (shown,) = newest([line(1, completion="one\ntwo " * 100)], most=1)
    assert shown.preview == ("one two " * 100)[:140] + " ..."
    assert shown.completion == "one\ntwo " * 100


def test_where_the_optimiser_was_given_something_else_the_graders_own_score_has_a_chart() -> None:
    titles = [
        [figure.title for figure in figures]
        for extra in ({}, {"true_reward": 0.25})
        for _, figures in progress([metrics(step, **extra) for step in (1, 2)])
    ]
    assert [("The grader's own score" in shown) for shown in titles] == [False, True]


def test_the_signals_of_a_policy_have_their_charts_and_those_of_imitation_do_not() -> None:
    rows = [metrics(step, entropy=1.0 / step, unique=0.5, kl=0.1 * step) for step in (1, 2)]
    imitated = [Metrics(phase="sft", step=1, loss=2.0, entropy=0.4)]
    (_, figures), (_, of_sft) = progress([*rows, *imitated])
    assert [figure.title for figure in figures] == [
        "Reward",
        "Distinct completions",
        "Entropy",
        "Distance from the start",
    ]
    assert [figure.title for figure in of_sft] == ["Loss"]


def test_the_time_of_a_step_names_the_slowest_grader_and_the_wait() -> None:
    quick, slow = GraderTime(calls=10, mean_ms=1, p95_ms=2), GraderTime(calls=30, mean_ms=40, p95_ms=90)
    ((_, figures),) = progress([metrics(1)], (), [times(1, quick=quick, slow=slow)])
    found = figures[-1]
    assert (found.title, list(found.legend)) == (
        "Time of a step",
        ["generating", "scoring", "optimising", "waiting"],
    )
    assert found.caption == (
        "seconds; scoring 10 % of them (waiting: for a judge that was away); slowest grader slow: 40 ms a call, 95 % within 90 ms"
    )


def test_the_report_shows_what_stands_out_as_text_and_not_without_texts(folder: RunFolder) -> None:
    folder.append_metrics([metrics(1)])
    folder.append_times(times(1))
    folder.append_notable([line(1, completion=HOSTILE)])
    page = write_report(folder.path).read_text()
    assert "What the reward pays for" in page
    assert "Time of a step" in page
    assert HOSTILE not in page
    assert "&lt;/pre&gt;&lt;script&gt;" in page
    assert "What the reward pays for" not in write_report(folder.path, texts=False).read_text()


def test_the_live_page_follows_the_files_and_says_what_is_spoiled(folder: RunFolder) -> None:
    curves = Curves()
    folder.append_notable([line(1)])
    assert [one.where for one in curves.notable(folder.path)[0]] == ["step 1, q1"]
    folder.append_notable([line(2)])
    assert [one.where for one in curves.notable(folder.path)[0]] == ["step 2, q1", "step 1, q1"]
    folder.truncate_metrics("rft", 1)
    assert [one.where for one in curves.notable(folder.path)[0]] == ["step 1, q1"]
    with (folder.path / "notable.jsonl").open("a") as file:
        file.write(json.dumps({"phase": "rft"}) + "\n")
    shown, trouble = curves.notable(folder.path)
    assert len(shown) == 1
    assert re.match(r"notable.jsonl:2: step: Field required", trouble)
