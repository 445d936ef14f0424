"""What people agree on becomes cases of a rubric."""

from __future__ import annotations

import json
from typing import Any

import pytest
from command_line import rewardkit
from labelled_replies import graders, labels
from writing import WriteFile

from rewardkit import collect
from rewardkit.cases import Case
from rewardkit.errors import GraderError

RUBRIC = """
task = "Grade."
judge = "gpt-test"
pass_at = 0.8
labels = "people/labels.jsonl"

[[criteria]]
id = "cites"
text = "Cites {policy}."

[[criteria]]
id = "tone"
text = "How polite."
choices = ["rude", "plain", "warm"]
"""


def line(completion: str, rater: str, columns: dict[str, Any] | None = None, **verdicts: str) -> str:
    label = {
        "id": "t1",
        "prompt": "Late.",
        "completion": completion,
        "rater": rater,
        "verdicts": verdicts,
        "columns": {"policy": "P", "more": 1} if columns is None else columns,
    }
    return json.dumps(label) + "\n"


def cases(write: WriteFile, *lines: str) -> list[Case]:
    write("sub/people/labels.jsonl", "".join(lines))
    write("sub/reply.toml", RUBRIC)
    (grader,) = collect(["sub/reply.toml"])
    return [mark for mark in grader.marks if isinstance(mark, Case)]


def test_what_all_have_pass_must_pass_and_what_none_has_must_not(write: WriteFile) -> None:
    good, poor = cases(
        write,
        line("good", "ana", cites="met", tone="warm"),
        line("good", "ben", cites="met", tone="warm"),
        line("poor", "ana", cites="met", tone="plain"),
        line("poor", "ben", cites="unmet", tone="rude"),
    )
    assert (good.completion, good.expect, good.where) == ("good", (0.8, 1.0), "sub/people/labels.jsonl:1")
    assert good.columns == {"policy": "P", "prompt": "Late."}
    assert (poor.completion, poor.expect) == ("poor", (0.0, pytest.approx(0.79999)))


def test_what_is_not_settled_is_no_case(write: WriteFile) -> None:
    assert not cases(
        write,
        line("disputed", "ana", cites="met", tone="warm"),
        line("disputed", "ben", cites="unmet", tone="warm"),
        line("begun", "ana", cites="met"),
        line("older", "ana", cites="met", tone="kind"),
        line("taken back", "ana", cites="met", tone="warm"),
        line("taken back", "ana"),
    )


def test_labels_do_not_change_what_a_rubric_is(write: WriteFile) -> None:
    write("graders.py", graders('labels="labels.jsonl"'))
    write("labels.jsonl", labels(4))
    write("sub/graders.py", graders())
    named, without = (collect([f"{folder}graders.py"])[0] for folder in ("", "sub/"))
    assert (len(named.marks), len(without.marks)) == (5, 1)
    assert named.fingerprint == without.fingerprint


def test_a_judge_that_differs_from_people_fails_the_test(write: WriteFile) -> None:
    write("graders.py", graders('labels="labels.jsonl", reference_free=True'))
    write("labels.jsonl", labels(4))
    assert rewardkit("test", "graders.py", "--fast").code == 0
    write("labels.jsonl", labels(4, wrong_every=4))
    ran = rewardkit("test", "graders.py", "--fast")
    assert ran.code == 1
    assert "RK100 fail" in ran.out
    assert "at          labels.jsonl:1\n" in ran.out
    assert "completion  'reply 0: cites it, rude'" in ran.out


def test_labels_that_cannot_be_read_are_told(write: WriteFile) -> None:
    write("reply.toml", RUBRIC)
    with pytest.raises(
        GraderError, match=r"rubric 'reply' \(reply.toml:\d+\) names labels: people/labels.jsonl: no such"
    ):
        collect(["reply.toml"])
    with pytest.raises(
        GraderError, match=r"it asks for 'policy', which the label in sub/people/labels\.jsonl:1"
    ):
        cases(write, line("x", "ana", {}, cites="met"))
