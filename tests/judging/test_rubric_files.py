"""Rubrics in TOML: what they hold, and that what is wrong is told at its line."""

from __future__ import annotations

import json
import re

import pytest
from writing import WriteFile

from rewardkit import Item, Scorer, collect
from rewardkit.chat_server import ChatServer, say
from rewardkit.errors import GraderError

RUBRIC = """\
task = "Grade a support agent's reply to a customer."
judge = "gpt-test"
pass_at = 0.8
min_kappa = 0.6

[[criteria]]
id = "cites"
text = "Names the section of this policy that applies: {policy}"
points = 2

[[criteria]]
id = "tone"
text = "How polite it is."
choices = ["rude", "plain", "warm"]

[[case]]
completion = "Section 2 covers it, sorry."
policy = "Section 2: water."
expect = 1
"""


def test_a_file_is_a_grader_named_after_it(write: WriteFile) -> None:
    write("reply_quality.toml", RUBRIC)
    (grader,) = collect(["reply_quality.toml"])
    assert (grader.name, grader.kind, grader.options.pass_at) == ("reply_quality", "rubric", 0.8)
    assert [criterion.id for criterion in grader(policy="x")] == ["cites", "tone"]
    assert grader.needs == ("completion", "policy")
    (case,) = grader.marks
    assert case.where.endswith("reply_quality.toml:16")


def test_it_is_graded_in_a_worker_with_its_columns_filled_in_once(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("quality.toml", RUBRIC)
    (grader,) = collect(["quality.toml"])
    asked: list[str] = []

    def script(request: dict[str, object]) -> object:
        text = str(request["messages"])
        asked.append(text)
        (name,) = re.findall(r"- (\w+) \(", text)
        return say(json.dumps({name: "met" if name == "cites" else "plain"}))

    with ChatServer(script) as server:  # type: ignore[arg-type]
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with Scorer(workers=1) as scorer:
            (score,) = scorer.score(
                grader, [Item("Section 2 covers it.", {"policy": "Section {tone} {policy}"})]
            )
    assert score.value == pytest.approx(2.5 / 3)
    assert any("that applies: Section {tone} {policy}" in text for text in asked)


def test_a_change_of_a_text_is_another_fingerprint(write: WriteFile) -> None:
    write("one.toml", RUBRIC)
    write("sub/one.toml", RUBRIC.replace("How polite", "How very polite"))
    write("sub2/one.toml", RUBRIC.replace("Grade a support", "Grade some support"))
    prints = {collect([f"{folder}one.toml"])[0].fingerprint for folder in ("", "sub/", "sub2/")}
    assert len(prints) == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("task = ", "tsk = ", r"r\.toml:1: unknown key 'tsk' in a rubric; .*Did you mean 'task'"),
        ('task = "Grade a support agent\'s reply to a customer."\n', "", "a rubric needs task"),
        ("points = 2", "point = 2", r"r\.toml:9: unknown key 'point' in a criterion; .*Did you mean 'points'"),
        ('id = "tone"\n', "", r"r\.toml:11: a criterion needs 'id'"),
        ('id = "tone"', 'id = "cites"', r"criterion 'cites' is there twice"),
        ('["rude", "plain", "warm"]', '["rude"]', r"r\.toml:11: criterion 'tone': choices=\('rude',\) must be two or more"),
        ("{policy}", "{completion}", r"r\.toml:8: '{completion}' in the text of 'cites': what is asked"),
        ("min_kappa = 0.6", "min_kappa = 6", r"r\.toml:4: min_kappa=6 must be a number above 0 and up to 1"),
        ("min_kappa = 0.6", "min_kappa = {cite = 0.6}", r"r\.toml:4: min_kappa names 'cite', .*Did you mean 'cites'"),
        ("min_kappa = 0.6", "labels = 6", "labels=6 must be the name of a file"),
        ("pass_at = 0.8", "pass_at = 8", "pass_at=8 must lie in the range 0 to 1"),
        ("points = 2", "points = 0", r"r\.toml:6: criterion 'cites': points=0 must be finite and not 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(write: WriteFile, old: str, new: str, message: str) -> None:
    assert old in RUBRIC
    write("r.toml", RUBRIC.replace(old, new))
    with pytest.raises(GraderError, match=message):
        collect(["r.toml"])
