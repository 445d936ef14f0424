"""The example of support replies: the story of its README runs without a key and without a network, and its figures are those that are printed."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from command_line import rewardkit

from rewardkit import Criterion, Grader, collect
from rewardkit.cases import Case
from rewardkit.judging.declared import declared_of
from rewardkit.judging.label_file import read_labels
from rewardkit.judging.named import hosts_of

FOLDER = Path(__file__).parents[2] / "examples" / "support_reply"
README = (FOLDER / "README.md").read_text()
COMMANDS = [line[2:] for line in README.splitlines() if line.startswith("$ ")]
WIDE = "110"  # as the README says


def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder itself in a place of its own, entered, with no key in the environment."""
    folder = tmp_path / "support_reply"
    folder.mkdir()
    for name in ("support_reply.toml", "labels.jsonl", "replies.jsonl", "offline_judge.py"):
        shutil.copy(FOLDER / name, folder / name)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", WIDE)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return folder


def words(verb: str) -> list[str]:
    """The first command of the README with this verb, without `rewardkit` before it."""
    return next(line for line in COMMANDS if line.startswith(f"rewardkit {verb} ")).split()[1:]


def shown(command: list[str]) -> list[str]:
    """The lines of output that the README shows below a command."""
    block = README.split(f"$ rewardkit {' '.join(command)}\n", 1)[1].split("```", 1)[0]
    return [line for line in block.splitlines() if line]


def replies() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / "replies.jsonl").read_text().splitlines()]


def the_rubric() -> Grader:
    (rubric,) = collect([str(FOLDER / "support_reply.toml")])
    return rubric


def its_criteria(policy: str = "1.2 Ten days.") -> dict[str, Criterion]:
    return {criterion.id: criterion for criterion in declared_of(the_rubric()).criteria({"policy": policy})}


def test_the_story_of_the_readme_goes_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied(tmp_path, monkeypatch)
    codes = []
    for verb in ("grade", "calibrate", "test"):
        command = words(verb)
        ran = rewardkit(*command)
        codes.append(ran.code)
        missing = [line for line in shown(command) if line not in ran.out.splitlines()]
        assert missing == [], ran.out + ran.err
    assert codes == [0, 0, 0]


def test_a_bar_that_the_judge_cannot_reach_fails_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copied(tmp_path, monkeypatch) / "support_reply.toml"
    file.write_text(file.read_text().replace("blames = 0.6 }", "blames = 0.6, invents = 0.7 }"))
    calibrated, tested = rewardkit(*words("calibrate")), rewardkit(*words("test"), "--fast")
    assert (calibrated.code, tested.code) == (1, 1)
    assert "invents  min_kappa 0.7: not met" in calibrated.out
    (line,) = re.findall(r"^invents: kappa .*not met$", README, re.MULTILINE)
    assert line in tested.out


def test_what_a_model_would_cost_is_said_without_asking_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(tmp_path, monkeypatch)
    (command,) = [line.split()[1:] for line in COMMANDS if line.endswith("--dry-run")]
    ran = rewardkit(*command)
    assert ran.code == 0, ran.err
    assert "about 360 requests" in ran.out
    assert "about 360 requests for some 9 cents" in README
    assert "$0.09" in ran.out


def test_the_label_page_opens_on_the_replies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("starlette")
    copied(tmp_path, monkeypatch)
    command = [sys.executable, "-m", "rewardkit", *words("label"), "--no-open"]
    browser = build_opener(HTTPCookieProcessor())
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as page:
        try:
            assert page.stdout is not None
            lines = [page.stdout.readline(), page.stdout.readline()]
            with browser.open(lines[0].split()[-1], timeout=30) as answer:
                assert answer.status == 200
            page.send_signal(signal.SIGINT)
            assert page.wait(30) == 0
        finally:
            page.kill()
    assert lines[0].startswith("60 completions to label: http://127.0.0.1:")
    assert "labels.jsonl (84 labels by maria, jonas)" in lines[1]


def test_the_labels_are_of_sixty_replies_that_differ_and_two_people_who_sometimes_do() -> None:
    labels = read_labels(FOLDER / "labels.jsonl").verdicts
    maria, jonas = ({x.completion: x for x in labels if x.rater == name} for name in ("maria", "jonas"))
    assert (len(labels), len(maria), len(jonas)) == (84, 60, 24)
    criteria = its_criteria()
    assert all(label.verdicts.keys() == criteria.keys() for label in labels)
    assert all(said in criteria[name].verdicts for label in labels for name, said in label.verdicts.items())
    pairs = [
        (said, maria[text].verdicts[name]) for text in jonas for name, said in jonas[text].verdicts.items()
    ]
    assert 0.08 < sum(one != other for one, other in pairs) / len(pairs) < 0.12


def test_the_replies_to_grade_are_the_labelled_ones() -> None:
    labelled = {
        (x.sample.id, x.sample.prompt, x.completion, x.sample.columns["policy"])
        for x in read_labels(FOLDER / "labels.jsonl").verdicts
    }
    rows = replies()
    assert len(rows) == 60
    assert {(x["id"], x["prompt"], x["completion"], x["policy"]) for x in rows} == labelled
    assert all(15 <= len(x["completion"].split()) <= 70 for x in rows)


def test_no_reply_is_sent_anywhere() -> None:
    assert hosts_of([the_rubric()]) == {}


def test_the_cases_hold() -> None:
    rubric = the_rubric()
    cases = [mark for mark in rubric.marks if isinstance(mark, Case)]
    assert len(cases) == 3
    for case in cases:
        score = rubric.score(case.completion, **case.columns).value
        low, high = case.expect if isinstance(case.expect, list | tuple) else (case.expect, case.expect)
        assert score is not None
        assert low <= score <= high


def verdict(criterion: str, answer: str, policy: str = "1.2 Ten days.") -> str:
    """What the offline judge says, asked as a rubric asks it: the criterion with its policy filled in."""
    score = the_rubric().score(answer, prompt="?", policy=policy)
    share = next(part.value for part in score.components if part.name == criterion)
    return its_criteria()[criterion].verdict(share or 0.0)


@pytest.mark.parametrize(
    ("criterion", "answer", "said"),
    [
        ("answers", "Yes, send it back to us.", "met"),
        ("answers", "We understand how annoying that is.", "unmet"),
        ("cites", "By section 1.2 it is free.", "met"),
        ("cites", "By section 1.3 it is free.", "unmet"),
        ("next_step", "You hear from us by Friday.", "met"),
        ("next_step", "You hear from us very soon.", "unmet"),
        ("tone", "Sorry about that, and thank you for telling us.", "warm"),
        ("tone", "The parcel is with the carrier.", "plain"),
        ("tone", "You should have read the label.", "rude"),
        ("invents", "It takes 99 days.", "met"),
        ("invents", "We give you a boat for it.", "unmet"),  # the weakness that the README tells of
        ("blames", "You should have read the label.", "met"),
        ("blames", "The label was wrong.", "unmet"),
    ],
)
def test_the_offline_judge_looks_at_the_criterion_and_at_the_reply(
    criterion: str, answer: str, said: str
) -> None:
    assert verdict(criterion, answer) == said


def test_the_offline_judge_reads_the_policy_in_the_criterion() -> None:
    assert verdict("invents", "It takes 99 days.", policy="1.2 Within 99 days.") == "unmet"


def test_no_labelled_reply_is_written_into_the_offline_judge() -> None:
    code = (FOLDER / "offline_judge.py").read_text().casefold()
    for row in replies():
        told = re.findall(r"\w+", row["completion"].casefold())
        assert not any(" ".join(told[at : at + 5]) in code for at in range(len(told) - 4))


def test_a_criterion_that_the_offline_judge_does_not_know_is_unscored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copied(tmp_path, monkeypatch) / "support_reply.toml"
    file.write_text(file.read_text() + '\n[[criteria]]\nid = "funny"\ntext = "Makes the customer laugh."\n')
    (rubric,) = collect([str(file)])
    score = rubric.score("A joke about parcels.", prompt="?", policy="1.2 Ten days.")
    assert score.value is None
    assert "this judge cannot read 'funny'" in score.reason


def test_the_right_words_fool_the_offline_judge_as_the_readme_warns() -> None:
    (reply,) = re.findall(r'right words: "(.*?)"', README)
    parcel = replies()[0]
    assert the_rubric().score(reply, prompt=parcel["prompt"], policy=parcel["policy"]).value == 1
