"""`rewardkit calibrate`: a judge beside people's labels, what is kept of it, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from labelled_replies import graders, labels
from writing import WriteFile

from rewardkit.chat_server import ChatServer, Reply, fail, say

KEPT = "reply.calibration.json"
RUBRIC = """
task = "Grade a reply to a customer."
judge = "gpt-test"
min_kappa = 0.6

[[criteria]]
id = "sorry"
text = "Says sorry."

[[criteria]]
id = "offers"
text = "Offers a refund."
"""


@pytest.fixture
def write_both(write: WriteFile) -> WriteFile:
    """Writes graders.py with these options, and labels.jsonl."""

    def both(options: str, lines: str) -> Path:
        write("graders.py", graders(options))
        return write("labels.jsonl", lines)

    return both


def calibrations() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(Path(KEPT).read_text())["calibrations"]
    return found


def by_words(request: dict[str, Any]) -> Reply:
    """Met when the last word of the criterion is in the answer."""
    text = "\n".join(message["content"] for message in request["messages"])
    answer = re.search(r"ANSWER BEGINS =====\n(.*)\n=====", text, re.DOTALL)
    ((name, word),) = re.findall(r"^- (\w+) \([^)]*\): .*?(\w+)\.$", text, re.MULTILINE)
    assert answer is not None
    verdict = "met" if word in answer[1] else "unmet"
    return say(json.dumps({name: {"reason": f"I looked for '{word}'.", "verdict": verdict}}))


def replies(size: int) -> str:
    """Labels of replies on which people and the judge by words agree, but for the last."""
    lines = []
    for number in range(size):
        sorry, offers = number % 2 == 0, number % 3 == 0
        said = {"sorry": sorry, "offers": offers != (number == size - 1)}
        line = {
            "id": str(number),
            "prompt": "Help!",
            "completion": f"Reply {number}{' sorry' * sorry}{' refund' * offers}",
            "rater": "ana",
            "verdicts": {name: "met" if each else "unmet" for name, each in said.items()},
            "note": "a voucher" if number == size - 1 else "",
        }
        lines.append(json.dumps(line) + "\n")
    return "".join(lines)


def test_a_model_is_asked_once_for_each_completion_and_named_before(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("sub/reply.toml", RUBRIC)
    write("labels.jsonl", replies(60) + replies(60).replace('"ana"', '"ben"'))
    with ChatServer(by_words) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        ran = rewardkit("calibrate", "sub/reply.toml", "labels.jsonl")
        assert (ran.code, len(server.requests)) == (0, 120)
        assert re.search(r"answers are sent to 127\.0\.0\.1:\d+, the judge of reply\n", ran.err)
        assert "min_kappa is met" in ran.out
        assert (
            "offers: people unmet (ana, ben), judge met\n      judge: I looked for 'refund'." not in ran.out
        )
        assert "offers: people met (ana, ben), judge unmet\n      judge: I looked for 'refund'." in ran.out
        assert "   ana: a voucher\n   ben: a voucher\n" in ran.out
        first = Path(f"sub/{KEPT}").read_bytes()
        replayed = rewardkit("calibrate", "sub/reply.toml", "labels.jsonl", "--replay-verdicts", "--json")
        assert (replayed.code, len(server.requests), replayed.err) == (0, 120, "")
    assert Path(f"sub/{KEPT}").read_bytes() == first
    (kept,) = json.loads(first)["calibrations"]
    assert (kept["labels"], kept["raters"], kept["judged"], kept["unscored"]) == (
        "../labels.jsonl",
        2,
        60,
        {},
    )
    assert "Reply" not in first.decode()
    assert "ana" not in first.decode()
    found = replayed.json()
    assert found["judges"] == kept["judges"]
    assert found["judges"][0].startswith("gpt-test@http://127.0.0.1:")
    assert [criterion["bar"]["outcome"] for criterion in found["criteria"]] == ["met", "met"]
    assert found["worst"][0]["verdicts"]["offers"]["reason"] == "I looked for 'refund'."


def test_verdicts_of_every_choice_come_back_from_the_score(write_both: WriteFile) -> None:
    write_both("min_kappa=0.6", labels(60))
    ran = rewardkit("calibrate", "graders.py", "labels.jsonl", "--json")
    found = ran.json()
    assert ran.code == 0
    assert [criterion["agreement"]["value"] for criterion in found["criteria"]] == [1.0, 1.0]
    assert [criterion["constant"]["agreement"] for criterion in found["criteria"]] == [
        0.5,
        pytest.approx(1 / 3),
    ]
    assert (found["total"]["pass_at"], found["total"]["difference"]["value"]) == (0.6, 0.0)


def test_a_bar_that_is_not_met_ends_with_1_and_shows_the_worst(write_both: WriteFile) -> None:
    write_both('min_kappa={"cites": 0.8}', labels(90, wrong_every=3))
    ran = rewardkit("calibrate", "graders.py:reply", "labels.jsonl", "--worst", "1")
    assert ran.code == 1
    assert "cites  min_kappa 0.8: not met" in ran.out
    assert "tone  min_kappa" not in ran.out
    assert ran.out.count("cites: people ") == 1
    assert ran.out.endswith(f"min_kappa is not met\nkept in  {KEPT}\n")


def test_too_few_labels_are_said_and_end_with_0(write_both: WriteFile) -> None:
    write_both("min_kappa=0.6", labels(10))
    ran = rewardkit("calibrate", "graders.py", "labels.jsonl")
    assert ran.code == 0
    assert "too few to say whether min_kappa is reached: label more completions" in ran.out
    assert "too few to trust: 10 completions are labelled and judged, 50 are needed" in ran.out


def test_another_judge_is_kept_beside_the_own_one(write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    write("reply.toml", RUBRIC)
    write("labels.jsonl", replies(30))
    command = ["calibrate", "reply.toml", "labels.jsonl"]
    with ChatServer(by_words) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert rewardkit(*command).code == 0
        own = calibrations()
        other = ["--judge", "other-model", "--judge-price", "1,1"]
        stopped = rewardkit(*command, *other, "--judge-budget", "10 tokens", "--json")
        assert (stopped.code, calibrations()) == (3, own)
        assert "with a larger budget" in stopped.json()["stopped"]
        ran = rewardkit(*command, *other)
        assert ran.code == 0
        assert re.search(r"\njudges   \d+ requests", ran.out)
        assert rewardkit(*command, *other).code == 0
    both = calibrations()
    assert both[:1] == own
    assert [(each["asked"], each["judges"][0].partition("@")[0]) for each in both] == [
        ("", "gpt-test"),
        ("other-model", "other-model"),
    ]


def test_an_outage_stops_it_and_is_never_kept(write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    write("reply.toml", RUBRIC)
    write("labels.jsonl", replies(20))
    command = ["calibrate", "reply.toml", "labels.jsonl"]
    with ChatServer(lambda request: fail(401, "no such key")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        stopped = rewardkit(*command, "--json")
        assert stopped.code == 3
        assert "11 of the first 11 scores of 'reply' are unscored" in stopped.json()["stopped"]
        assert "judge_unavailable at labels.jsonl:1, labels.jsonl:2" in stopped.err
        assert "after an outage the same command asks for the others only" in stopped.err
        nothing = rewardkit(*command, "--replay-verdicts", "--max-unscored", "0.9")
        assert nothing.code == 3
        assert "left out: 20 unscored completions: judge_unavailable (20)" in nothing.out
        assert "not kept: more is unscored than --max-unscored allows" in nothing.out
    assert not Path(KEPT).exists()


def test_what_cannot_count_is_left_out_and_said(write_both: WriteFile) -> None:
    comparison = {"id": "q1", "prompt": "Question 1", "a": "x", "b": "y", "preferred": "a", "rater": "ana"}
    older = labels(1).replace('"cites"', '"cite"')
    write_both("", labels(5).replace("reply 0", "other") + older + json.dumps(comparison) + '\n{"id": "q')
    ran = rewardkit("calibrate", "graders.py", "labels.jsonl")
    assert ran.code == 0
    assert (
        "left out: 2 verdicts of people on 'cite' (the rubric has: cites, tone. Did you mean 'cites'?)"
        in ran.out
    )
    assert "left out: 1 comparison of two completions, which hold no verdict" in ran.out
    assert "left out: labels.jsonl:14, a line that was cut off" in ran.out
    assert "min_kappa" not in ran.out
    assert rewardkit("calibrate", "graders.py", "labels.jsonl", "--json").json()["left_out"] == {
        "comparisons": 1,
        "verdicts": {"'cite' (the rubric has: cites, tone. Did you mean 'cites'?)": 2},
        "torn": "labels.jsonl:14",
    }


@pytest.mark.parametrize(
    ("target", "lines", "message"),
    [
        ("graders.py", labels(1).replace("policy", "polcy"), "it asks for 'policy', which the label in labels.jsonl:1 does not have; its \"columns\": polcy. Did you mean"),
        ("graders.py", labels(1).replace('"cites"', '"a"').replace('"tone"', '"b"'), "labels.jsonl: no verdict on a criterion of the rubric; it has verdicts on 'a'"),
        ("graders.py", "", "labels.jsonl: no label has a verdict yet"),
        ("graders.py", '{"id": 1, "prompt": "", "a": "", "b": "x", "preferred": "a", "rater": "r"}\n', "it holds comparisons only"),
        ("rewardkit.graders.choice", "", "rewardkit.graders.choice: no rubric; it has: choice"),
        ("several.py", "", "several.py: there are several rubrics: one, two; name one, for example several.py:one"),
        ("differ.py", labels(2), "its criteria for labels.jsonl:3 differ from those for labels.jsonl:1 in more than their texts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_before_anything_is_asked(
    write_both: WriteFile, write: WriteFile, target: str, lines: str, message: str
) -> None:
    write_both("", lines)
    head = "from rewardkit import Criterion, rubric\n"
    rubric = '@rubric(judge="gpt-test")\ndef {}(policy):\n    "Grade."\n    return [Criterion({}, "Text.")]\n'
    write("several.py", head + rubric.format("one", "'a'") + rubric.format("two", "'a'"))
    write("differ.py", head + rubric.format("one", "'s' + policy[-1]"))
    ran = rewardkit("calibrate", target, "labels.jsonl")
    assert ran.code == 2
    assert message in ran.err


def test_help_has_examples() -> None:
    assert "rewardkit calibrate support.toml labels.jsonl" in rewardkit("calibrate", "--help").out
