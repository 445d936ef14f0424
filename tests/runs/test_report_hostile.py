"""report.html of three models on 2,000 samples with hostile texts in a real browser: contrast, keyboard, requests, print."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import evaluated_folders
import pytest
from real_browser import NEEDS_CHROMIUM, chromium

from rewardkit.runs.report import write_report

pytestmark = NEEDS_CHROMIUM

# Every text on the page with the ratio of its colour to what is painted behind it (WCAG 2.2, 1.4.3); disabled controls are exempt.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (css) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const drawnOn = (text) => {  // a text inside a drawing stands on the shape drawn before it that contains its middle
    const box = text.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    let colour = behind(text);
    for (const shape of text.ownerSVGElement.querySelectorAll("rect")) {
      const at = shape.getBoundingClientRect(), style = getComputedStyle(shape);
      if (at.x <= x && x <= at.right && at.y <= y && y <= at.bottom) {
        const fill = parse(style.fill); fill[3] *= Number(style.opacity);
        colour = over(fill, colour);
      }
    }
    return colour;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("script,style,:disabled,title")) continue;
    const style = getComputedStyle(element), drawn = element instanceof SVGElement;
    const under = drawn ? drawnOn(element) : behind(element);
    const ink = over(parse(drawn ? style.fill : style.color), under);
    const [low, high] = [light(ink), light(under)].sort((a, b) => a - b);
    found.push([Math.round((high + 0.05) / (low + 0.05) * 100) / 100, node.data.trim().slice(0, 40), element.className.baseVal ?? element.className]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = evaluated_folders.evaluated_run(tmp_path_factory.mktemp("runs"), hostile=True)
    return write_report(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Any, report: Path) -> Iterator[Any]:
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.goto(report.as_uri())
    yield opened
    opened.close()


def test_the_page_asks_for_nothing_and_reports_no_error(browser: Any, report: Path) -> None:
    page = browser.new_page()
    requests: list[str] = []
    noise: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.goto(report.as_uri())
    for text in evaluated_folders.HOSTILE[:5]:
        page.fill("#f-text", str(re.findall(r"\w+", text)[0]))
        page.locator("#rows button").first.click()
    page.wait_for_timeout(200)
    assert (requests, noise) == ([report.as_uri()], [])
    assert page.title() == "evaluated · rewardkit"


@pytest.mark.parametrize("number", range(len(evaluated_folders.HOSTILE) - 1))
def test_a_hostile_completion_is_shown_as_the_text_it_is(page: Any, number: int) -> None:
    text = evaluated_folders.HOSTILE[number]
    page.fill("#f-text", f"-{4 + 300 * number:04d}")
    page.locator("#rows button").first.click()
    shown = page.inner_text("#rows .open-row pre:nth-of-type(3)")
    assert [word for word in re.findall(r"[!-~]+", text) if word not in shown] == []
    assert not re.search("[\0\x1b\u202e\u2066\ud800]", page.content())


def test_a_completion_of_a_megabyte_is_cut_and_says_so(page: Any) -> None:
    page.fill("#f-text", "-1504")
    page.locator("#rows button").first.click()
    assert re.search(r"… \[1,0\d\d,\d{3} more characters\]", page.inner_text("#rows .open-row"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_a_contrast_of_4_5_or_more(browser: Any, report: Path, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(report.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.fill("#f-text", "join")
    for outcome in ("solved", "zero", "partial", "unscored"):
        page.select_option("#f-outcome", outcome)
        page.locator("#rows button").first.click()
        found = page.evaluate(CONTRAST)
        assert len(found) > 300
        assert [one for one in found if one[0] < 4.5] == []


def test_every_drawing_says_in_words_what_it_shows(page: Any) -> None:
    charts = page.locator("svg").evaluate_all(
        "all => all.map((one) => [one.getAttribute('role'), one.getAttribute('aria-label')])"
    )
    assert charts
    assert all(role == "img" and len(words) > 10 for role, words in charts)
    named = page.locator(".track").evaluate_all(
        "all => all.every((one) => one.ariaHidden === 'true' && /[0-9]/.test(one.closest('tr').innerText))"
    )
    assert named


def test_the_keyboard_reaches_every_control_in_the_order_of_the_page(page: Any) -> None:
    controls = "a[href],button:not(:disabled),input,select,summary"
    place = f"[...document.querySelectorAll('{controls}')].filter((one) => one.checkVisibility()).indexOf(document.activeElement)"
    total = page.evaluate(
        f"[...document.querySelectorAll('{controls}')].filter((one) => one.checkVisibility()).length"
    )
    walked: list[int] = []
    for _ in range(3 * total):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(place))
        if page.evaluate("document.activeElement === document.body"):
            break
    reached = [at for at in walked if at >= 0]
    assert reached == sorted(reached)
    assert set(reached) == set(range(total))


def test_the_focus_of_the_keyboard_can_be_seen(page: Any) -> None:
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"


def test_a_part_of_the_data_opens_its_completions_lowest_score_first(page: Any) -> None:
    page.locator("[data-part='family = having']").first.press("Enter")
    assert page.inner_text("#shown") == "1,200 of 6,000 completions"
    assert page.evaluate("document.activeElement.id") == "f-part"
    assert set(page.locator("#rows button.open").all_inner_texts()) <= {
        f"having-{i:04d}" for i in range(2000)
    }
    assert page.input_value("#f-order") == "low"


def test_a_component_opens_the_completions_that_did_not_earn_it(page: Any) -> None:
    page.locator("[data-missed=runs]").first.press("Enter")
    page.locator("#rows button").first.press("Enter")
    step = page.locator("#rows .open-row .steps li", has=page.locator("b", has_text="runs"))
    assert step.first.get_attribute("class") in ("zero", "part")


def test_clearing_the_filters_shows_everything_again(page: Any) -> None:
    page.locator("[data-part='season = winter']").first.click()
    page.click("#f-clear")
    page.wait_for_function("document.getElementById('shown').textContent.startsWith('6,000 of')")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_with_long_and_hostile_names_never_scrolls_sideways(
    browser: Any, report: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_prints_light_on_paper_whatever_the_screen_is(browser: Any, report: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [one for one in page.evaluate(CONTRAST) if one[0] < 4.5] == []
    printed = page.pdf(format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert printed.startswith(b"%PDF-")
    assert 2 <= pages <= 12
    assert len(_streams(printed)) > 20_000


def _streams(pdf: bytes) -> bytes:
    """What the compressed streams of a PDF draw."""
    drawn = b""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            drawn += zlib.decompress(found.group(1))
        except zlib.error:
            continue
    return drawn
