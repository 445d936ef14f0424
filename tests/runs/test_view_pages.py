"""What the pages of `rewardkit view` say: the list, a run, its completions, one prompt, and two runs beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import run_folders
from view_pages import Answer, Viewing, a_run, row, viewing

from rewardkit.runs import read_results, read_summary

pytest.importorskip("starlette", reason="starlette is in the extra 'view'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'view'")

TWO = {"stage": "rft", "decoding": "sampled"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("runs")
    run_folders.training_run(root, questions=60, repeats=4)
    run_folders.graded_run(root, completions=300)
    run_folders.run_of_several_graders(root)
    before = {"same": 0.5, "up": 0.0, "down": 1.0, "far": 1.0, "other": 1.0, "mine": 1.0, "void": 1.0}
    after = {"same": 0.5, "up": 0.25, "down": 0.75, "far": 0.0, "other": 0.0, "theirs": 1.0, "void": None}
    asked = {name: (f"What is {name}?", name) for name in (*before, "theirs")}
    a_run(root, "before", [row(name, value) for name, value in before.items()], samples=asked)
    changed = {**asked, "other": ("What is other?", "something else")}
    a_run(
        root,
        "after",
        [row(name, value, completion=f"new answer to {name}") for name, value in after.items()],
        samples=changed,
        fingerprint="f1",
    )
    return root


@pytest.fixture(scope="module")
def viewed(runs: Path) -> Iterator[Viewing]:
    with viewing(runs) as started:
        yield started


def listed(page: Answer) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">([^<]*)</a>', page.text)


def shown(page: Answer) -> tuple[int, int]:
    """How many results a page of completions found, of how many."""
    found, total = re.findall(r'role="status">([\d,]+) of ([\d,]+) ', page.text)[0]
    return int(found.replace(",", "")), int(total.replace(",", ""))


def scores(page: Answer) -> list[str]:
    return re.findall(r'class="pill [a-z]+">([^<]*)<', page.text)


def test_the_list_has_the_headline_figure_of_each_run_with_its_interval(runs: Path, viewed: Viewing) -> None:
    page = viewed.get()
    row = next(
        r
        for r in read_summary(runs / "demo").stages
        if (r.name, r.metric, r.slice) == ("rft", "solved", None)
    )
    assert f"{row.mean * 100:.0f} % {row.low * 100:.0f} to {row.high * 100:.0f}" in page.plain  # type: ignore[operator]
    assert "After RFT, greedy, query" in page.plain
    assert "Graded, claim" in page.plain  # the primary grader, not the first
    assert page.plain.count("no figures yet") == 2


@pytest.mark.parametrize("order", ["name", "verb", "written", "model", "figure", "unscored"])
def test_the_list_is_sorted_both_ways_and_says_so(viewed: Viewing, order: str) -> None:
    up, down = (viewed.get(sort=order, desc=desc) for desc in (0, 1))
    assert sorted(listed(up)) == sorted(listed(down)) == ["after", "before", "demo", "replies", "several"]
    assert ('aria-sort="ascending"' in up.text, 'aria-sort="descending"' in down.text) == (True, True)


def test_the_list_puts_runs_without_a_figure_last_either_way(viewed: Viewing) -> None:
    for desc in (0, 1):
        assert set(listed(viewed.get(sort="figure", desc=desc))[3:]) == {"after", "before"}
    assert listed(viewed.get(sort="unscored", desc=1))[0] in ("demo", "replies")


def test_the_page_of_a_run_has_stages_slices_components_causes_and_curves(viewed: Viewing) -> None:
    page = viewed.get("run", "demo")
    for words in (
        "After RFT against base model",
        "By part of the data",
        "having",
        "up to 0.15",
        "Training",
        "Loss",
    ):
        assert words in page.plain
    assert page.text.count('<svg class="chart" role="img"') == 8
    assert "So far" not in page.plain


def test_the_means_of_components_are_those_of_the_results(runs: Path, viewed: Viewing) -> None:
    values = [
        result.components[4].value
        for result in read_results(runs / "demo")
        if (result.stage, result.decoding) == ("base", "greedy") and result.value is not None
    ]
    line = re.findall(r'<th scope="row">exact</th>(.*?)</tr>', viewed.get("run", "demo").text, re.S)[-1]
    figures = re.findall(r'class="figure">([^<]*)<', line)
    assert figures[1] == f"{sum(v or 0 for v in values) / len(values):.2f}"


def test_a_run_without_a_summary_shows_what_its_results_say_so_far(viewed: Viewing) -> None:
    page = viewed.get("run", "after")
    assert "This run has no figures yet." in page.plain
    assert "base, greedy exact 7 7 1 0.417" in page.plain.replace("Base model", "base")


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"stage": "rft"}, lambda r: r.stage == "rft"),
        ({"decoding": "sampled", "outcome": "solved"}, lambda r: r.decoding == "sampled" and r.value == 1.0),
        ({"outcome": "partial"}, lambda r: r.value is not None and 0 < r.value < 1),
        ({"outcome": "unscored"}, lambda r: r.value is None),
        ({"cause": "timeout", "stage": "base"}, lambda r: r.cause == "timeout" and r.stage == "base"),
        ({"low": "0.1", "high": "0,5"}, lambda r: r.value is not None and 0.1 <= r.value <= 0.5),
        (
            {"q": "SELECT TOP"},
            lambda r: (
                "select top" in r.completion.lower() or any("SELECT TOP" in c.reason for c in r.components)
            ),
        ),
        ({"q": "100% no_such"}, lambda _: False),
    ],
)
def test_filters_find_what_the_results_hold(
    runs: Path, viewed: Viewing, asked: dict[str, str], holds
) -> None:  # type: ignore[no-untyped-def]
    results = read_results(runs / "demo")
    page = viewed.get("run", "demo", "samples", **asked)
    assert shown(page) == (sum(map(holds, results)), len(results))


def test_every_completion_stands_with_its_prompt(viewed: Viewing) -> None:
    text = viewed.get("run", "after", "samples").text
    assert re.search(r"new answer to far\s*<small[^>]*>What is far\?</small>", text)


def test_a_search_finds_words_of_prompts_and_references(viewed: Viewing) -> None:
    assert shown(viewed.get("run", "after", "samples", q="what is FAR?"))[0] == 1
    assert shown(viewed.get("run", "after", "samples", q="something else"))[0] == 1


def test_the_outcome_follows_the_pass_mark_of_the_run(runs: Path, viewed: Viewing) -> None:
    solved = sum((result.value or 0) >= 0.8 for result in read_results(runs / "replies"))
    assert shown(viewed.get("run", "replies", "samples", outcome="solved"))[0] == solved


def test_pages_of_completions_hold_each_once_in_their_order(runs: Path, viewed: Viewing) -> None:
    pages = [viewed.get("run", "replies", "samples", order="low", page=number) for number in range(1, 7)]
    values = [score for page in pages for score in scores(page)]
    expected = sorted(r.value for r in read_results(runs / "replies") if r.value is not None)
    assert values[: len(expected)] == [f"{value:.3g}" for value in expected]
    assert len(values) == 300
    assert 'rel="next"' not in pages[5].text
    assert 'rel="prev"' not in pages[0].text


def test_a_prompt_shows_all_its_completions_with_scores_parts_reference_and_columns(
    runs: Path, viewed: Viewing
) -> None:
    page = viewed.get("run", "demo", "prompt", sample="having-003", **TWO)
    mine = [
        r
        for r in read_results(runs / "demo")
        if (r.sample, r.stage, r.decoding) == ("having-003", "rft", "sampled")
    ]
    assert page.text.count("<article") == len(mine) == 4
    assert [score.partition(":")[0] for score in scores(page)] == [
        "unscored" if result.value is None else f"{result.value:.3g}" for result in mine
    ]
    for words in (
        "Reference",
        "HAVING COUNT(*)",
        "database",
        "shop.sql",
        "parses",
        "Sample before",
        "Sample after",
    ):
        assert words in page.plain
    assert page.text.count('aria-current="true"') == 1


def test_a_prompt_shows_what_every_grader_said(viewed: Viewing) -> None:
    page = viewed.get("run", "several", "prompt", sample="q1")
    assert re.findall(r"<h4>(\w+) ", page.text) == ["coverage", "amount", "claim"]


def test_two_runs_are_compared_on_the_prompts_that_both_scored(viewed: Viewing) -> None:
    page = viewed.get("diff", a="before", b="after:base")
    assert "Of 4 prompts, 1 got better, 2 got worse." in page.plain
    for words in (
        "1 only in the first",
        "1 only in the second",
        "1 unscored at either",
        "1 have another prompt or reference",
        "graded by different versions",
        "too few prompts for an interval",
    ):
        assert words in page.plain
    assert "−0.25" in page.plain  # the mean of 0, 0.25, -0.25 and -1


def test_the_worst_regression_stands_first_with_both_texts(viewed: Viewing) -> None:
    page = viewed.get("diff", a="before", b="after")
    assert re.findall(r'<h3><span class="id">(\w+)</span>', page.text) == ["far", "down"]
    first = page.text.partition("<article")[2].partition("</article>")[0]
    assert "What is far?" in first
    assert first.index(">answer to far<") < first.index(">new answer to far<")


@pytest.mark.parametrize(
    ("kind", "names"), [("wins", ["up"]), ("ties", ["same"]), ("all", ["far", "down", "same", "up"])]
)
def test_the_other_prompts_of_a_comparison_can_be_asked_for(
    viewed: Viewing, kind: str, names: list[str]
) -> None:
    page = viewed.get("diff", a="before", b="after", show=kind)
    assert re.findall(r'<h3><span class="id">(\w+)</span>', page.text) == names


def test_two_stages_of_a_run_are_compared_as_its_summary_does(runs: Path, viewed: Viewing) -> None:
    page = viewed.get("diff", a="demo:base", b="demo:rft", decoding="sampled")
    (row,) = (
        r
        for r in read_summary(runs / "demo").comparisons
        if (r.a, r.b, r.decoding, r.metric) == ("base", "rft", "sampled", "score")
    )
    assert f"Of {row.prompts} prompts" in page.plain
    assert f"{row.difference:+.3g} (95 % interval " in page.plain
