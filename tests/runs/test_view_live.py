"""The page of a run that another process is writing: what is new comes, and nothing when nothing is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from view_pages import HOSTILE, Answer, row, step, training, viewing

from rewardkit.runs import RunFolder
from rewardkit.runs.viewing.live import Curves

pytest.importorskip("starlette", reason="starlette is in the extra 'view'")
pytest.importorskip("uvicorn", reason="uvicorn is in the extra 'view'")


def stamp(page: Answer) -> str:
    return re.findall(r'data-stamp="(\w+)"', page.text)[0]


def test_steps_and_results_come_while_they_are_written_and_the_end_is_noticed(tmp_path: Path) -> None:
    with training(tmp_path) as going, viewing(tmp_path) as viewed:
        assert "being written" in viewed.get().plain
        going.append("metrics", [step(1, 0.25), step(2, 0.5)])
        page = viewed.get("run", "going")
        assert 'data-writing="yes"' in page.text
        assert "0.25 → 0.5" in page.plain
        assert viewed.get("run", "going", "live", seen=stamp(page)).status == 204
        going.append("metrics", [step(3, 0.75)])
        going.append("results", [row("q1", 1.0), row("q2", 0.0), row("q3", None)])
        fresh = viewed.get("run", "going", "live", seen=stamp(page))
        assert "0.25 → 0.75" in fresh.plain
        assert "Base model, greedy exact 3 3 1 0.5" in fresh.plain
        assert "<html" not in fresh.text
        going.end()
        assert 'data-writing="no"' in viewed.get("run", "going", "live", seen=stamp(fresh)).text
        assert "being written" not in viewed.get().plain


def test_completions_that_stand_out_come_as_text(tmp_path: Path) -> None:
    told = {"phase": "rft", "step": 1, "kind": "best", "why": "the highest score of the step", "sample": "q1"}
    with training(tmp_path) as going, viewing(tmp_path) as viewed:
        going.append("metrics", [step(1, 0.25)])
        page = viewed.get("run", "going")
        going.append("notable", [{**told, "group": "q1/0", "score": 0.5, "completion": HOSTILE}])
        fresh = viewed.get("run", "going", "live", seen=stamp(page))
    assert "What the reward pays for" in fresh.plain
    assert "Best step 1, q1" in fresh.plain
    assert "<script>" not in fresh.text
    assert "{{ 7 * 7 }}" in fresh.plain


def test_steps_taken_back_are_gone_and_those_after_a_torn_line_come(tmp_path: Path) -> None:
    curves = Curves()
    with RunFolder.open(tmp_path, "t", "train", {}, versions={}, fingerprints={}, seed=0) as run:
        run.append_metrics([step(n, n / 10) for n in range(1, 6)])
        assert "0.1 → 0.5" in curves.figures(run.path, [])[0][0][1][0].caption
        run.truncate_metrics("rft", 2)
        assert "0.1 → 0.2" in curves.figures(run.path, [])[0][0][1][0].caption
        with (run.path / "metrics.jsonl").open("a") as file:
            file.write('{"phase": "rft", "st')
        assert "0.1 → 0.2" in curves.figures(run.path, [])[0][0][1][0].caption
        run.append_metrics([step(3, 0.9)])
        figures, trouble = curves.figures(run.path, [])
        assert ("0.1 → 0.9" in figures[0][1][0].caption, trouble) == (True, "")
