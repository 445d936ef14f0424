"""report.html in a real browser: the table filters, nothing is fetched, nothing is logged, nothing overflows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import run_folders
from real_browser import NEEDS_CHROMIUM, chromium

from rewardkit.runs.report import write_report

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(run_folders.training_run(tmp_path_factory.mktemp("runs"), questions=60, repeats=2))


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as opened:
        yield opened


def test_the_table_filters_opens_and_pages_without_errors_or_requests(browser: object, report: Path) -> None:
    page = browser.new_page()  # type: ignore[attr-defined]
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: noise.append(request.url) if request.url != report.as_uri() else None)
    page.goto(report.as_uri())
    assert page.inner_text("#shown") == "720 of 720 completions"
    page.select_option("#f-stage", label="After RFT")
    page.select_option("#f-outcome", "solved")
    assert set(page.locator("#rows .pill").all_inner_texts()) == {"1"}
    page.fill("#f-text", "no such words")
    assert page.inner_text("#shown") == "0 of 720 completions"
    page.fill("#f-text", "")
    page.locator("#rows button").first.press("Enter")
    assert "Reference" in page.inner_text("#rows .open-row")
    page.click("#next")
    assert page.inner_text("#where").startswith("page 2 of")
    assert noise == []


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_the_page_never_scrolls_sideways(browser: object, report: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})  # type: ignore[attr-defined]
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hostile_completion_runs_nothing(browser: object, tmp_path: Path) -> None:
    text = (
        "</script><script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    )
    page = browser.new_page()  # type: ignore[attr-defined]
    page.goto(write_report(run_folders.one_answer(tmp_path, text)).as_uri())
    page.locator("#rows button").first.click()
    assert text in page.inner_text("#rows .open-row")
    assert page.title() == "one · rewardkit"


def test_scores_of_several_graders_can_be_told_apart_in_the_table(browser: object, tmp_path: Path) -> None:
    page = browser.new_page()  # type: ignore[attr-defined]
    page.goto(write_report(run_folders.run_of_several_graders(tmp_path)).as_uri())
    assert page.inner_text("#shown") == "36 of 36 scores"
    page.select_option("#f-grader", label="claim")
    assert page.inner_text("#shown") == "12 of 36 scores"
    assert set(page.locator("#rows td:nth-last-child(2)").all_inner_texts()) == {"claim"}
