"""A run in a notebook: figures, tables, and how it shows itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from run_folders import training_run

from rewardkit import Run
from rewardkit.errors import DataError, MissingPackage, UsageError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run.open(training_run(tmp_path_factory.mktemp("runs"), questions=12))


def test_a_run_has_its_configuration_figures_and_report(run: Run) -> None:
    assert (run.info.verb, run.info.config["model"]) == ("train", "models/tiny")
    assert {row.name for row in run.summary.stages} == {"base", "sft", "rft", "sft_alone"}
    assert run.report == run.path / "report.html"


def test_results_are_a_relation(run: Run) -> None:
    assert run.results.filter("stage = 'base' AND decoding = 'greedy'").count("*").fetchall() == [(12,)]


def test_sql_asks_all_tables_of_the_run(run: Run) -> None:
    found = run.sql("SELECT count(*) FROM samples").fetchall()
    assert found == [(12,)]


def test_a_wrong_query_names_the_tables(run: Run) -> None:
    with pytest.raises(UsageError, match=r"(?s)the query failed: .*\n.*tables: results, components, samples"):
        run.sql("SELECT nothing FROM nowhere")


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
def test_results_become_a_data_frame(run: Run) -> None:
    frame = run.to_pandas()
    assert list(frame.columns[:6]) == ["run", "stage", "decoding", "sample", "repeat", "grader"]
    assert len(frame) == 4 * 12 * 5


@pytest.mark.skipif(importlib.util.find_spec("pyarrow") is None, reason="pyarrow is not installed")
def test_results_become_an_arrow_table(run: Run) -> None:
    assert run.to_arrow().num_rows == 4 * 12 * 5


def test_without_pandas_the_install_line_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackage, match=r"'pandas'.*pip install pandas"):
        run.to_pandas()


def test_it_shows_its_headline(run: Run) -> None:
    shown = repr(run)
    assert shown.startswith(f"<Run {run.path}: ")
    assert "rft greedy " in shown
    assert shown.endswith(" by query>")


def test_a_notebook_shows_a_table(run: Run) -> None:
    html = run._repr_html_()
    assert "<table" in html
    assert "query" in html


def test_a_folder_that_is_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a run folder"):
        Run.open(tmp_path)
