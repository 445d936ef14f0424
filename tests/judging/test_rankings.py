"""Completions of one prompt compared two at a time by a scripted judge: what it is asked, what they score, what is missing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attacks import ATTACKS
from command_line import rewardkit
from hypothesis import given, settings
from hypothesis import strategies as st
from writing import WriteFile

from rewardkit import Grader, Item, Scorer, collect, ranking, weighted
from rewardkit.chat_server import ChatServer, Reply, fail, say
from rewardkit.checking import FAST, check_grader, known_rows
from rewardkit.checking.known_rows import read_data
from rewardkit.errors import GraderError
from rewardkit.interop import as_trl
from rewardkit.judging.applying import Manner
from rewardkit.judging.comparisons import ComparisonQuestion
from rewardkit.judging.judges import Judge, NoVerdict, ScriptedJudge
from rewardkit.judging.named import hosts_of
from rewardkit.judging.pairwise import Preference, position_bias, preferences
from rewardkit.loading import ref_of

FILE = Path(__file__).with_name("ranking_graders.py")
GRADERS = {grader.name: grader for grader in collect([str(FILE)])}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shorter(a: str, b: str) -> str:
    return "tie" if len(a) == len(b) else "A" if len(a) < len(b) else "B"


def made(better: Callable[[str, str], str], **options: Any) -> Grader:
    @ranking(judge=ScriptedJudge(better=better), **options)
    def brief() -> str:
        """Compare two answers."""
        return "The better answer is shorter."

    return brief


def compared(judge: Judge, first: str, second: str, **manner: Any) -> Preference | NoVerdict:
    pairs = [(first, second)]
    (found,) = asyncio.run(preferences("Compare.", "It is better.", "", pairs, Manner((judge,), **manner)))
    return found


def test_a_completion_scores_its_mean_share_against_all_others() -> None:
    scores = made(shorter).score_group(["a bb ccc", "a b", "a bb", "b a"])
    assert [score.value for score in scores] == [
        0.0,
        pytest.approx(2.5 / 3),
        pytest.approx(1 / 3),
        pytest.approx(2.5 / 3),
    ]
    assert scores[2].reason == "better than 1, worse than 2: as the script says"
    assert scores[2].component("orders_agree").value == 1.0


def test_a_preference_for_a_place_is_a_tie_and_is_told() -> None:
    scores = made(lambda a, b: "A").score_group(["one two", "three four", "five six"])
    assert [score.value for score in scores] == [0.5, 0.5, 0.5]
    assert scores[0].component("orders_agree").value == 0.0
    assert scores[0].reason == "tied with 2: it took the answer that stood first in both orders"
    assert scores[0].components[0].reason == "the judge's verdict changed with the order in 2 of 2"


@pytest.mark.parametrize(
    ("first", "second", "winner"),
    [
        ("a good one", "a good one", "tie"),
        ("a good one", " a good one<think>or is it</think>", "tie"),
        ("a good one", ":", "first"),
        ("", "a good one", "second"),
        ("yes", "no", "tie"),
    ],
)
def test_what_needs_no_judge_is_asked_of_nobody(first: str, second: str, winner: str) -> None:
    asked: list[str] = []

    def better(a: str, b: str) -> str:
        asked.append(a)
        return "B"

    scores = made(better).score_group([first, second])
    assert [score.value for score in scores] == {"first": [1, 0], "second": [0, 1], "tie": [0.5, 0.5]}[winner]
    assert asked == []
    assert scores[0].component("orders_agree").value is None


def test_each_different_text_is_compared_once_and_equal_ones_score_the_same() -> None:
    asked: list[tuple[str, str]] = []

    def better(a: str, b: str) -> str:
        asked.append((a, b))
        return shorter(a, b)

    scores = made(better).score_group(["a b", "a b", "a bb", "a b"])
    assert sorted(asked) == [("a b", "a bb"), ("a bb", "a b")]
    assert [score.value for score in scores] == [
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        0.0,
        pytest.approx(2 / 3),
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["a b", "a bb", "a bbb", "", "x", "b a"]), min_size=2, max_size=6))
def test_shares_of_a_group_sum_to_half_of_its_comparisons(texts: list[str]) -> None:
    scores = made(shorter).score_group(texts)
    values = [float(score) for score in scores]
    assert sum(values) == pytest.approx(len(texts) / 2)
    assert len({(text, value) for text, value in zip(texts, values, strict=True)}) == len(set(texts))


def test_the_order_of_the_group_changes_no_score() -> None:
    texts = ["a bb ccc", "a b", "a bb", ":"]
    there = dict(zip(texts, made(shorter).score_group(texts), strict=True))
    back = dict(zip(texts[::-1], made(shorter).score_group(texts[::-1]), strict=True))
    assert there == back


def test_a_missing_comparison_leaves_its_two_completions_unscored_and_no_other() -> None:
    def better(a: str, b: str) -> str:
        if {a, b} == {"a bb", "a bbb"}:
            raise NoVerdict("judge_refused", "it refused")
        return shorter(a, b)

    best, *both, last = made(better).score_group(["a b", "a bb", "a bbb", "a bbbb"])
    assert (best.value, last.value) == (1.0, 0.0)
    for score in both:
        assert (score.value, score.cause) == (None, "judge_refused")
        assert score.reason == "1 of its 3 comparisons have no verdict: it refused"


def test_a_group_of_one_is_not_applicable() -> None:
    score = made(shorter).score("a b")
    assert (score.value, score.cause) == (None, "not_applicable")
    assert "compares the completions of one prompt, and here is one only" in score.reason


def test_of_a_panel_the_middle_preference_counts_and_two_that_differ_tie() -> None:
    first, second = ScriptedJudge(better=shorter), ScriptedJudge(better=lambda a, b: shorter(b, a))

    def of(*judges: Judge) -> Preference | NoVerdict:
        pairs = [("a b", "a bb")]
        return asyncio.run(preferences("Compare.", "It is better.", "", pairs, Manner(judges)))[0]

    assert of(first, second, first) == Preference("first", "as the script says", 3, 3)
    assert of(first, second) == Preference("tie", "the judges do not agree", 2, 2)


def test_position_bias_is_counted_over_preferences() -> None:
    found = [
        compared(ScriptedJudge(better=better), "a b", "a bb")
        for better in (shorter, lambda a, b: "A", lambda a, b: "B", lambda a, b: "A" if a == "a b" else "tie")
    ]
    bias = position_bias([*found, NoVerdict("judge_unavailable", "down"), Preference("tie")])
    assert bias is not None
    assert (bias.asked, bias.agree, bias.earlier, bias.later) == (4, 0.25, 0.25, 0.25)
    assert position_bias([Preference("tie")]) is None


def test_verdicts_are_kept_in_both_orders() -> None:
    asked: list[str] = []

    def better(a: str, b: str) -> str:
        asked.append(a)
        return shorter(a, b)

    judge = ScriptedJudge(better=better, identity="kept")
    for one, other in (("a b", "a bb"), ("a bb", "a b"), ("a b", "a bb")):
        compared(judge, one, other)
    assert len(asked) == 2
    compared(judge, "a b", "a bb", repeats=2)
    assert len(asked) == 4


def test_what_cannot_be_read_is_asked_twice_and_is_no_preference() -> None:
    replies: list[str] = []

    def better(a: str, b: str) -> str:
        replies.append(a)
        return "both"

    found = compared(ScriptedJudge(better=better), "a b", "a bb")
    assert isinstance(found, NoVerdict)
    assert found.cause == "judge_unparseable"
    assert "allowed: A, B, tie" in str(found)
    assert len(replies) == 4


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_of_either_answer_stands_outside_of_the_fence(attack: str) -> None:
    def outside(first: str, second: str) -> str:
        text = "\n".join(
            message["content"]
            for message in ComparisonQuestion("Compare.", "Help!", first, second, "Kinder.").messages(
                "0123456789abcdef"
            )
        )
        for name in ("REQUEST", "ANSWER A", "ANSWER B"):
            before, _, rest = text.partition(f"===== 0123456789abcdef {name} BEGINS =====\n")
            inside, _, after = rest.partition(f"\n===== 0123456789abcdef {name} ENDS =====")
            assert "=====" not in inside
            text = before + after
        return text

    assert outside(attack, "fine") == outside("fine", attack) == outside("fine", "fine")


def test_each_question_has_a_new_mark_and_asks_for_the_reason_first() -> None:
    question = ComparisonQuestion("Compare.", "", "one", "two", "Kinder.")
    assert question.messages() != question.messages()
    assert "REQUEST" not in str(question.messages())
    inner = question.schema["properties"]["better"]
    assert list(inner["properties"]) == ["reason", "verdict"]
    assert inner["properties"]["verdict"]["enum"] == ["A", "B", "tie"]


def test_against_the_reference_each_is_graded_alone() -> None:
    grader = made(shorter, against="reference")
    assert not grader.in_groups
    values = [grader.score(text, reference="a bb").value for text in ("a b", "b aa", "a bbb", ":", "a bb")]
    assert values == [1.0, 0.5, 0.0, 0.0, 0.5]
    assert grader.score("a b", reference="x").value == 0.0  # a reference is never too short
    assert grader.score("x", reference="x").value == 0.5
    assert grader.score("a b", reference="").cause == "bad_reference"


def test_it_is_graded_in_a_worker_and_in_a_combination() -> None:
    texts = ["it is so kind", "it is kind", "no"]
    items = [Item(text, {"word": "kind"}, group="q", members=3) for text in texts]
    half = weighted((GRADERS["kinder"], 0.5), (GRADERS["polite"], 0.5))
    with Scorer(workers=2) as scorer:
        values = [score.value for score in scorer.score(GRADERS["kinder"], items)]
    assert values == [0.75, 0.75, 0.0]
    assert [score.value for score in half.score_group(texts, word="kind")] == [0.875, 0.875, 0.5]
    assert half.asks_a_judge


def test_its_checks_accuse_nobody_of_a_right_one() -> None:
    grader = GRADERS["kinder"]
    with Scorer(workers=1) as scorer:
        report = check_grader(scorer, grader, known_rows(grader), level=FAST)
    assert report.verdict == "pass", report.findings


@pytest.mark.parametrize(
    ("better", "checks"),
    [("'A' if 'good' in a else 'B'", set()), ("'B' if 'good' in a else 'A'", {"RK104", "RK106", "RK107"})],
)
def test_a_wrong_answer_of_the_data_is_tried_beside_the_right_one(
    write: WriteFile, better: str, checks: set[str]
) -> None:
    write(
        "g.py",
        "from rewardkit import ranking\nfrom rewardkit.judging.judges import ScriptedJudge\n\n"
        f"@ranking(judge=ScriptedJudge(better=lambda a, b: {better}))\n"
        "def g(reference):\n    '''Compare.'''\n    return 'The better one is good.'\n",
    )
    row = {"id": "a", "prompt": "", "reference": "x", "gold": "a good one", "wrong": "a bad one"}
    data = write("rows.jsonl", json.dumps(row) + "\n")
    (grader,) = collect(["g.py"])
    with Scorer(workers=1) as scorer:
        report = check_grader(scorer, grader, known_rows(grader, read_data(data, {})), level=FAST)
    assert {finding.id for finding in report.findings} == checks
    told = {skipped.id: skipped.why for skipped in report.skipped}
    assert "a right answer alone has nothing to be compared with" in told["RK101"]


def test_called_directly_it_says_what_makes_one_better() -> None:
    assert GRADERS["kinder"](word="kind") == "The better answer says {word}."


def test_hosts_and_fingerprints_cover_it(monkeypatch: pytest.MonkeyPatch) -> None:
    served = GRADERS["served"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    assert hosts_of([weighted((served, 1.0))]) == {"127.0.0.1:9": ["served"]}
    prints = {
        made(shorter, **options).fingerprint
        for options in ({}, {"repeats": 2}, {"shortest": 3}, {"against": "reference"})
    }
    assert len(prints) == 4
    assert ref_of(served) is not None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@ranking(judge='x')\ndef g(completions):\n    '''Task.'''\n", "a ranking must not ask for 'completions'"),
        ("@ranking(judge='x')\ndef g(a):\n    pass\n", "a ranking needs a docstring"),
        ("@ranking(judge='x')\ndef g():\n    '''Task.'''\n", "must return a text that says what makes one answer better than another; got None"),
        ("@ranking(judge='x', against='refrence')\ndef g(a):\n    '''Task.'''\n", "must be one of others, reference. Did you mean 'reference'"),
        ("@ranking(judge='x', group=True)\ndef g(a):\n    '''Task.'''\n", "group= is for @reward"),
        ("@ranking(judge='x', repeats=0)\ndef g(a):\n    '''Task.'''\n", "repeats=0 must be a whole number, 1 or more"),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_told_with_its_line(write: WriteFile, source: str, message: str) -> None:
    write("wrong.py", f"from rewardkit import ranking\n\n{source}")
    with pytest.raises(GraderError, match=rf"wrong\.py:3\): .*{message}"):
        collect(["wrong.py"])


REPLIES = ["sorry to hear it", "go away now", "we are sorry , here is a refund"]


def longer(request: dict[str, Any]) -> Reply:
    """The longer answer is better."""
    text = "\n".join(message["content"] for message in request["messages"])
    a, b = re.findall(r"ANSWER [AB] BEGINS =====\n(.*)\n=====", text)
    return say(json.dumps({"better": {"reason": "by length", "verdict": "A" if len(a) > len(b) else "B"}}))


def values(name: str) -> list[float | None]:
    lines = Path(f"runs/{name}/results.jsonl").read_text().splitlines()
    return [json.loads(line)["value"] for line in lines]


def test_on_the_command_line_the_host_is_named_and_a_lost_comparison_is_asked_again(write: WriteFile) -> None:
    write("longer.toml", TOML)
    rows = [{"id": "q", "prompt": "Help!", "completion": text, "style": "long"} for text in REPLIES]
    data = write("replies.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    up = False

    def script(request: dict[str, Any]) -> Reply:
        lost = "go away" in str(request["messages"]) and "refund" in str(request["messages"])
        return longer(request) if up or not lost else fail(401, "no such key")

    with ChatServer(script) as server:
        judge = f"openai:gpt-test@{server.url}"
        command = [
            "grade",
            data,
            "-g",
            "longer.toml",
            "--judge",
            judge,
            "--run",
            "one",
            "--max-unscored",
            "1",
        ]
        ran = rewardkit(*command)
        assert re.search(r"answers are sent to 127\.0\.0\.1:\d+, the judge of longer\n", ran.err)
        assert values("one") == [0.5, None, None]
        up, asked = True, len(server.requests)
        assert rewardkit(*command, "--retry-unscored").code == 0
        assert len(server.requests) - asked <= 2
        assert rewardkit(*command[:-3], "two", "--replay-verdicts").code == 0
    assert values("one") == values("two") == [0.5, 0.0, 1.0]


def test_as_a_reward_of_a_training_it_sees_each_group(write: WriteFile) -> None:
    reward = as_trl(GRADERS["kinder"], num_generations=2)
    given = reward(
        prompts=["p", "p", "q", "q"],
        completions=["it is kind", "go away now", "no no no", "so very kind"],
        word=["kind"] * 4,
    )
    reward.close()
    assert given == [1.0, 0.0, 0.0, 1.0]


TOML = """
    task = "Compare replies of a support agent."
    judge = "gpt-test"

    [ranking]
    better = "The better reply is {style}."
"""


def test_a_toml_file_declares_one(write: WriteFile) -> None:
    write("longer.toml", TOML)
    (grader,) = collect(["longer.toml"])
    assert (grader.name, grader.kind, grader.in_groups) == ("longer", "ranking", True)
    assert grader.needs == ("completions", "style")
    assert grader(style="long") == "The better reply is {style}."
    write("alone.toml", TOML + '    against = "reference"\n')
    (alone,) = collect(["alone.toml"])
    assert (alone.in_groups, alone.needs) == (False, ("completion", "reference", "style"))
    write("sub/longer.toml", TOML.replace("better reply", "best reply"))
    assert collect(["sub/longer.toml"])[0].fingerprint != grader.fingerprint


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("better =", "bettr =", r"r\.toml:6: unknown key 'bettr' in \[ranking\]; .*Did you mean 'better'"),
        ('better = "The better reply is {style}."', "", r"\[ranking\] needs better = "),
        ("{style}", "{completion}", r"r\.toml:6: '{completion}' in better: what is asked"),
        ("judge =", "jugde =", r"r\.toml:3: unknown key 'jugde' in a ranking; .*Did you mean 'judge'"),
        ('judge = "gpt-test"', 'ask = "all"', r"r\.toml:3: unknown key 'ask' in a ranking"),
        ("task = ", "#", "a ranking needs task"),
        ("[ranking]", "[[criteria]]", "unknown key 'better' in a criterion"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_at_its_line(
    write: WriteFile, old: str, new: str, message: str
) -> None:
    write("r.toml", TOML.replace(old, new))
    with pytest.raises(GraderError, match=message):
        collect(["r.toml"])
