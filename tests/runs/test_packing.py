"""The data of the table of completions: small, complete, and unable to leave its element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from rewardkit.runs import Result, SampleRecord
from rewardkit.runs.packing import TABLE_BYTES, script_json, table_data
from rewardkit.runs.thinning import Thinning


def result(sample: int, value: float | None, text: str = "", stage: str = "m") -> Result:
    cause = "error" if value is None else None
    return Result(stage, "greedy", f"q{sample}", 0, "query", "f0", completion=text, value=value, cause=cause)


def table(
    results: Sequence[Result], samples: dict[str, SampleRecord] | None = None, *, texts: bool = True
) -> Any:
    thinning = Thinning()
    for one in results:
        thinning.add(one)
    thinning.settle()
    kept = [one for one in results if thinning.keeps(one.key)]
    return table_data(kept, samples or {}, {}, total=thinning.total, texts=texts)


def test_the_table_stores_equal_texts_once() -> None:
    payload = table([result(i, 1.0, text="the same answer") for i in range(50)])
    assert payload["strings"].count("the same answer") == 1
    assert (payload["shown"], payload["total"]) == (50, 50)


def test_without_texts_the_table_has_scores_only() -> None:
    samples = {"q0": SampleRecord(sample="q0", prompt="secret prompt", columns={"reference": "secret"})}
    packed = script_json(table([result(0, 1.0, text="secret answer")], samples, texts=False))
    assert "secret" not in packed


@pytest.mark.parametrize("size", [3_000, 16_000])
def test_the_table_fits_the_page_however_long_the_texts_are(size: int) -> None:
    results = [result(i, 0.5, text=f"{i} " + "é<&" * (size // 4)) for i in range(2000)]
    payload = table(results)
    assert len(script_json(payload).encode()) <= TABLE_BYTES
    assert payload["shown"] == 2000


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "&lt;", "\u2028"])
def test_packed_texts_cannot_leave_their_script_element(text: str) -> None:
    packed = script_json({"text": text})
    assert not set("<>&") & set(packed)
    assert json.loads(packed) == {"text": text}


def test_a_run_too_large_for_the_page_shows_whole_samples_evenly() -> None:
    results = [result(i, 0.5, str(i), stage) for stage in ("base", "rft") for i in range(20_000)]
    payload = table(results)
    assert payload["total"] == 40_000
    assert 5_000 <= payload["shown"] <= 12_000
    assert len(payload["samples"]) * 2 == payload["shown"]


@pytest.mark.parametrize(("every", "least", "most"), [(200, 100, 100), (10, 150, 300)])
def test_unscored_completions_are_in_the_table_up_to_300(every: int, least: int, most: int) -> None:
    results = [result(i, None if i % every == 7 else 0.5, text=f"{i} " + "é<&" * 60) for i in range(20_000)]
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
