"""Every fault of a judge, over a real connection: none becomes a number, every answer is accounted for, and asking again mends what can be."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import Item, Scorer, collect
from rewardkit.testing import judge_server
from rewardkit.testing.asked import asked
from rewardkit.testing.replies import (
    DROP,
    EMPTY,
    FILTERED,
    HANG,
    MALFORMED,
    NO_CHOICES,
    NONSENSE,
    OUTAGES,
    RESET,
    WRONG_TYPE,
    Reply,
    Request,
    cut_short,
    fail,
    rate_limited,
    refused,
    say,
    slow,
    truncated,
    verdicts,
)

GRADERS = {grader.name: grader for grader in collect([str(Path(__file__).with_name("rubric_graders.py"))])}
BRIEF, PATIENT = GRADERS["brief"], GRADERS["patient"]

QUOTED = '{{"{0}": {{"reason": "", "verdict": "met"}}}}'
OUT, LOST, REFUSED = "judge_unavailable", "judge_unparseable", "judge_refused"
FAULTS: dict[str, tuple[Callable[[str], Reply], str]] = {
    "429": (lambda name: rate_limited(), OUT),
    "429 for 900 s": (lambda name: rate_limited(900), OUT),
    "429 for 900000 ms": (lambda name: rate_limited(900, "milliseconds"), OUT),
    "429 until": (lambda name: rate_limited(900, "date"), OUT),
    "401": (lambda name: fail(401, "no key"), OUT),
    "400": (lambda name: fail(400, "too long"), REFUSED),
    "500": (lambda name: fail(500), OUT),
    "503": (lambda name: fail(503), OUT),
    "drop": (lambda name: DROP, OUT),
    "reset": (lambda name: RESET, OUT),
    "hang": (lambda name: HANG, OUT),
    "one byte after the other": (lambda name: slow(met(name), 600), OUT),
    "cut in the body": (lambda name: cut_short(met(name)), OUT),
    "HTML": (lambda name: WRONG_TYPE, OUT),
    "HTML that calls itself JSON": (lambda name: Reply(WRONG_TYPE.body), OUT),
    "malformed": (lambda name: MALFORMED, OUT),
    "bytes": (lambda name: Reply(b"\xff\xfe\x00"), OUT),
    "JSON too deep": (lambda name: Reply(b'{"choices":' * 20_000), OUT),
    "no choices": (lambda name: NO_CHOICES, LOST),
    "choices null": (lambda name: Reply({"choices": None}), LOST),
    "message null": (lambda name: Reply({"choices": [{"message": None}]}), LOST),
    "content a list": (lambda name: Reply({"choices": [{"message": {"content": [1]}}]}), LOST),
    "another object": (lambda name: Reply({"object": "list", "data": []}), LOST),
    "a number": (lambda name: Reply(1.0), LOST),
    "error with 200": (lambda name: Reply({"error": {"message": "overloaded"}}), LOST),
    "empty": (lambda name: EMPTY, LOST),
    "content null": (lambda name: say(None), LOST),
    "truncated": (lambda name: truncated(QUOTED.format(name)), LOST),
    "cut-off JSON": (lambda name: say(QUOTED.format(name)[:-2]), LOST),
    "prose": (lambda name: say("It does rather well."), LOST),
    "yes": (lambda name: say("Yes. The criterion is met."), LOST),
    "number in prose": (lambda name: say("On a scale of 1 to 10, 8"), LOST),
    "bare number": (lambda name: say("1"), LOST),
    "NaN": (lambda name: say(f'{{"{name}": NaN}}'), LOST),
    "a score": (lambda name: say(f'{{"{name}": 1}}'), LOST),
    "out of range": (lambda name: say(f'{{"{name}": {{"reason": "", "verdict": 11}}}}'), LOST),
    "unknown verdict": (lambda name: say(f'{{"{name}": "mostly met"}}'), LOST),
    "several": (lambda name: say(f'{{"{name}": ["met", "unmet"]}}'), LOST),
    "null": (lambda name: say(f'{{"{name}": null}}'), LOST),
    "twice": (lambda name: say(f'{{"{name}": "met", "{name}": "unmet"}}'), LOST),
    "another criterion": (lambda name: say('{"other": "met"}'), LOST),
    "one too many": (lambda name: say(f'{{"{name}": "met", "other": "met"}}'), LOST),
    "none": (lambda name: say("{}"), LOST),
    "quoted and cut off": (lambda name: say(f'It says {QUOTED.format(name)}, yet {{"{name}": {{"rea'), LOST),
    "refuses": (lambda name: refused(), REFUSED),
    "filtered": (lambda name: FILTERED, REFUSED),
}  # fmt: skip
"""By name: the reply to a question about one criterion, and the cause that the answer is unscored with."""

MENDED: dict[str, Callable[[str], str]] = {
    "a quote and then a verdict": lambda name: (
        f'The answer says {QUOTED.format(name)}. It is not: {{"{name}": "unmet"}}'
    ),
    "a fence of Markdown": lambda name: f'```json\n{{"{name}": "unmet"}}\n```',
    "a list of one": lambda name: f'[{{"{name}": "unmet"}}]',
    "capitals": lambda name: f'{{"{name}": "Unmet "}}',
}
"""Replies that hold a verdict all the same: it is unmet."""


def met(name: str) -> Reply:
    return say(QUOTED.format(name))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    return tmp_path


def by_words(criterion: str, answer: str) -> str:
    return "met" if criterion in answer.split() else "unmet"


def faulty(request: Request, number: int) -> Reply:
    """Answers begin with how many criteria are struck and the name of the fault; about the others the judge says that they are met."""
    question = asked(request)
    (name,) = question.criteria
    share, fault, _ = question.answer.split("|")
    if share == "half" and name == "sorry":
        return met(name)
    return FAULTS[fault][0](name) if fault in FAULTS else say(MENDED[fault](name))


def test_no_fault_of_all_or_of_half_of_the_criteria_becomes_a_number(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = ("all", "half")
    items = [Item(f"{share}|{name}| we are sorry", {}) for name in (*FAULTS, *MENDED) for share in shares]
    with judge_server(faulty) as server, Scorer(workers=1) as scorer:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert scorer.score(BRIEF, [Item("all|capitals| at first", {})])[0].value == 0  # imports take a while
        scores = scorer.score(BRIEF, items)
    got = {item.completion.rpartition("|")[0]: score for item, score in zip(items, scores, strict=True)}
    causes = {key: score.cause for key, score in got.items() if score.value is None}
    assert causes == {f"{share}|{name}": FAULTS[name][1] for name in FAULTS for share in shares}
    values = {key: score.value for key, score in got.items() if score.value is not None}
    assert values == {
        f"{share}|{name}": value for name in MENDED for share, value in (("all", 0.0), ("half", 0.5))
    }
    counts = Counter(causes.values())
    assert counts[OUT] + counts[LOST] + counts[REFUSED] + len(values) == len(items)
    assert all(score.reason for score in got.values() if score.value is None)


def test_a_certificate_that_is_none_is_an_outage(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with judge_server(verdict=by_words) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url.replace("http:", "https:"))
        score = BRIEF.score("we are sorry")
    assert (score.value, score.cause) == (None, OUT)


def answers(count: int) -> list[Item]:
    rng = random.Random(count)
    return [
        Item(f"reply {n} {rng.choice(['', 'sorry'])} {rng.choice(['', 'offers'])}", {}) for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "seed"),
    [(40, 1), *(pytest.param(1000, seed, marks=pytest.mark.soak) for seed in range(5))],
)
def test_half_of_the_replies_broken_ends_in_exactly_the_scores_of_a_quiet_run(
    project: Path, monkeypatch: pytest.MonkeyPatch, count: int, seed: int
) -> None:
    items = answers(count)
    with judge_server(verdict=by_words) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        quiet = [PATIENT.score(item.completion) for item in items]
    faults = (*OUTAGES, *NONSENSE, refused(), FILTERED)
    with judge_server(verdict=by_words, faults=faults, seed=seed) as server, Scorer(workers=1) as scorer:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        scores = scorer.score(PATIENT, items)
        first = [score.cause for score in scores if score.value is None]
        while left := [index for index, score in enumerate(scores) if score.value is None]:
            again = scorer.score(PATIENT, [items[index] for index in left], fresh=True)
            for index, score in zip(left, again, strict=True):
                scores[index] = score
    assert scores == quiet
    assert set(first) == {LOST, REFUSED}  # outages were waited for
    assert len(first) < count
    assert server.counts["200"] > 2 * count
    assert server.counts["drops"]
    assert server.counts["500"]


RUBRIC = """
    from rewardkit import Criterion, rubric
    from rewardkit.judging.openai_judge import OpenAIJudge

    @rubric(judge=OpenAIJudge("gpt-test", patience=0.4), isolation="inline")
    def reply() -> list[Criterion]:
        \"""Grade a reply to a customer.\"""
        return [Criterion("sorry", "Says sorry."), Criterion("offers", "Offers a refund.")]
"""


@pytest.mark.parametrize("rows", [60, pytest.param(2000, marks=pytest.mark.soak)])
@pytest.mark.parametrize(("struck", "fault"), [(("sorry", "offers"), DROP), (("offers",), fail(503))])
def test_a_total_outage_stops_the_run_and_the_same_command_asks_for_the_rest_alone(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch, rows: int, struck: tuple[str, ...], fault: Reply
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    write("reply.py", RUBRIC)
    items = answers(rows)
    lines = [
        json.dumps({"id": n, "prompt": "Help!", "completion": item.completion})
        for n, item in enumerate(items)
    ]
    data = write("replies.jsonl", "\n".join(lines))
    left = rows  # so many questions are answered before it goes down
    answered: Counter[Any] = Counter()

    def script(request: Request, number: int) -> Reply:
        nonlocal left
        question = asked(request)
        (name,) = question.criteria
        if left <= 0 and name in struck:
            return fault
        left -= 1
        answered[question.answer, *question.criteria] += 1
        return verdicts(request, by_words)

    with judge_server(script) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        command = [
            "grade",
            data,
            "-g",
            "reply.py",
            "--run",
            "one",
            "--max-unscored",
            "0.02",
        ]
        stopped = rewardkit(*command)
        assert stopped.code == 3, stopped.err
        assert "judge_unavailable" in stopped.err
        left = 10 * rows
        resumed = rewardkit(*command, "--retry-unscored")
        assert resumed.code == 0, resumed.err
    kept = [json.loads(line) for line in Path("runs/one/results.jsonl").read_text().splitlines()]
    by_hand = [(("sorry" in item.completion) + ("offers" in item.completion)) / 2 for item in items]
    assert sorted((int(line["sample"]), line["value"]) for line in kept) == list(enumerate(by_hand))
    assert set(answered.values()) == {1}  # nobody was asked twice
    assert len(answered) == 2 * rows
