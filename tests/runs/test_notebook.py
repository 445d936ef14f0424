"""The figures of a run as an HTML fragment for notebooks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import evaluated_folders
import pytest
import run_folders

from rewardkit.runs import RunFolder, Summary, read_run, read_summary
from rewardkit.runs.notebook import summary_html


def shown(folder: Path) -> str:
    return summary_html(read_run(folder), read_summary(folder))


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return shown(evaluated_folders.evaluated_run(tmp_path_factory.mktemp("runs"), questions=200, repeats=2))


def test_the_fragment_is_well_formed_and_loads_and_runs_nothing(html: str) -> None:
    tags = {element.tag for element in ET.fromstring(html).iter()}
    assert not tags & {"script", "style", "link", "img", "iframe"}
    assert "http" not in html
    assert " on" not in "".join(
        f" {name}" for element in ET.fromstring(html).iter() for name in element.attrib
    )


def test_the_fragment_opens_with_the_headline(html: str) -> None:
    paragraphs = ["".join(one.itertext()) for one in ET.fromstring(html).iter("p")]
    assert paragraphs[1].startswith("tiny-v3: ")
    assert "more than tiny-v2" in paragraphs[1]


def test_every_drawing_says_in_words_what_it_shows(html: str) -> None:
    drawings = list(ET.fromstring(html).iter("svg"))
    assert drawings
    assert all(one.get("role") == "img" and one.get("aria-label") for one in drawings)


def test_the_fragment_has_stages_parts_and_components(html: str) -> None:
    cells = ["".join(cell.itertext()) for cell in ET.fromstring(html).iter("td")]
    assert {"tiny-v1, sampled \N{MULTIPLICATION SIGN} 2", "having", "exact"} <= set(cells)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    folder = run_folders.compared_run(tmp_path, questions=12)
    path = folder / "summary.json"
    path.write_text(path.read_text().replace("tiny-v2", "<img src=x onerror=alert(1)>\\u202e"))
    html = shown(folder)
    assert "<img" not in html
    assert "\u202e" not in html


def test_a_run_without_figures_says_so(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "new", "eval", {}, versions={}, fingerprints={}, seed=0) as folder:
        html = summary_html(read_run(folder.path), Summary())
    assert "This run has no figures yet." in html
