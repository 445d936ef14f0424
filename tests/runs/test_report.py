"""report.html: what it says, that foreign text stays text in it, and that it stays small and self-contained."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import run_folders

from rewardkit.errors import DataError
from rewardkit.runs import Result, RunFolder, read_run, read_summary
from rewardkit.runs.report import write_report

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script>",
    "{{ 7 * 7 }} {% raw %}",
    "\0 \x1b[31m \u202e\u2066 \ud800",
    "x" * 100_000,
)


class Tags(HTMLParser):
    """The elements and attribute names of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def text_of(path: Path) -> str:
    """The page, with figures tied to their units by plain spaces."""
    return path.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_folders.training_run(tmp_path_factory.mktemp("runs"), questions=60, repeats=2)


def test_a_training_report_opens_with_the_result_in_words(trained: Path) -> None:
    headline = re.search(r"<h1>(.*?)</h1>", text_of(write_report(trained)))
    assert headline is not None
    assert re.fullmatch(
        r"After RFT, \d+ % of 60 held-out prompts get full marks \(95 % interval \d+ to \d+ %\), up from \d+ %: \+\d+ points \(\+\d+ to \+\d+\)\.",
        headline.group(1),
    )


def test_a_training_report_has_every_part(trained: Path) -> None:
    html = text_of(write_report(trained))
    parts = ("result", "changes", "training", "unscored", "all", "settings")
    assert [part for part in parts if f'<section id="{part}">' not in html] == []


@pytest.mark.parametrize(
    "words",
    [
        "Saturated groups",
        "From wrong to right",
        "By part of the data",
        "Where points are earned and lost",
        "SFT alone",
    ],
)
def test_a_training_report_shows(trained: Path, words: str) -> None:
    assert words in text_of(write_report(trained))


def test_a_grading_report_leaves_out_what_does_not_apply(tmp_path: Path) -> None:
    html = text_of(write_report(run_folders.graded_run(tmp_path, completions=50)))
    assert "How scores are spread" in html
    assert "<h2>Training</h2>" not in html
    assert "<h2>What changed</h2>" not in html


def test_an_eval_of_two_models_opens_with_the_better_and_compares_them(tmp_path: Path) -> None:
    html = text_of(write_report(run_folders.compared_run(tmp_path, questions=30)))
    assert re.search(r"<h1>tiny-v2: \d+ % of the sampled answers to 30 prompts get full marks", html)
    assert re.search(
        r"Better than what\?</h2>.*?<p>Against tiny-v1: \+\d+ points \(.*?\), better\.</p>", html, re.S
    )


@pytest.mark.parametrize(
    "text", HOSTILE, ids=["script", "end of script", "image", "comment", "template", "controls", "long"]
)
def test_whatever_a_model_wrote_stays_text(tmp_path: Path, text: str) -> None:
    html = text_of(write_report(run_folders.one_answer(tmp_path, text)))
    page = Tags(html)
    assert page.tags.count("script") == 2
    assert "img" not in page.tags
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not re.search("[\0\x1b\u202e\u2066\ud800]", html)


def test_hostile_text_in_the_examples_and_names_stays_text(tmp_path: Path) -> None:
    folder = run_folders.training_run(tmp_path, questions=12, repeats=1)
    for name in ("results.jsonl", "samples.jsonl", "metrics.jsonl", "summary.json"):
        path = folder / name
        path.write_text(
            path.read_text()
            .replace("query", "<img src=x>")
            .replace("exact", "<b>")
            .replace("SELECT", "</pre><img>")
        )
    page = Tags(text_of(write_report(folder)))
    assert "img" not in page.tags
    assert page.tags.count("script") == 2


def test_a_report_without_texts_holds_no_prompt_completion_reference_or_reason(trained: Path) -> None:
    html = text_of(write_report(trained, texts=False))
    for foreign in ("SELECT", "items in stock", "Binder Error", "shop.sql"):
        assert foreign not in html
    assert "From wrong to right" in html


def test_a_report_of_2000_long_completions_is_under_5_megabytes(tmp_path: Path) -> None:
    path = write_report(run_folders.graded_run(tmp_path, completions=2000, words=1500))
    assert path.stat().st_size < 5_000_000


def test_a_report_loads_nothing(trained: Path) -> None:
    html = text_of(write_report(trained))
    assert not re.search(r"https?:|//[a-z]|@import|url\(|\bsrc=", html)
    assert "default-src 'none'" in html


def test_the_same_folder_gives_the_same_bytes(trained: Path) -> None:
    assert write_report(trained).read_bytes() == write_report(trained).read_bytes()


def test_a_run_without_results_has_a_report_that_says_so(tmp_path: Path) -> None:
    with RunFolder.open(
        tmp_path, "new", "eval", {"model": "tiny"}, versions={}, fingerprints={}, seed=0
    ) as folder:
        assert "This run has no figures yet." in text_of(write_report(folder.path))


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not a run folder: it has no run\.json"):
        write_report(tmp_path)


def test_the_made_up_training_run_improves_as_real_ones_did(trained: Path) -> None:
    rows = read_summary(trained).comparisons
    gain = next(
        row for row in rows if (row.a, row.b, row.decoding, row.metric) == ("base", "rft", "greedy", "solved")
    )
    assert gain.verdict == "better"


def test_the_headline_of_several_graders_is_about_the_one_that_the_run_is_about(tmp_path: Path) -> None:
    html = text_of(write_report(run_folders.run_of_several_graders(tmp_path)))
    assert "<h1>50 % of 12 completions get full marks from claim (95 % interval" in html
    assert "All 12 completions \N{MULTIPLICATION SIGN} 3 graders were scored." in html
    assert re.findall(r"<h3><code>(\w+)</code>", html) == ["claim", "coverage", "amount"]


def test_the_table_has_a_grader_column_only_when_there_are_several(tmp_path: Path, trained: Path) -> None:
    several = text_of(write_report(run_folders.run_of_several_graders(tmp_path)))
    assert '<th scope="col">Grader</th>' in several
    assert '<th scope="col">Grader</th>' not in text_of(write_report(trained))


def test_what_changed_names_the_grader_when_there_are_several(tmp_path: Path) -> None:
    folder = run_folders.training_run(tmp_path, questions=12, repeats=1)
    with_another = RunFolder.open(
        tmp_path, "demo", "train", read_run(folder).config, versions={},
        fingerprints={"query": "8f3a12c9"}, seed=0, samples=read_run(folder).samples,
    )  # fmt: skip
    with with_another as run:
        rows = [row for row in run.read_results() if row.repeat == 0]
        run.append_results(replace(row, grader="brief") for row in rows)
        run_folders.summarised(run)
    assert "greedy answers, judged by <code>query</code>." in text_of(write_report(folder))


def test_the_curves_of_the_components_stand_in_the_order_of_the_score(tmp_path: Path) -> None:
    folder = run_folders.training_run(tmp_path, questions=12, repeats=1)
    metrics = folder / "metrics.jsonl"
    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    for line in lines:
        line["components"] = dict(sorted(line.get("components", {}).items()))  # as TRL logs them
    metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    legend = re.findall(r'<span class="k\d">(\w+)</span>', text_of(write_report(folder)))
    assert legend == list(run_folders.LEVELS)


def broken_run(root: Path, *, output: str, scored: bool = False) -> Path:
    """A graded completion that its grader died of, and what that printed."""
    changes = {"value": 0.1 if scored else None, "cause": "died", "reason": "killed by signal 11"}
    folder = run_folders.one_answer(root, "rm -rf /", **changes)
    key = {
        "stage": "grade",
        "decoding": "given",
        "sample": "q1",
        "repeat": 0,
        "grader": "exact",
        "fingerprint": "f0",
    }
    with RunFolder.open(root, "one", "grade", {}, versions={}, fingerprints={"exact": "f0"}, seed=0) as run:
        run.append_faults([{**key, "cause": "died", "output": output}])
    return folder


@pytest.mark.parametrize("scored", [False, True], ids=["unscored", "kept what it had earned"])
def test_what_a_grader_printed_is_shown_folded_and_as_text(tmp_path: Path, scored: bool) -> None:
    html = text_of(
        write_report(broken_run(tmp_path, output="<img src=x>\x1b[31mSegmentation fault", scored=scored))
    )
    assert "&lt;img src=x&gt;\N{SYMBOL FOR ESCAPE}[31mSegmentation fault" in html
    shown = html[html.index("What graders printed") :]
    assert (
        shown.index('<details class="example">')
        < shown.index("Segmentation fault")
        < shown.index("</details>")
    )


def test_without_texts_nothing_that_a_grader_printed_is_shown(tmp_path: Path) -> None:
    html = text_of(write_report(broken_run(tmp_path, output="SECRET"), texts=False))
    assert "SECRET" not in html
    assert "What graders printed" not in html


def test_completions_of_the_same_samples_are_told_from_samples(tmp_path: Path) -> None:
    rows = {"file": "answers.jsonl", "count": 6}
    with RunFolder.open(
        tmp_path, "two", "grade", {}, versions={}, fingerprints={"g": "f0"}, seed=0, samples=rows
    ) as folder:
        folder.append_results(
            Result("grade", "given", f"q{n // 2}", n % 2, "g", "f0", "x", float(n % 2)) for n in range(6)
        )
        run_folders.summarised(folder)
    html = text_of(write_report(folder.path))
    assert "<span>answers.jsonl</span><span>3 samples</span><span>6 completions</span>" in html
    assert "<h1>50 % of the given answers to 3 prompts get full marks" in html


def test_three_completions_of_each_cause_are_shown_and_none_that_was_scored_after_all(tmp_path: Path) -> None:
    folder = run_folders.graded_run(tmp_path, completions=600)
    results = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    unscored = [row for row in results if row["cause"]]
    fields = ("stage", "decoding", "sample", "repeat", "grader", "fingerprint")
    lines = [
        {**{name: row[name] for name in fields}, "cause": row["cause"], "output": "OUT"} for row in unscored
    ]
    healed = {**lines[0], "sample": "ticket-0000", "cause": "memory", "output": "HEALED"}
    (folder / "faults.jsonl").write_text("".join(json.dumps(line) + "\n" for line in [healed, *lines]))
    html = text_of(write_report(folder))
    causes = Counter(row["cause"] for row in unscored)
    assert html.count('<pre dir="auto">OUT</pre>') == sum(min(3, count) for count in causes.values())
    assert "HEALED" not in html
