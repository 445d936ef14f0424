"""Which completions the report shows, and how they are packed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import run_folders

from rewardkit.runs import Result, SampleRecord, read_results, read_samples
from rewardkit.runs.examples import (
    TABLE_BYTES,
    Changes,
    Comparing,
    Thinning,
    script_json,
    shortened,
    table_data,
)


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


def table(
    results: Sequence[Result], samples: dict[str, SampleRecord] | None = None, *, texts: bool = True
) -> Any:
    thinning = Thinning()
    for one in results:
        thinning.add(one)
    thinning.settle()
    kept = [one for one in results if thinning.keeps(one.key)]
    return table_data(kept, samples or {}, {}, total=thinning.total, texts=texts)


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


def test_the_table_stores_equal_texts_once() -> None:
    payload = table([result("m", i, 1.0, text="the same answer") for i in range(50)])
    assert payload["strings"].count("the same answer") == 1
    assert (payload["shown"], payload["total"]) == (50, 50)


def test_without_texts_the_table_has_scores_only() -> None:
    samples = {"q0": SampleRecord(sample="q0", prompt="secret prompt", columns={"reference": "secret"})}
    packed = script_json(table([result("m", 0, 1.0, text="secret answer")], samples, texts=False))
    assert "secret" not in packed


@pytest.mark.parametrize("size", [3_000, 16_000])
def test_the_table_fits_the_page_however_long_the_texts_are(size: int) -> None:
    results = [result("m", i, 0.5, text=f"{i} " + "é<&" * (size // 4)) for i in range(2000)]
    payload = table(results)
    assert len(script_json(payload).encode()) <= TABLE_BYTES
    assert payload["shown"] == 2000


def test_a_run_too_large_for_the_page_shows_whole_samples_evenly() -> None:
    results = [result(stage, i, 0.5, text=str(i)) for stage in ("base", "rft") for i in range(20_000)]
    payload = table(results)
    assert payload["total"] == 40_000
    assert 5_000 <= payload["shown"] <= 12_000
    assert len(payload["samples"]) * 2 == payload["shown"]


@pytest.mark.parametrize(("every", "least", "most"), [(200, 100, 100), (10, 150, 300)])
def test_unscored_completions_are_in_the_table_up_to_300(every: int, least: int, most: int) -> None:
    results = [
        result("m", i, None if i % every == 7 else 0.5, text=f"{i} " + "é<&" * 60) for i in range(20_000)
    ]
    thinning = Thinning()
    for one in results:
        thinning.add(one)
    thinning.settle()
    assert least <= len(thinning.unscored) <= most
    kept = [one for one in results if thinning.keeps(one.key)]
    payload = table_data(kept, {}, {}, total=thinning.total, texts=True, always=thinning.unscored)
    assert payload["shown"] < 20_000
    shown = {payload["strings"][number] for number, *_ in payload["samples"]}
    assert {key.sample for key in thinning.unscored} <= shown


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "&lt;", "\u2028"])
def test_packed_texts_cannot_leave_their_script_element(text: str) -> None:
    packed = script_json({"text": text})
    assert not set("<>&") & set(packed)
    assert json.loads(packed) == {"text": text}


def test_a_shortened_text_says_how_much_is_missing() -> None:
    assert shortened("x" * 1500, 100) == "x" * 100 + "… [1,400 more characters]"


def test_the_texts_of_a_real_folder_are_found_for_its_samples(tmp_path: Path) -> None:
    folder = run_folders.training_run(tmp_path, questions=20, repeats=2)
    samples = {sample.sample: sample for sample in read_samples(folder)}
    found = changes(read_results(folder), samples, "base", "rft")
    assert found is not None
    assert all(example.prompt and example.reference for example in found.gains)
