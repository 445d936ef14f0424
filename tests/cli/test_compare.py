"""`rewardkit compare` as a user runs it: the table, the exit codes, the JSON."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import rewardkit
from two_runs import run_of


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """A run that solves 5 of 40 prompts, and one that solves 25 and loses one of the 5."""
    before = run_of(tmp_path, "before", {"m": {"exact": [1.0] * 5 + [0.0] * 35}})
    after = run_of(tmp_path, "after", {"m": {"exact": [0.0] + [1.0] * 25 + [0.0] * 14}})
    return before, after


def test_the_difference_stands_with_its_interval_its_test_and_its_word(runs: tuple[Path, Path]) -> None:
    ran = rewardkit("compare", *runs)
    assert ran.code == 0
    assert "+50.0 points (+32.3 to +67.7)" in ran.out
    assert "21/18/1" in ran.out
    assert "better" in ran.out
    assert "40 prompts that both have" in ran.out
    assert "Solved by one alone: 1 by the base, 21 by the other (exact McNemar p < 0.001)." in ran.out
    assert "would be found 4 times in 5" in ran.out


def test_a_regression_is_shown_with_both_texts(runs: tuple[Path, Path]) -> None:
    out = rewardkit("compare", *runs).out
    assert "regression  q0  1.00 to 0.00" in out
    assert "base      before m q0" in out
    assert "other     after m q0" in out
    assert "regression" not in rewardkit("compare", *runs, "--regressions", "0").out


@pytest.mark.parametrize(
    ("order", "fail_on", "code"),
    [(1, "regression", 0), (-1, "regression", 1), (1, "not-better", 0), (-1, "not-better", 1)],
)
def test_ci_can_fail_on_a_regression(runs: tuple[Path, Path], order: int, fail_on: str, code: int) -> None:
    ran = rewardkit("compare", *runs[::order], "--fail-on", fail_on)
    assert ran.code == code
    assert ("--fail-on" in ran.err) is bool(code)


def test_no_detectable_difference_is_no_regression_and_not_better(tmp_path: Path) -> None:
    run = run_of(tmp_path, "same", {"m": {"exact": [1.0, 0.0] * 20}})
    assert rewardkit("compare", run, run, "--fail-on", "regression").code == 0
    assert rewardkit("compare", run, run, "--fail-on", "not-better").code == 1


def test_json_has_every_figure(runs: tuple[Path, Path]) -> None:
    found = rewardkit("compare", *runs, "--json").json()
    (pair,) = found["comparisons"]
    (figures,) = pair["figures"]
    assert (found["base"], pair["other"], pair["verdict"]) == ("before", "after", "better")
    assert (figures["difference"], figures["won"], figures["lost"]) == (0.5, 21, 1)
    assert figures["low"] == pytest.approx(0.3226, abs=0.0001)
    assert pair["regressions"][0]["other_completion"] == "after m q0"


def test_several_others_are_compared_with_the_base_one_by_one(runs: tuple[Path, Path]) -> None:
    pairs = rewardkit("compare", runs[0], *runs, "--json").json()["comparisons"]
    assert [pair["verdict"] for pair in pairs] == ["no detectable difference", "better"]
    assert pairs[1]["figures"][0]["p_adjusted"] == 2 * pairs[1]["figures"][0]["p"]


def test_parts_of_the_data_are_compared_when_asked_for(tmp_path: Path) -> None:
    kind = {"kind": ["a", "b"] * 20}
    before = run_of(tmp_path, "before", {"m": {"exact": [0.0] * 40}}, columns=kind)
    after = run_of(tmp_path, "after", {"m": {"exact": [0.0, 1.0] * 20}}, columns=kind)
    out = rewardkit("compare", before, after, "--slice", "kind").out
    assert re.search(r"kind = a +solved +no detectable difference .* 0/20/0 +1\.00", out)
    assert re.search(r"kind = b +solved +better .* 20/0/0 +< 0\.001 Holm", out)


def test_under_ten_prompts_there_is_no_verdict(tmp_path: Path) -> None:
    before = run_of(tmp_path, "before", {"m": {"exact": [1.0] * 8}})
    after = run_of(tmp_path, "after", {"m": {"exact": [0.0] * 8}})
    ran = rewardkit("compare", before, after, "--fail-on", "not-better")
    assert "no detectable difference" not in ran.out + ran.err
    assert "too few prompts" in ran.out
    assert ran.err.strip() == "--fail-on not-better: too few prompts"


def test_where_no_prompt_differs_the_least_difference_is_not_nothing(tmp_path: Path) -> None:
    run = run_of(tmp_path, "same", {"m": {"exact": [1.0, 0.0] * 20}})
    out = rewardkit("compare", run, run).out
    found = rewardkit("compare", run, run, "--json").json()["comparisons"][0]["figures"][0]
    assert found["low"] < 0 < found["high"]
    assert f"a true difference of {100 * found['detectable']:.1f} points would be found" in out


def test_a_run_that_is_not_finished_says_so(runs: tuple[Path, Path]) -> None:
    (runs[1] / "summary.json").unlink()
    assert "after is not finished" in rewardkit("compare", *runs).out
    assert "before is not finished" not in rewardkit("compare", *runs).out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--margin", "-1"], "the margin must be above 0 and below 1 (0.02 is two points); got -1"),
        (["--margin", "2"], "(0.02 is two points); got 2"),
        (["--margin", "nan"], "got nan"),
        (["--metric", "score", "--margin", "0"], "the margin must be above 0; got 0"),
        (["--html", "missing/page.html"], "--html missing/page.html: name a file in a folder that exists"),
        (["--decoding", "greedy"], "not all sides have greedy answers (before: sampled; after: sampled)"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_said(
    runs: tuple[Path, Path], options: list[str], message: str
) -> None:
    ran = rewardkit("compare", *runs, *options)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_a_name_that_stands_below_runs_is_suggested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_of(tmp_path / "runs", "before", {"m": {"exact": [1.0] * 12}})
    monkeypatch.chdir(tmp_path)
    assert "Did you mean 'runs/before'?" in rewardkit("compare", "before", "before").err


def test_one_run_alone_is_refused(runs: tuple[Path, Path]) -> None:
    ran = rewardkit("compare", runs[0])
    assert ran.code == 2
    assert "needs two sides" in ran.err


def test_texts_of_a_model_cannot_colour_the_terminal(tmp_path: Path) -> None:
    before = run_of(tmp_path, "before", {"m": {"exact": [1.0] * 12}})
    after = run_of(tmp_path, "after", {"m": {"exact": [0.0] * 12}})
    lines = (after / "results.jsonl").read_text().replace("after m q0", "\\u001b[31mred [bold]x[/]")
    (after / "results.jsonl").write_text(lines)
    out = rewardkit("compare", before, after).out
    assert "␛[31mred [bold]x[/]" in out
    assert "\x1b" not in out


def test_a_slice_that_is_asked_for_is_shown_with_its_corrected_p(tmp_path: Path) -> None:
    columns = {"kind": ["[bold]joins\x1b[31m\nred", "sums"] * 20}
    before = run_of(tmp_path, "before", {"m": {"exact": [0.0] * 40}}, columns=columns)
    after = run_of(tmp_path, "after", {"m": {"exact": [1.0, 0.0] * 20}}, columns=columns)
    ran = rewardkit("compare", before, after, "--slice", "kind")
    assert "kind = [bold]joins␛[31m red" in ran.out
    assert "kind = sums" in ran.out
    assert rewardkit("compare", before, after, "--slice", "knd").code == 2
