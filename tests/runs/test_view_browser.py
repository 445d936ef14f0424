"""`rewardkit view` in a real browser: nothing is fetched from elsewhere, nothing runs, it is kept up to date, keys and phones work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import run_folders
from real_browser import NEEDS_CHROMIUM, chromium
from view_pages import HOSTILE, Viewing, a_run, row, step, training, viewing

from rewardkit.runs.report import write_report

SHOTS = os.environ.get("REWARDKIT_SHOTS")  # a folder for pictures of the pages, to be looked at
LONG = "word " * 200_000

pytest.importorskip("starlette", reason="starlette is in the extra 'view'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'view'")
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    write_report(run_folders.training_run(root, questions=40, repeats=8))
    run_folders.compared_run(root, questions=40)
    rows = [
        row("hostile", 0.0, completion=HOSTILE, reason=HOSTILE),
        row("long", 0.5, completion=LONG),
        row("unbroken", completion="w" * 1_000_000),
    ]
    asked = {"hostile": (HOSTILE, HOSTILE), "long": (LONG, "word"), "unbroken": ("p", "w")}
    a_run(root, "hostile", rows, samples=asked)
    (root / "spoiled").mkdir()
    (root / "spoiled" / "run.json").write_text("{")
    return root


@pytest.fixture(scope="module")
def viewed(runs: Path) -> Iterator[Viewing]:
    with viewing(runs) as started:
        yield started


def opened(browser: Any, viewed: Viewing, path: str = "", **options: Any) -> Any:
    """A page of a new browser; `page.noise` gathers what it says and what it asks of elsewhere, `page.asked` all that it asks."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(10_000)
    page.noise, page.asked = [], []
    home = viewed.address.partition(viewed.key)[0]
    page.on("console", lambda message: page.noise.append(message.text))
    page.on("pageerror", lambda error: page.noise.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.on(
        "request", lambda request: None if request.url.startswith(home) else page.noise.append(request.url)
    )
    page.goto(f"{home}{viewed.key}/{path}")
    return page


def photographed(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


PAGES = {
    "list": "",
    "run": "run/demo",
    "completions": "run/demo/samples?outcome=partial",
    "prompt": "run/demo/prompt?sample=join-002&stage=rft&decoding=sampled",
    "graders": "run/compare/prompt?sample=join-002",
    "diff": "diff?a=demo:base&b=demo:rft&decoding=sampled",
    "hostile": "run/hostile/prompt?sample=hostile",
    "long": "run/hostile/prompt?sample=long",
    "unbroken": "run/hostile/prompt?sample=unbroken",
    "text": "run/hostile/text?what=completion&sample=long&stage=base&decoding=greedy&repeat=0&grader=exact",
    "spoiled": "run/spoiled",
}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_elsewhere_says_anything_or_scrolls_sideways(
    browser: Any, viewed: Viewing, name: str
) -> None:
    page = opened(browser, viewed, PAGES[name], color_scheme="dark" if name in ("diff", "list") else "light")
    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        photographed(page, f"{name}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(page.asked) >= 4  # the page, its two style sheets and its script
    expected = ["422"] if name == "spoiled" else []
    assert [said for said in page.noise if not any(status in said for status in expected)] == []


def test_hostile_text_shows_as_text_and_runs_nothing(browser: Any, viewed: Viewing) -> None:
    page = opened(browser, viewed, PAGES["hostile"])
    text = page.inner_text(".group pre")
    assert "</script></pre><script>document.title = 'owned'</script><img src=x" in text
    assert "⟨U+202E⟩ desrever ⟨U+200B⟩" in text
    assert page.title() == "hostile in hostile · rewardkit"
    assert page.locator("main script, img").count() == 0
    assert page.noise == []


def test_the_rest_of_a_long_text_is_read_on(browser: Any, viewed: Viewing) -> None:
    page = opened(browser, viewed, PAGES["long"])
    assert len(page.inner_text(".group pre")) < 5_000
    page.click(".group .rest a")
    for _ in range(9):
        page.locator("a[rel=next]").first.click()
    assert "900,000 to 1,000,000 of 1,000,000 characters" in page.inner_text("main")
    assert page.locator("a[rel=next]").count() == 0


def test_from_the_list_to_a_regression_by_keyboard_alone(browser: Any, viewed: Viewing) -> None:
    page = opened(browser, viewed)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("demo:rft")
    page.keyboard.press("Tab")
    page.keyboard.type("demo:base")
    page.keyboard.press("Enter")
    page.wait_for_url("**/diff?*")
    assert "got worse" in page.inner_text("h1")
    assert page.locator(".pair").count() > 0
    assert page.noise == []


def test_completions_are_filtered_and_opened(browser: Any, viewed: Viewing) -> None:
    page = opened(browser, viewed, "run/demo/samples")
    page.select_option("[name=stage]", label="After RFT")
    page.select_option("[name=outcome]", "solved")
    page.fill("[name=q]", "orders")
    page.press("[name=q]", "Enter")
    page.wait_for_url("**outcome=solved**")
    assert set(page.locator(".rows .pill").all_inner_texts()) == {"1"}
    page.locator(".rows a").first.click()
    page.wait_for_url("**/prompt?*")
    assert page.locator("article:target").count() == 1
    page.locator(".tabs a", has_text="After RFT, sampled").click()
    page.wait_for_url("**decoding=sampled**")
    assert page.locator("article").count() == 8


def test_the_report_works_in_its_sandbox(browser: Any, viewed: Viewing) -> None:
    page = opened(browser, viewed, "run/demo")
    page.click("text=Report")
    page.wait_for_url("**/report")
    page.select_option("#f-stage", label="After RFT")
    assert page.inner_text("#shown").endswith("1,440 completions")
    assert page.evaluate("origin") == "null"
    assert page.noise == []


def test_curves_grow_while_a_training_goes_on_and_the_end_is_told(browser: Any, tmp_path: Path) -> None:
    with training(tmp_path) as going, viewing(tmp_path) as viewed:
        going.append("metrics", [step(n, n / 20, components={"parses": 1.0}) for n in range(1, 6)])
        page = opened(browser, viewed, "run/going")
        assert "0.05 → 0.25" in page.inner_text("#training")
        photographed(page, "going")
        going.append("metrics", [step(n, n / 20, components={"parses": 1.0}) for n in range(6, 16)])
        page.wait_for_selector("text=0.05 → 0.75")
        assert page.locator("#training svg.chart").count() == 2
        going.end()
        page.wait_for_selector("#live[data-writing=no]")
        assert page.noise == []
        assert viewed.end() == 0


def test_that_the_command_has_ended_is_said(browser: Any, tmp_path: Path) -> None:
    with training(tmp_path) as going, viewing(tmp_path) as viewed:
        going.append("metrics", [step(1, 0.5)])
        page = opened(browser, viewed, "run/going")
        assert not page.is_visible("#lost")
        assert viewed.end() == 0
        page.wait_for_selector("#lost:visible")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_reading_needs(browser: Any, viewed: Viewing, scheme: str) -> None:
    """4.5 to 1, as WCAG 2.2 AA asks of text."""
    page = opened(browser, viewed, color_scheme=scheme)
    for name in ("list", "completions", "graders", "diff", "spoiled"):
        page.goto(f"{viewed.address}{PAGES[name]}")
        assert page.evaluate(_LOW_CONTRAST) == []


_LOW_CONTRAST = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${element.tagName} ${element.className}: ${element.textContent.slice(0, 30)}`);
  }
  return low;
}"""
