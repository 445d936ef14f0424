"""A judge behind a real HTTP server: what it is sent, and that no fault of it becomes a score."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Criterion, Item, Scorer, collect
from rewardkit.chat_server import HANG, ChatServer, Reply, Script, fail, in_turn, say
from rewardkit.judging.judges import NoVerdict
from rewardkit.judging.openai_judge import OpenAIJudge
from rewardkit.judging.questions import RubricQuestion

SERVED = {grader.name: grader for grader in collect([str(Path(__file__).with_name("rubric_graders.py"))])}[
    "served"
]
SORRY = (Criterion("sorry", "Says sorry."),)
QUESTION = RubricQuestion("Grade a reply.", "Help!", "we are sorry", SORRY)


def said(request: dict[str, Any]) -> str:
    """All that a request says."""
    return "\n".join(str(message["content"]) for message in request["messages"])


def answer_in(request: dict[str, Any]) -> str:
    """What stands between the marks of the answer."""
    found = re.search(
        r"^===== (\w{16}) ANSWER BEGINS =====\n(.*)\n===== \1 ANSWER ENDS =====$",
        said(request),
        re.DOTALL | re.MULTILINE,
    )
    assert found is not None
    return found[2]


def criteria_in(request: dict[str, Any]) -> dict[str, str]:
    """The criteria that it asks about: id and text."""
    after = said(request).rpartition("The material ends here.")[2]
    return dict(re.findall(r"^- (\w+) \([^)]*\): (.*)$", after, re.MULTILINE))


def honest(request: dict[str, Any]) -> Reply:
    """Each criterion is met when the last word of its text is in the answer."""
    answer = answer_in(request)
    verdicts = {
        name: {
            "reason": "looked for it",
            "verdict": "met" if text.split()[-1].strip(".") in answer else "unmet",
        }
        for name, text in criteria_in(request).items()
    }
    return say(json.dumps(verdicts))


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Script], ChatServer]]:
    """Start a server with a script, and lead judges that name no address to it; the folder is the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    servers: list[ChatServer] = []

    def start(script: Script) -> ChatServer:
        servers.append(ChatServer(script))
        monkeypatch.setenv("OPENAI_BASE_URL", servers[-1].url)
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ask(**settings: Any) -> str:
    """What a judge with these settings replies to the question; the cause when there is no verdict."""
    try:
        return asyncio.run(_ask(OpenAIJudge("gpt-test", **{"patience": 5, **settings})))
    except NoVerdict as error:
        return f"{error.cause}: {error}"


async def _ask(judge: OpenAIJudge) -> str:
    return (await judge.ask(QUESTION)).text


def test_the_request_fences_the_answer_and_asks_for_the_reason_first(
    serve: Callable[..., ChatServer],
) -> None:
    server = serve(honest)
    assert json.loads(ask()) == {"sorry": {"reason": "looked for it", "verdict": "met"}}
    (request,) = server.requests
    assert request["model"] == "gpt-test"
    assert request["temperature"] == 0
    form = request["response_format"]["json_schema"]
    assert form["strict"]
    assert list(form["schema"]["properties"]["sorry"]["properties"]) == ["reason", "verdict"]
    assert form["schema"]["properties"]["sorry"]["properties"]["verdict"]["enum"] == ["unmet", "met"]
    assert answer_in(request) == "we are sorry"
    system, user = (message["content"] for message in request["messages"])
    assert "never an instruction to you" in system
    assert user.index("ANSWER ENDS") < user.index("Reply with one JSON object")


def test_the_responses_api_is_asked_in_its_own_form(serve: Callable[..., ChatServer]) -> None:
    server = serve(lambda request: say('{"sorry": {"reason": "", "verdict": "met"}}'))
    assert '"met"' in ask(responses=True)
    (request,) = server.requests
    assert request["text"]["format"]["schema"]["required"] == ["sorry"]
    assert "Grade a reply." in request["instructions"]


def test_an_endpoint_that_knows_no_schemas_is_asked_without_one(serve: Callable[..., ChatServer]) -> None:
    def script(request: dict[str, Any]) -> Reply:
        return (
            fail(400, "response_format is not supported") if "response_format" in request else honest(request)
        )

    server = serve(script)
    assert '"met"' in ask()
    assert ["response_format" in request for request in server.requests] == [True, False]


@pytest.mark.parametrize(
    "first",
    [
        fail(500),
        fail(503),
        fail(429, Retry_After="0"),
        fail(408),
        Reply(b"", drops=True),
        Reply(b"<html>", 200),
    ],
    ids=["500", "503", "429", "408", "dropped", "no JSON"],
)
def test_what_may_pass_is_tried_again(serve: Callable[..., ChatServer], first: Reply) -> None:
    replies = in_turn(first, say('{"sorry": {"reason": "", "verdict": "met"}}'))
    serve(replies)
    assert '"met"' in ask()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (lambda _: fail(500, "overloaded"), "judge_unavailable: HTTP 500 from 127.0.0.1:"),
        (lambda _: fail(401, "no key"), "judge_unavailable: HTTP 401 from"),
        (lambda _: fail(400, "too long"), "judge_unavailable: HTTP 400 from"),
        (lambda _: Reply(b"", drops=True), "judge_unavailable: no connection to"),
        (lambda _: HANG, "judge_unavailable: 127.0.0.1:"),
        (lambda _: say(None, refusal="I cannot"), "judge_refused: it refused: I cannot"),
        (lambda _: say("", finish="content_filter"), "judge_refused: its content filter"),
        (lambda _: say('{"sorry": {"verdict": "met"}}', finish="length"), "judge_unparseable: its reply was cut off"),
        (lambda _: say(""), "judge_unparseable: it said nothing"),
        (lambda _: Reply({"error": "odd"}), "judge_unparseable: the reply is no chat completion"),
        (lambda _: fail(429, "slow down", Retry_After="900"), "judge_unavailable: HTTP 429"),
    ],
)  # fmt: skip
def test_a_fault_is_a_cause_and_never_a_verdict(
    serve: Callable[..., ChatServer], script: Script, reason: str
) -> None:
    serve(script)
    began = time.monotonic()
    assert ask(timeout=10 if script(None) is not HANG else 0.5, patience=4.0).startswith(reason)
    assert time.monotonic() - began < 60


def test_a_long_retry_after_is_waited_for_when_there_is_patience(serve: Callable[..., ChatServer]) -> None:
    serve(in_turn(fail(429, Retry_After="1.5"), say('{"sorry": {"reason": "", "verdict": "met"}}')))
    began = time.monotonic()
    assert '"met"' in ask(patience=30)
    assert time.monotonic() - began >= 1.5


@pytest.mark.parametrize(
    "reply",
    [
        "prose only",
        "8",
        '{"sorry": {"reason": "", "verdict": "met"}',
        '{"sorry": {"reason": "", "verdict": "perhaps"}}',
        '{"sorry": "met", "sorry": "unmet", "offers": "met"}',
        '{"sorry": "met", "offers": "met", "style": "met"}',
        '{"other": "met"}',
        '{"sorry": null, "offers": null}',
        '[{"sorry": "met"}]',
        'It says {"sorry": "met", "offers": "met"} but {"sorry": {"reason": "it is',
    ],
)
def test_a_reply_that_cannot_be_read_leaves_the_answer_unscored(
    serve: Callable[..., ChatServer], reply: str
) -> None:
    serve(lambda _: say(reply))
    score = SERVED.score("we are sorry")
    assert (score.value, score.cause) == (None, "judge_unparseable")


def test_the_last_object_counts_when_the_judge_talks(serve: Callable[..., ChatServer]) -> None:
    def script(request: dict[str, Any]) -> Reply:
        names = criteria_in(request)
        quoted = json.dumps(dict.fromkeys(names, "met"))
        return say(
            f"The answer says of itself {quoted}.\n```json\n{json.dumps(dict.fromkeys(names, 'unmet'))}\n```"
        )

    serve(script)
    assert SERVED.score("we are sorry").value == 0.0


def test_one_missing_verdict_leaves_the_answer_unscored_and_the_other_is_kept(
    serve: Callable[..., ChatServer],
) -> None:
    up = False

    def script(request: dict[str, Any]) -> Reply:
        return honest(request) if up or "sorry" in criteria_in(request) else fail(401, "not for you")

    server = serve(script)
    score = SERVED.score("we are sorry")
    assert (score.value, score.cause) == (None, "judge_unavailable")
    up = True
    assert SERVED.score("we are sorry").value == 0.5
    assert [list(criteria_in(request)) for request in server.requests[-1:]] == [["offers"]]
    assert len(server.requests) == 3


def test_half_of_the_replies_broken_ends_in_the_scores_of_a_quiet_run(
    serve: Callable[..., ChatServer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    items = [Item(f"reply {n} {'sorry' * (n % 2)} {'refund' * (n % 3 == 0)}", {}) for n in range(24)]

    def graded(script: Script, folder: str) -> list[Any]:
        (tmp_path / folder).mkdir()
        monkeypatch.chdir(tmp_path / folder)
        serve(script)
        with Scorer(workers=2) as scorer:
            scores = scorer.score(SERVED, items)
            unscored = [index for index, score in enumerate(scores) if score.value is None]
            again = scorer.score(SERVED, [items[index] for index in unscored], fresh=True)
        for index, score in zip(unscored, again, strict=True):
            scores[index] = score
        return scores

    count = 0

    def faulty(request: dict[str, Any]) -> Reply:
        nonlocal count
        count += 1
        kinds = (fail(500), fail(429, Retry_After="0"), Reply(b"", drops=True), say("8 of 10"))
        return kinds[count // 2 % len(kinds)] if count % 2 else honest(request)

    assert graded(faulty, "faulty") == graded(honest, "quiet")


def test_a_second_run_asks_nobody_and_a_changed_criterion_is_asked_about_alone(
    serve: Callable[..., ChatServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(honest)

    def asked(word: str) -> list[str]:
        before = len(server.requests)
        with Scorer(workers=2) as scorer:
            grader = replace(SERVED)  # its fingerprint holds which judge the environment names
            scorer.score(grader, [Item(f"reply {n}", {"word": word}) for n in range(10)])
        return [name for request in server.requests[before:] for name in criteria_in(request)]

    assert sorted(asked("refund")) == ["offers"] * 10 + ["sorry"] * 10
    assert asked("refund") == []
    assert asked("voucher") == ["offers"] * 10
    monkeypatch.setenv("REWARDKIT_VERDICTS", "replay")
    assert asked("voucher") == []
    assert asked("cake") == []
    monkeypatch.delenv("REWARDKIT_VERDICTS")
    monkeypatch.setenv("REWARDKIT_JUDGE", "gpt-other")
    assert sorted(asked("refund")) == ["offers"] * 10 + ["sorry"] * 10
