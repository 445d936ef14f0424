"""The page of a comparison: what it says, and that whatever a model wrote is text on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from real_browser import NEEDS_CHROMIUM, chromium
from two_runs import run_of

from rewardkit.evaluating.comparing import compare
from rewardkit.evaluating.comparing.page import write_comparison

HOSTILE = "<script>document.title = 'taken'</script><img src=http://example.invalid/x>"


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs of 40 prompts in two parts, the second with a hostile part, prompt and completion."""
    columns = {"kind": ["join", HOSTILE] * 20}
    before = run_of(tmp_path, "before", {"m": {"query": [0.0, 0.15, 0.7, 1.0] * 10}}, columns=columns)
    after = run_of(tmp_path, "after", {"m": {"query": [0.7, 1.0, 1.0, 0.15] * 10}}, columns=columns)
    results = after / "results.jsonl"
    results.write_text(results.read_text().replace('after m q3"', HOSTILE + '\\u202e\\u0000"'))
    return before, after


def test_the_verdict_stands_first_and_every_figure_has_its_interval(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    compared = compare(*runs, slices=["kind"])
    page = write_comparison(compared, tmp_path / "page.html").read_text()
    title = page[page.index("<h1>") : page.index("</h1>")]
    assert "after shows no detectable difference from before: +25.0 points (-1.9 to +51.9)" in title
    assert page.count('class="lane"') == len(compared.pairs[0].figures) + 2


def test_a_side_of_several_seeds_has_a_lane_for_each_and_one_for_all(tmp_path: Path) -> None:
    base = run_of(tmp_path, "base", {"base": {"exact": [0.0] * 40}}, verb="train")
    for seed in range(3):
        run_of(
            tmp_path,
            f"s{seed}",
            {"rft": {"exact": [1.0] * (20 + seed) + [0.0] * (20 - seed)}},
            verb="train",
            seed=seed,
        )
    page = write_comparison(compare(base, f"{tmp_path}/s?"), tmp_path / "page.html").read_text()
    assert [f"Seed {n}" in page for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert "another seed on other prompts" in page


def test_a_notebook_shows_the_verdict_and_what_these_prompts_can_show(tmp_path: Path) -> None:
    a = run_of(tmp_path, "a", {"<b>m": {"exact": [0.0] * 30}})
    b = run_of(tmp_path, "b", {"<b>m": {"exact": [1.0] * 20 + [0.0] * 10}})
    html = compare(a, b)._repr_html_()
    assert "b is better than a: +66.7 points (+48.8 to +84.6) of the share solved." in html
    assert "would be found 4 times in 5" in html
    assert "<script" not in html


@pytest.mark.slow
@NEEDS_CHROMIUM[1]
def test_hostile_texts_are_text_and_nothing_is_loaded(runs: tuple[Path, Path], tmp_path: Path) -> None:
    written = write_comparison(compare(*runs, slices=["kind"]), tmp_path / "page.html")
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(written.as_uri())
        text, title = page.inner_text("main"), page.title()
        width = page.evaluate("document.documentElement.scrollWidth")
    assert asked == [written.as_uri()]
    assert "compared" in title
    assert HOSTILE in text
    assert "⟨U+202E⟩" in text
    assert width <= 390
