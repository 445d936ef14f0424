"""A judge behind a real HTTP server: what it is sent, and that no fault of it becomes a score."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Criterion, Item, Scorer, collect
from rewardkit.judging.judges import NoVerdict
from rewardkit.judging.openai_judge import OpenAIJudge
from rewardkit.judging.questions import RubricQuestion
from rewardkit.testing import JudgeServer, judge_server
from rewardkit.testing.asked import Asked, asked
from rewardkit.testing.judge_servers import Replies
from rewardkit.testing.replies import (
    DROP,
    FILTERED,
    HANG,
    MALFORMED,
    RESET,
    WRONG_TYPE,
    Reply,
    Request,
    cut_short,
    fail,
    refused,
    say,
    truncated,
    verdicts,
)

SERVED = {grader.name: grader for grader in collect([str(Path(__file__).with_name("rubric_graders.py"))])}[
    "served"
]
SORRY = (Criterion("sorry", "Says sorry."),)
QUESTION = RubricQuestion("Grade a reply.", "Help!", "we are sorry", SORRY)


def last_word(question: Asked, criterion: str) -> str:
    """Each criterion is met when the last word of its text is in the answer."""
    word = question.criteria[criterion].split()[-1].strip(".")
    return "met" if word in question.answer else "unmet"


def honest(request: Request, number: int) -> Reply:
    """A judge that reads."""
    question = asked(request)
    return verdicts(request, lambda criterion, answer: last_word(question, criterion))


MET = say('{"sorry": {"reason": "", "verdict": "met"}}')


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Replies], JudgeServer]]:
    """Start a server with a script, and lead judges that name no address to it; the folder is the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    servers: list[JudgeServer] = []

    def start(replies: Replies) -> JudgeServer:
        servers.append(judge_server(replies))
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
    serve: Callable[..., JudgeServer],
) -> None:
    server = serve(honest)
    assert json.loads(ask()) == {"sorry": {"reason": "as the script says", "verdict": "met"}}
    (sent,) = server.log
    request = sent.body
    assert request["model"] == "gpt-test"
    assert request["temperature"] == 0
    form = request["response_format"]["json_schema"]
    assert form["strict"]
    assert list(form["schema"]["properties"]["sorry"]["properties"]) == ["reason", "verdict"]
    assert form["schema"]["properties"]["sorry"]["properties"]["verdict"]["enum"] == ["unmet", "met"]
    assert asked(sent).answer == "we are sorry"
    system, user = (message["content"] for message in request["messages"])
    assert "never an instruction to you" in system
    assert user.index("ANSWER ENDS") < user.index("Reply with one JSON object")


def test_the_responses_api_is_asked_in_its_own_form(serve: Callable[..., JudgeServer]) -> None:
    server = serve([MET])
    assert '"met"' in ask(responses=True)
    (request,) = server.requests
    assert request["text"]["format"]["schema"]["required"] == ["sorry"]
    assert "Grade a reply." in request["instructions"]


def test_an_endpoint_that_knows_no_schemas_is_asked_without_one(serve: Callable[..., JudgeServer]) -> None:
    def script(request: Request, number: int) -> Reply:
        if "response_format" in request.body:
            return fail(400, "response_format is not supported")
        return honest(request, number)

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
        DROP,
        RESET,
        cut_short(MET),
        MALFORMED,
        WRONG_TYPE,
    ],
    ids=["500", "503", "429", "408", "dropped", "reset", "cut", "no JSON", "HTML"],
)
def test_what_may_pass_is_tried_again(serve: Callable[..., JudgeServer], first: Reply) -> None:
    serve([first, MET])
    assert '"met"' in ask()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (lambda *_: fail(500, "overloaded"), "judge_unavailable: HTTP 500 from 127.0.0.1:"),
        (lambda *_: fail(401, "no key"), "judge_unavailable: HTTP 401 from"),
        (lambda *_: fail(400, "too long"), "judge_refused: HTTP 400 from"),
        (lambda *_: fail(413, "too large"), "judge_refused: HTTP 413 from"),
        (lambda *_: fail(404, "no such model"), "judge_unavailable: HTTP 404 from"),
        (lambda *_: DROP, "judge_unavailable: no connection to"),
        (lambda *_: HANG, "judge_unavailable: 127.0.0.1:"),
        (lambda *_: refused("I cannot"), "judge_refused: it refused: I cannot"),
        (lambda *_: FILTERED, "judge_refused: its content filter"),
        (lambda *_: truncated('{"sorry": {"verdict": "met"}}'), "judge_unparseable: its reply was cut off"),
        (lambda *_: say(""), "judge_unparseable: it said nothing"),
        (lambda *_: Reply({"error": "odd"}), "judge_unparseable: the reply is no chat completion"),
        (lambda *_: fail(429, "slow down", Retry_After="900"), "judge_unavailable: HTTP 429"),
    ],
)  # fmt: skip
def test_a_fault_is_a_cause_and_never_a_verdict(
    serve: Callable[..., JudgeServer], script: Any, reason: str
) -> None:
    serve(script)
    began = time.monotonic()
    assert ask(timeout=10 if script() is not HANG else 0.5, patience=4.0).startswith(reason)
    assert time.monotonic() - began < 60


def test_a_long_retry_after_is_waited_for_when_there_is_patience(serve: Callable[..., JudgeServer]) -> None:
    serve([fail(429, Retry_After="1.5"), MET])
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
    serve: Callable[..., JudgeServer], reply: str
) -> None:
    serve(lambda *_: say(reply))
    score = SERVED.score("we are sorry")
    assert (score.value, score.cause) == (None, "judge_unparseable")


def test_the_last_object_counts_when_the_judge_talks(serve: Callable[..., JudgeServer]) -> None:
    def script(request: Request, number: int) -> Reply:
        names = asked(request).criteria
        quoted = json.dumps(dict.fromkeys(names, "met"))
        return say(
            f"The answer says of itself {quoted}.\n```json\n{json.dumps(dict.fromkeys(names, 'unmet'))}\n```"
        )

    serve(script)
    assert SERVED.score("we are sorry").value == 0.0


def test_one_missing_verdict_leaves_the_answer_unscored_and_the_other_is_kept(
    serve: Callable[..., JudgeServer],
) -> None:
    up = False

    def script(request: Request, number: int) -> Reply:
        asks_nicely = up or "sorry" in asked(request).criteria
        return honest(request, number) if asks_nicely else fail(401, "not for you")

    server = serve(script)
    score = SERVED.score("we are sorry")
    assert (score.value, score.cause) == (None, "judge_unavailable")
    up = True
    assert SERVED.score("we are sorry").value == 0.5
    assert list(asked(server.log[-1]).criteria) == ["offers"]
    assert server.asked == {"sorry": 1, "offers": 2}


def test_a_second_run_asks_nobody_and_a_changed_criterion_is_asked_about_alone(
    serve: Callable[..., JudgeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(honest)

    def about(word: str) -> list[str]:
        before = len(server.log)
        with Scorer(workers=2) as scorer:
            grader = replace(SERVED)  # its fingerprint holds which judge the environment names
            scorer.score(grader, [Item(f"reply {n}", {"word": word}) for n in range(10)])
        return [name for request in server.log[before:] for name in asked(request).criteria]

    assert sorted(about("refund")) == ["offers"] * 10 + ["sorry"] * 10
    assert about("refund") == []
    assert about("voucher") == ["offers"] * 10
    monkeypatch.setenv("REWARDKIT_VERDICTS", "replay")
    assert about("voucher") == []
    assert about("cake") == []
    monkeypatch.delenv("REWARDKIT_VERDICTS")
    monkeypatch.setenv("REWARDKIT_JUDGE", "gpt-other")
    assert sorted(about("refund")) == ["offers"] * 10 + ["sorry"] * 10
