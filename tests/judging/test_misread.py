"""What authors write by mistake in rubrics: told at its line, and never read as something else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import collect
from rewardkit.errors import GraderError
from rewardkit.judging.named import hosts_of

RUBRIC = """\
task = "Grade a note."
judge = "script:by_words.py:verdict"

[[criteria]]
id = "short"
text = "Follows this chart: {chart}"
"""
SCRIPT = "def verdict(criterion, answer):\n    return 'met', criterion.text\n"


@pytest.mark.parametrize(
    ("judge", "hint"),
    [
        ("scrip:by_words.py:verdict", "Did you mean 'script'"),
        ("by_words.py:verdict", ""),
        ("opnai:gpt@http://localhost:8000/v1", "Did you mean 'openai'"),
        ("http://localhost:8000/v1", ""),
        ("./models/judge", ""),
        ("ollama:llama3", ""),
    ],
)
def test_a_judge_that_is_no_model_is_sent_nothing(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch, judge: str, hint: str
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    path = write("note.toml", RUBRIC.replace("script:by_words.py:verdict", judge))
    with pytest.raises(GraderError, match=f"is no name of a model; .*{hint}"):
        hosts_of(collect([str(path)]))


@pytest.mark.parametrize("model", ["gpt-4.1-mini", "ft:gpt-4.1:org::id", "org/model"])
def test_names_of_models_are_taken(write: WriteFile, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    path = write("note.toml", RUBRIC.replace("script:by_words.py:verdict", model))
    assert hosts_of(collect([str(path)])) == {"api.openai.com": ["note"]}


def test_another_endpoint_may_have_models_with_a_colon(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")
    path = write("note.toml", RUBRIC.replace("script:by_words.py:verdict", "llama3:8b"))
    assert hosts_of(collect([str(path)])) == {"127.0.0.1:11434": ["note"]}


@pytest.mark.parametrize("place", ["{the chart}", "{ chart }", "{chart", "{chart-1}"])
def test_a_place_that_is_none_is_told_at_its_line(write: WriteFile, place: str) -> None:
    path = write("note.toml", RUBRIC.replace("{chart}", place))
    with pytest.raises(GraderError, match=r"note.toml:6: .* is no place for a column"):
        collect([str(path)])


def test_braces_of_other_texts_stay(write: WriteFile) -> None:
    path = write("note.toml", RUBRIC.replace("{chart}", '{\\"a\\": 1} {} { }'))
    (grader,) = collect([str(path)])
    assert [each.id for each in grader()] == ["short"]


def test_a_row_without_the_column_that_the_judge_is_asked_about_is_not_judged(write: WriteFile) -> None:
    write("note.toml", RUBRIC)
    write("by_words.py", SCRIPT)
    rows = [{"prompt": "p", "completion": "some words", "chart": chart} for chart in ("one", None)]
    data = write("notes.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    assert rewardkit("grade", data, "-g", "note.toml", "--run", "a").code == 0
    first, second = (json.loads(line) for line in Path("runs/a/results.jsonl").read_text().splitlines())
    assert (first["value"], second["value"], second["cause"]) == (1.0, None, "bad_reference")
    assert "column 'chart' has no value in this row" in second["reason"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[criteria]]", "[[criterias]]", r"note.toml:4: unknown key 'criterias'.* Did you mean 'criteria'"),
        ("[[criteria]]", "[criteria]", r"note.toml:4: the criteria of a rubric are tables with two brackets"),
        ("judge =", "pass_at = 80\njudge =", r"note.toml:2: pass_at=80 must lie in the range"),
    ],
)
def test_a_misspelt_table_or_setting_is_told_at_its_line(
    write: WriteFile, old: str, new: str, said: str
) -> None:
    path = write("note.toml", RUBRIC.replace(old, new, 1))
    with pytest.raises(GraderError) as caught:
        collect([str(path)])
    assert re.search(said, str(caught.value))


def test_a_calibration_in_which_nothing_was_judged_is_none(write: WriteFile) -> None:
    write("note.toml", RUBRIC.replace("script:by_words.py:verdict", "gpt-test"))
    label = {
        "id": 1,
        "prompt": "p",
        "completion": "some words",
        "rater": "ana",
        "verdicts": {"short": "met"},
        "columns": {"chart": "c"},
    }
    write("labels.jsonl", json.dumps(label) + "\n")
    ran = rewardkit("calibrate", "note.toml", "labels.jsonl", "--replay-verdicts")
    assert ran.code == 3
    assert "--replay-verdicts asks nobody" in ran.out
    assert "label more" not in ran.out
    assert not Path("note.calibration.json").exists()
