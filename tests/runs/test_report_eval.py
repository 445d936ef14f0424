"""report.html of an eval of several models: what stands first, parts of the data, components, reasons, few prompts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import evaluated_folders
import pytest
import run_folders

from rewardkit.runs import read_summary
from rewardkit.runs.report import write_report


def text_of(path: Path) -> str:
    """The page without its script and data, figures tied to their units by plain spaces."""
    html = path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")
    return html[: html.index('<script type="application/json"')]


def answer(html: str, question: str) -> str:
    """What the page answers to one of its four questions."""
    found = re.search(rf"<section><h2>{re.escape(question)}</h2>(.*?)</section>", html, re.S)
    assert found is not None
    return found.group(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evaluated_folders.evaluated_run(tmp_path_factory.mktemp("runs"), questions=300, repeats=4)


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return text_of(write_report(folder))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> str:
    one = {"tiny-v3": "rft"}
    path = evaluated_folders.evaluated_run(tmp_path_factory.mktemp("runs"), questions=7, models=one)
    return text_of(write_report(path))


def test_the_headline_is_the_best_model_against_the_next_best_and_one_answer_for_all(html: str) -> None:
    assert re.search(
        r"<h1>tiny-v3: \d+ % of the sampled answers to 300 prompts get full marks \(95 % interval \d+ to \d+ %\), "
        r"more than tiny-v2 \(\d+ %\); the best constant answer gets 4 %\.</h1>",
        html,
    )


def test_the_four_questions_stand_before_everything_else_in_their_order(html: str) -> None:
    questions = re.findall(r"<h2>(.*?)</h2>", html)[:5]
    assert questions == ["How good?", "How sure?", "Better than what?", "Where does it fail?", "Result"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How good?", r"At least one of 4 answers solves: \d+ %, all 4: \d+ %\."),
        ("How good?", r"Answers have \d+ characters \(\d+ tokens\); .* cut off at the limit\."),
        ("How sure?", r"With 300 prompts a difference of at least [\d.]+ points could be detected\."),
        ("How sure?", r'<p class="fine">Interval: .*40 clusters\.'),
        ("Better than what?", r"Against tiny-v1: \+\d+ points \(\+\d+ to \+\d+\), better\."),
        ("Better than what?", r"SELECT name FROM products"),
        ("Where does it fail?", r"family = having"),
        ("Where does it fail?", r"Most frequent reason \(\d+\): … rows too many"),
    ],
)
def test_each_question_is_answered_with(html: str, question: str, words: str) -> None:
    assert re.search(words, answer(html, question))


def test_the_best_of_three_models_says_that_it_was_chosen(html: str) -> None:
    assert "Chosen as the best of 3 models" in answer(html, "How sure?")


def test_models_stand_side_by_side(html: str) -> None:
    heads = re.search(r"<caption[^>]*>Figures of query by stage</caption>\s*<thead>(.*?)</thead>", html, re.S)
    assert heads is not None
    assert re.findall(r">([^<>]+)</th>", heads.group(1)) == ["Measure", "tiny-v1", "tiny-v2", "tiny-v3"]


@pytest.mark.parametrize(
    "measure",
    [
        "Median score", "Prompts at the highest score", "Prompts at the lowest score", "Solved at least once in 4",
        "Solved all 4 times", "Against tiny-v1", "Detectable difference", "Length, characters", "Cut off at the limit",
    ],
)  # fmt: skip
def test_the_table_of_models_has(html: str, measure: str) -> None:
    assert f'<th scope="row">{measure}</th>' in html


def test_the_parts_of_a_column_stand_worst_first(html: str, folder: Path) -> None:
    section = html[html.index("<h3>By family") : html.index("<h3>By season")]
    means = {
        row.slice: row.mean or 0.0
        for row in read_summary(folder).stages
        if row.name == "tiny-v3" and row.metric == "solved" and str(row.slice).startswith("family")
    }
    assert re.findall(r'data-part="([^"]+)"', section) == sorted(means, key=lambda name: means[name])


def test_a_part_under_ten_prompts_is_listed_without_an_interval(html: str) -> None:
    listed = html[html.index("Too few prompts for an interval") :]
    assert re.search(r'data-part="season = leap year">leap year</a> <span>[^<]* of 1 tiny-v1', listed)


def test_components_have_intervals(html: str) -> None:
    part = html[html.index("Where points are earned and lost") :]
    assert re.search(
        r'data-missed="exact">exact</a>.*?<b>0\.\d\d</b> <small>0\.\d\d to 0\.\d\d</small>', part, re.S
    )


def test_the_worst_prompts_are_shown_with_completion_and_reasons(html: str) -> None:
    part = html[html.index("Prompts that earn least") : html.index('<section id="changes">')]
    assert part.count('<details class="example"') == 8
    assert "<h4>Reference</h4>" in part
    assert re.search(r'<b>\w+</b> <span class="earned">0</span> <span class="why">· ', part)


def test_under_ten_prompts_nothing_has_an_interval_and_every_prompt_is_listed(few: str) -> None:
    assert "95 % interval" not in answer(few, "How sure?")
    assert "no interval under 10 prompts" in answer(few, "How sure?")
    listed = few[few.index("<h4>One by one</h4>") : few.index("<h4>Figures</h4>")]
    assert listed.count('<th scope="row">') == 7


def test_the_answer_that_beats_few_prompts_is_not_called_less(few: str) -> None:
    assert "4 %: not clearly less" in answer(few, "Better than what?")


def test_a_summary_from_before_there_were_these_figures_still_makes_a_page(tmp_path: Path) -> None:
    folder = run_folders.compared_run(tmp_path, questions=30)
    old: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    new = ("clusters", "method", "detectable", "median", "top", "bottom")
    stages = [{name: value for name, value in row.items() if name not in new} for row in old["stages"]]
    (folder / "summary.json").write_text(json.dumps({"stages": stages, "comparisons": old["comparisons"]}))
    html = text_of(write_report(folder))
    assert "Where points are earned and lost" in html
    assert "could be detected." not in html


def test_without_texts_neither_reasons_nor_the_constant_answer_are_quoted(folder: Path) -> None:
    html = write_report(folder, texts=False).read_text(encoding="utf-8")
    for foreign in ("rows too many", "SELECT name", "items in stock"):
        assert foreign not in html


def test_one_model_without_a_baseline_says_that_it_is_held_against_nothing(tmp_path: Path) -> None:
    html = text_of(write_report(run_folders.one_answer(tmp_path, "42")))
    assert "One model and no baseline" in answer(html, "Better than what?")


@pytest.mark.slow
@pytest.mark.parametrize("words", [0, 400], ids=["short texts", "texts of 3,000 characters"])
def test_three_models_on_2000_samples_make_a_page_under_5_megabytes(tmp_path: Path, words: int) -> None:
    folder = evaluated_folders.evaluated_run(tmp_path, hostile=True, words=words)
    page = write_report(folder)
    assert page.stat().st_size < 5_000_000
    assert '"shown":6000,"total":6000' in page.read_text(encoding="utf-8")
