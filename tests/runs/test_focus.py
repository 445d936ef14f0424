"""What the headline of a run is about, and what it is held against."""

from __future__ import annotations

from collections.abc import Mapping

from rewardkit.runs import ComparisonRow, RunInfo, StageRow, Summary
from rewardkit.runs.focus import Focus, focus_of, turned


def info(primary: str = "") -> RunInfo:
    fields: dict[str, object] = {
        "verb": "eval",
        "name": "r",
        "config": {},
        "config_hash": "h",
        "versions": {},
    }
    return RunInfo.model_validate({**fields, "fingerprints": {}, "seed": 0, "primary": primary})


def stage(name: str, mean: float | None, grader: str = "g") -> StageRow:
    return StageRow(
        name=name, grader=grader, metric="solved", decoding="greedy", prompts=50, k=1, mean=mean, low=None,
        high=None, unscored=0,
    )  # fmt: skip


def compared(a: str, b: str, difference: float) -> ComparisonRow:
    return ComparisonRow(
        a=a, b=b, grader="g", decoding="greedy", metric="solved", prompts=50, difference=difference,
        low=difference - 0.1, high=difference + 0.2, p=0.01, verdict="better" if difference > 0 else "worse",
    )  # fmt: skip


def focus(means: Mapping[str, float | None], *comparisons: ComparisonRow) -> Focus:
    found = focus_of(
        info(), Summary(stages=tuple(stage(*row) for row in means.items()), comparisons=comparisons)
    )
    assert found is not None
    return found


def ends(found: Focus) -> tuple[str, str | None]:
    return found.last.name, found.first.name if found.first else None


def test_of_several_models_it_is_the_best_against_the_next_best() -> None:
    found = focus({"a": 0.2, "b": 0.9, "c": 0.5})
    assert (ends(found), found.models) == (("b", "c"), 3)


def test_of_a_training_it_is_the_trained_stage_against_the_base_however_they_did() -> None:
    assert ends(focus({"base": 0.9, "sft": 0.95, "rft": 0.3})) == ("rft", "base")


def test_a_model_that_nothing_of_was_scored_is_no_rival() -> None:
    assert ends(focus({"a": None, "b": 0.4})) == ("b", None)


def test_it_is_about_the_grader_that_the_run_named() -> None:
    rows = (stage("m", 0.9, "first"), stage("m", 0.1, "named"))
    found = focus_of(info("named"), Summary(stages=rows))
    assert found is not None
    assert found.last.grader == "named"


def test_a_comparison_is_told_from_the_better_end_whichever_was_named_first() -> None:
    found = focus({"a": 0.9, "b": 0.5}, compared("a", "b", -0.4)).comparison
    assert found is not None
    assert (found.a, found.b, found.verdict) == ("b", "a", "better")
    assert (found.difference, found.low, found.high) == (0.4, 0.2, 0.5)


def test_turning_a_comparison_twice_gives_it_back() -> None:
    row = compared("a", "b", 0.25)
    assert turned(turned(row)) == row


def test_a_run_without_figures_has_none() -> None:
    assert focus_of(info(), Summary()) is None
