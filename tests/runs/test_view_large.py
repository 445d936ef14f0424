"""Pages over 100,000 results answer soon, once the run has been looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stopwatch import within
from view_pages import Viewing, row, viewing

from rewardkit.runs import RunFolder, SampleRecord

pytest.importorskip("starlette", reason="starlette is in the extra 'view'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'view'")
pytestmark = [pytest.mark.slow, pytest.mark.timed]

PROMPTS = 50_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    with RunFolder.open(
        root, "large", "eval", {}, versions={}, fingerprints={"exact": "f0"}, seed=0
    ) as folder:
        text = "some words of a text " * 28
        folder.append_samples(
            SampleRecord(sample=f"q{i}", prompt=f"{text}{i}", columns={"reference": str(i)})
            for i in range(PROMPTS)
        )
        for stage, scale in (("base", 7), ("rft", 11)):
            folder.append_results(
                row(f"q{i}", i % scale / (scale - 1), stage=stage, completion=f"{i} {text}")
                for i in range(PROMPTS)
            )
    return folder.path


@pytest.fixture(scope="module")
def viewed(run: Path) -> Iterator[Viewing]:
    with viewing(run.parent) as started:
        assert started.get("run", "large").status == 200  # the first look, which reads the files
        yield started


@pytest.mark.parametrize(
    "page",
    [
        "run/large",
        "run/large/samples?outcome=partial&low=0.2&high=0.9&order=low&page=500",
        "run/large/samples?q=no+such+words",
        "run/large/prompt?sample=q777",
        "diff?a=large:base&b=large:rft&page=100",
    ],
)
def test_a_page_answers_within_a_second(viewed: Viewing, page: str) -> None:
    with within(1.0, page):
        assert viewed.ask(f"/{viewed.key}/{page}").status == 200


def test_what_is_appended_to_a_large_run_is_there_within_a_second(run: Path, viewed: Viewing) -> None:
    with RunFolder.open(
        run.parent, "large", "eval", {}, versions={}, fingerprints={"exact": "f0"}, seed=0
    ) as folder:
        folder.append_results([row(f"new{i}", 1.0, stage="sft") for i in range(1000)])
    with within(1.0):
        assert "1,000 of 101,000 completions" in viewed.get("run", "large", "samples", stage="sft").plain
