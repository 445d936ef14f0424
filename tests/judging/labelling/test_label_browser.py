"""The label page in a real browser: by keyboard and by finger, reloaded, with hostile text, without a request to elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import label_pages
import pytest
from label_pages import Running, labelling, lines_of
from real_browser import NEEDS_CHROMIUM, chromium

pytest.importorskip("starlette", reason="starlette is in the extra 'label'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'label'")
pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = label_pages.project(tmp_path_factory.mktemp("project"), completions=12)
    row = {"id": "hostile", "prompt": "p", "completion": label_pages.HOSTILE, "policy": "<i>x</i>"}
    long = {"id": "long", "prompt": "p", "completion": "w" * 20_000, "policy": "x" * 300}
    with (folder / "answers.jsonl").open("a") as file:
        file.writelines(json.dumps(each) + "\n" for each in (row, long))
    return folder


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Running]:
    with labelling(folder) as started:
        yield started


@pytest.fixture(scope="module")
def comparing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Path]]:
    folder = label_pages.project(tmp_path_factory.mktemp("pairs"))
    with labelling(folder, "--compare", "--rater", "anna") as started:
        yield started, folder / "labels.jsonl"


def opened(browser: Any, running: Running, rater: str, **options: Any) -> Any:
    """A page of a new browser on the first open item; `page.noise` gathers errors and requests to elsewhere."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(10_000)
    page.noise = []
    page.on("console", lambda message: page.noise.append(message.text))
    page.on("pageerror", lambda error: page.noise.append(str(error)))
    home = f"http://127.0.0.1:{running.port}/"
    page.on(
        "request", lambda request: None if request.url.startswith(home) else page.noise.append(request.url)
    )
    page.goto(running.address)
    if rater:
        page.keyboard.type(rater)  # the field has the focus
        page.keyboard.press("Enter")
    page.wait_for_selector("#work")
    page.wait_for_load_state()  # the script runs after the page is parsed
    return page


def go(page: Any, key: str) -> None:
    """Press a key that leads to another page."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state()


def test_five_are_labelled_by_keyboard_and_a_reload_loses_nothing(
    browser: Any, running: Running, folder: Path
) -> None:
    page = opened(browser, running, "anna")
    for number in range(1, 6):
        assert page.url.endswith(f"/item/{number}")
        for key in ("y", "n", str(number % 3 + 1)):
            page.keyboard.press(key)
        if number == 5:
            page.keyboard.press("w")
            page.keyboard.type("yes, no: 12")  # keys of the page are letters in a note
            page.keyboard.press("Escape")
        go(page, "Enter")
    assert page.url.endswith("/item/6")
    go(page, "u")
    page.reload()
    assert page.inner_text("#done") == "5"
    assert page.input_value("#note") == "yes, no: 12"
    assert page.locator("input:checked").evaluate_all("all => all.map(one => one.value)") == [
        "met",
        "unmet",
        "warm",
    ]
    labels = {
        line["completion"]: line for line in lines_of(folder / "labels.jsonl") if line["rater"] == "anna"
    }
    tones = [labels[f"Reply number {number}."]["verdicts"]["tone"] for number in range(5)]
    assert tones == ["fine", "warm", "rude", "fine", "warm"]
    assert page.noise == []


def test_an_answer_is_kept_at_once_changed_and_taken_back(
    browser: Any, running: Running, folder: Path
) -> None:
    page = opened(browser, running, "ben")
    page.keyboard.press("y")
    page.wait_for_selector("#saved:text-is('Saved')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("n")
    page.keyboard.press("Enter")  # two are open: it stays, says so and goes to the first of them
    page.wait_for_selector("#saved:text-is('2 still open: answer, or skip')")
    assert page.locator(".question.current").get_attribute("data-criterion") == "invents"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Backspace")
    go(page, "s")
    verdicts = [line["verdicts"] for line in lines_of(folder / "labels.jsonl") if line["rater"] == "ben"]
    assert verdicts == [{"policy": "met"}, {"policy": "unmet"}, {}]
    assert page.url.endswith("/item/2")
    assert page.noise == []


def test_hostile_text_shows_as_text_and_runs_nothing(browser: Any, running: Running) -> None:
    page = opened(browser, running, "cara")
    page.goto(f"http://127.0.0.1:{running.port}/item/13")
    assert "<script>document.title = 'owned'</script><img src=x" in page.inner_text(".completion .text")
    assert "{{ 7 * 7 }}" in page.inner_text(".completion .text")
    assert "<i>x</i>" in page.inner_text("fieldset >> nth=0")
    assert page.title() == "13 of 14 · answers.jsonl"
    assert page.locator("img, main script, i").count() == 0
    assert page.noise == []


def test_no_page_scrolls_sideways(browser: Any, running: Running, comparing: tuple[Running, Path]) -> None:
    page = opened(browser, running, "dora")
    home = f"http://127.0.0.1:{running.port}"
    outside = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length"
    for address in (
        f"{home}/item/1",
        f"{home}/item/14",
        f"{home}/results",
        f"{home}/rater",
        comparing[0].address,
    ):
        page.goto(address)
        for width in (360, 820, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator(".dock button, nav a, .choice").evaluate_all(outside) == 0


def test_a_finger_on_a_phone_labels_and_takes_back(browser: Any, running: Running, folder: Path) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    page = opened(browser, running, "emil", **phone)
    for name, verdict in [
        ("policy", "met"),
        ("invents", "unmet"),
        *[("tone", each) for each in ("warm", "warm", "rude")],
    ]:
        page.tap(f"input[name={name}][value={verdict}]")
    page.tap("#next")
    page.wait_for_url("**/item/2")
    tones = [
        line["verdicts"].get("tone") for line in lines_of(folder / "labels.jsonl") if line["rater"] == "emil"
    ]
    assert tones[-3:] == ["warm", None, "rude"]


def test_two_are_compared_by_keyboard(browser: Any, comparing: tuple[Running, Path]) -> None:
    running, file = comparing
    page = opened(browser, running, "", color_scheme="dark")
    for key in ("a", "t", "b"):
        left, right = page.locator(".completion .text").all_inner_texts()
        page.keyboard.press(key)
        go(page, "Enter")
        line = lines_of(file)[-1]
        assert (line["a"], line["b"], line["preferred"]) == (left, right, {"t": "tie"}.get(key, key))
    assert page.inner_text("h1") == "All done, thank you."
    assert page.noise == []


def test_what_cannot_be_saved_is_said_and_nothing_moves_on(browser: Any, tmp_path: Path) -> None:
    with labelling(label_pages.project(tmp_path), "--rater", "anna") as running:
        page = opened(browser, running, "")
        assert running.end() == 0
        page.keyboard.press("y")
        page.wait_for_selector("#alarm:visible")
        assert page.inner_text("#alarm").startswith("Not saved: the program is not running any more.")
        page.keyboard.press("s")
        assert page.url.endswith("/item/1")
