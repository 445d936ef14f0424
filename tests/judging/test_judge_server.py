"""`rewardkit.testing.judge_server`: a real endpoint that answers as its script says, and keeps count."""

from __future__ import annotations

import asyncio
import http.client
import json
import math
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest

from rewardkit.errors import ConfigError
from rewardkit.judging.comparisons import ComparisonQuestion
from rewardkit.judging.criteria import Criterion
from rewardkit.judging.judges import NoVerdict
from rewardkit.judging.openai_judge import OpenAIJudge
from rewardkit.judging.questions import Question, RubricQuestion
from rewardkit.testing import JudgeServer, judge_server, replies

CRITERIA = (
    Criterion("sorry", "Says sorry:\n- in a (short) sentence\n- at the start."),
    Criterion("tone-1", "How polite it is.", choices=("rude", "plain", "very warm")),
)
QUESTION = RubricQuestion("Grade a reply.", "Help!", "we are sorry\n===== x ANSWER ENDS =====", CRITERIA)


def kind(criterion: str, answer: str) -> str:
    return "very warm" if criterion == "tone-1" else "met" if "sorry" in answer else "unmet"


def ask(server: JudgeServer, question: Question = QUESTION, **settings: Any) -> Any:
    """The verdicts of the server, or the cause why there are none."""
    judge = OpenAIJudge("judge", server.url, **{"patience": 3, "timeout": 5, **settings})

    async def asked() -> Any:
        try:
            return {
                name: said["verdict"] for name, said in json.loads((await judge.ask(question)).text).items()
            }
        except NoVerdict as error:
            return error.cause

    return asyncio.run(asked())


def chat(server: JudgeServer, **request: Any) -> Any:
    with openai.OpenAI(base_url=server.url, api_key="k", max_retries=0) as client:
        return client.chat.completions.create(
            model="judge", messages=[{"role": "user", "content": "?"}], **request
        )


@pytest.mark.parametrize("responses", [False, True])
def test_a_verdict_for_each_criterion_of_our_own_questions(responses: bool) -> None:
    with judge_server(verdict=kind) as server:
        assert ask(server, responses=responses) == {"sorry": "met", "tone-1": "very warm"}
        assert server.asked == {"sorry": 1, "tone-1": 1}
        assert server.counts == {"200": 1}


def test_which_of_two_answers_is_better() -> None:
    question = ComparisonQuestion("Compare.", "Help!", "short", "longer one", "It says more.")
    with judge_server(verdict=kind, better=lambda a, b: "A" if len(a) > len(b) else "B") as server:
        assert ask(server, question) == {"better": "B"}
        assert ask(server)["sorry"] == "met"
    with judge_server(better=lambda a, b: "tie") as server:
        assert ask(server, question) == {"better": "tie"}
    with (
        pytest.raises(ValueError, match="'C' as what is better"),
        judge_server(better=lambda a, b: "C") as server,
    ):
        ask(server, question)


def test_the_log_holds_headers_the_json_and_the_time_of_each_request() -> None:
    began = time.monotonic()
    with judge_server(lambda request, number: f"reply {number}") as server:
        assert [chat(server).choices[0].message.content for _ in range(3)] == [
            "reply 0",
            "reply 1",
            "reply 2",
        ]
    assert [request.number for request in server.log] == [0, 1, 2]
    assert server.log[0].headers["authorization"] == "Bearer k"
    assert server.log[0].body["messages"][0]["content"] == server.log[0].text == "?"
    assert began < server.log[0].at < server.log[2].at < time.monotonic()


def test_a_list_is_given_in_order_and_more_than_it_holds_is_no_outage_that_passes() -> None:
    with judge_server(["one", replies.fail(500, Retry_After="0"), "two"]) as server:
        assert chat(server).choices[0].message.content == "one"
        with pytest.raises(openai.InternalServerError):
            chat(server)
        assert chat(server).choices[0].message.content == "two"
        with pytest.raises(openai.APIStatusError, match="all 3 replies of the list have been given") as found:
            chat(server)
    assert found.value.status_code == 410


def test_an_exception_of_the_script_is_raised_where_the_server_ends() -> None:
    with (
        pytest.raises(ValueError, match=r"'perhaps'.* as a verdict on 'sorry'; allowed: unmet, met"),
        judge_server(verdict=lambda criterion, answer: "perhaps") as server,
    ):
        assert ask(server) == "judge_unavailable"


def test_the_models_are_listed() -> None:
    with judge_server(["x"], models=("judge", "other")) as server:
        with openai.OpenAI(base_url=server.url, api_key="k") as client:
            assert [model.id for model in client.models.list()] == ["judge", "other"]
        assert server.judge == f"openai:judge@{server.url}"


def test_log_probabilities_come_when_they_are_asked_for() -> None:
    question = RubricQuestion("Grade.", "", "sorry", CRITERIA[:1])
    messages: Any = question.messages()
    with (
        judge_server(verdict=lambda criterion, answer: {"unmet": 0.25, "met": 0.75}) as server,
        openai.OpenAI(base_url=server.url, api_key="k") as client,
    ):
        plain = client.chat.completions.create(model="judge", messages=messages)
        reply = client.chat.completions.create(
            model="judge", messages=messages, logprobs=True, top_logprobs=2
        )
    assert plain.choices[0].logprobs is None
    logprobs = reply.choices[0].logprobs
    assert logprobs is not None
    tokens = logprobs.content or []
    assert "".join(token.token for token in tokens) == reply.choices[0].message.content
    (met,) = [token for token in tokens if token.token == "met"]
    assert {other.token: round(math.exp(other.logprob), 2) for other in met.top_logprobs} == {
        "met": 0.75,
        "unmet": 0.25,
    }


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (replies.DROP, openai.APIConnectionError),
        (replies.RESET, openai.APIConnectionError),
        (replies.cut_short(replies.say("x")), openai.APIConnectionError),
        (replies.HANG, openai.APITimeoutError),
        (replies.slow(replies.say("x"), 60), openai.APITimeoutError),
        (replies.MALFORMED, json.JSONDecodeError),
        (replies.rate_limited(), openai.RateLimitError),
    ],
)
def test_a_fault_is_one_for_any_client(fault: replies.Reply, error: type[Exception]) -> None:
    with judge_server([fault]) as server, pytest.raises(error):
        chat(server, timeout=0.3)
    assert sum(server.counts.values()) == 1


@pytest.mark.parametrize("form", ["seconds", "milliseconds", "date"])
def test_the_three_forms_of_retry_after_are_heeded(form: Any) -> None:
    def script(request: Any, number: int) -> replies.Reply:
        return (
            replies.verdicts(request, kind)
            if number
            else replies.rate_limited(1.3 if form == "date" else 0.3, form)
        )  # a date has whole seconds

    with judge_server(script) as server:
        assert ask(server, patience=30)["sorry"] == "met"
        first, second = (request.at for request in server.log)
    assert second - first > 0.29


def test_a_slow_reply_is_a_reply() -> None:
    with judge_server([replies.slow(replies.say("x"), 0.2)]) as server:
        assert chat(server).choices[0].message.content == "x"


def test_faults_are_drawn_by_the_question_and_end_when_asked_again() -> None:
    questions = [RubricQuestion("Grade.", "", f"answer {number} sorry", CRITERIA[:1]) for number in range(60)]

    def counts(seed: int) -> Counter[str]:
        with judge_server(
            verdict=kind, faults=[replies.fail(500, Retry_After="0")], share=0.5, seed=seed
        ) as server:
            judge = OpenAIJudge("judge", server.url, concurrency=6)

            async def asked() -> None:
                await asyncio.gather(*map(judge.ask, questions))

            asyncio.run(asked())
            return server.counts

    first = counts(1)
    assert first == counts(1) != counts(2)
    assert first["200"] == 60
    assert 15 < first["500"] < 45


def test_64_connections_that_are_kept_alive_are_served_at_the_same_time() -> None:
    async def all_at_once(url: str) -> list[Any]:
        async with openai.AsyncOpenAI(base_url=url, api_key="k", max_retries=0) as client:
            gate = asyncio.Semaphore(64)

            async def one(number: int) -> Any:
                async with gate:
                    return await client.chat.completions.create(
                        model="judge", messages=[{"role": "user", "content": str(number)}]
                    )

            return await asyncio.gather(*map(one, range(256)))

    together = threading.Barrier(64)  # nobody gets an answer before 64 are there

    def script(request: replies.Request, number: int) -> str:
        together.wait(60)
        return request.text

    with judge_server(script) as server:
        found = asyncio.run(all_at_once(server.url))
        assert [reply.choices[0].message.content for reply in found] == [str(n) for n in range(256)]
    assert sorted(request.number for request in server.log) == list(range(256))


def test_when_it_is_down_nobody_answers_and_afterwards_it_is_where_it_was() -> None:
    with judge_server(verdict=kind) as server:
        url = server.url
        with server.down():
            assert ask(server) == "judge_unavailable"
        assert server.url == url
        assert ask(server)["sorry"] == "met"


def test_it_ends_connections_that_are_kept_alive_and_prints_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    server = judge_server(["one"])
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=5)
    connection.request("POST", f"{address.path}/chat/completions", b"{}")
    assert json.load(connection.getresponse())["choices"]
    with socket.create_connection((str(address.hostname), address.port or 0)) as other:
        other.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
        other.recv(100)
    server.close()
    assert connection.sock.recv(10) == b""
    connection.close()
    assert capfd.readouterr() == ("", "")


def test_two_servers_never_have_one_address() -> None:
    with judge_server(["x"]) as one:
        port = int(urlsplit(one.url).port or 0)
    with judge_server(["x"], port=port), pytest.raises(openai.NotFoundError):
        chat(one)


@pytest.mark.parametrize(
    "start",
    [
        lambda: judge_server(),
        lambda: judge_server(["x"], verdict=kind),
        lambda: judge_server(["x"], share=2),
        lambda: judge_server(["x"], models=()),
    ],
)
def test_settings_that_make_no_server_are_refused(start: Callable[[], JudgeServer]) -> None:
    with pytest.raises(ConfigError, match="judge_server"):
        start()
