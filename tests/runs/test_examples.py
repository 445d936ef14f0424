"""Which completions the report shows of those that differ between two stages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import run_folders

from rewardkit.runs import Result, SampleRecord, read_results, read_samples
from rewardkit.runs.examples import Changes, Comparing


def result(stage: str, sample: int, value: float | None, decoding: str = "greedy", text: str = "") -> Result:
    fields = {
        "stage": stage,
        "decoding": decoding,
        "sample": f"q{sample}",
        "repeat": 0,
        "grader": "query",
        "fingerprint": "f0",
    }
    return Result(**fields, completion=text, value=value, cause="error" if value is None else None)


def changes(
    results: Sequence[Result], samples: dict[str, SampleRecord], before: str, after: str
) -> Changes | None:
    comparing = Comparing(before, after, "query", 1.0)
    for one in results:
        comparing.add(one)
    if not comparing.count():
        return None
    return comparing.changes({one.key: one for one in results if one.key in comparing.keys}, samples)


def test_changes_count_every_prompt_that_both_stages_scored() -> None:
    before, after = [0.0, 0.0, 1.0, 1.0, 0.5, None], [1.0, 1.0, 1.0, 0.0, 0.5, 1.0]
    results = [
        result(stage, i, v)
        for stage, values in (("base", before), ("rft", after))
        for i, v in enumerate(values)
    ]
    found = changes(results, {}, "base", "rft")
    assert found is not None
    assert (found.gained, found.lost, found.right, found.wrong) == (2, 1, 1, 1)
    assert [example.sample for example in found.losses] == ["q3"]


def test_greedy_answers_are_compared_where_there_are_any() -> None:
    results = [result(s, 0, float(s == "rft"), d) for s in ("base", "rft") for d in ("sampled", "greedy")]
    found = changes(results, {}, "base", "rft")
    assert found is not None
    assert found.decoding == "greedy"


def test_stages_without_a_common_prompt_have_no_changes() -> None:
    assert changes([result("base", 0, 0.0), result("rft", 1, 1.0)], {}, "base", "rft") is None


def test_the_texts_of_a_real_folder_are_found_for_its_samples(tmp_path: Path) -> None:
    folder = run_folders.training_run(tmp_path, questions=20, repeats=2)
    samples = {sample.sample: sample for sample in read_samples(folder)}
    found = changes(read_results(folder), samples, "base", "rft")
    assert found is not None
    assert all(example.prompt and example.reference for example in found.gains)


def test_two_models_are_told_apart_by_name_and_two_stages_of_a_training_by_time() -> None:
    models = changes([result("a", 0, 0.0), result("b", 0, 1.0)], {}, "a", "b")
    training = changes([result("base", 0, 0.0), result("rft", 0, 1.0)], {}, "base", "rft")
    assert models is not None
    assert training is not None
    assert (models.words.gained, training.words.gained) == ("only b right", "wrong, then right")
