"""The real openai client against a real server: what is a completion, what is tried again, what is a failure."""

from __future__ import annotations

import time

import pytest
from stopwatch import within

from rewardkit.chat_server import HANG, ChatServer, Reply, Script, fail, in_turn, say
from rewardkit.errors import ConfigError
from rewardkit.evaluating.models import Generation, Model, Sampling, open_model


def ask(script: Script, *prompts: str, timeout: float = 10, max_retries: int = 1) -> list[Generation]:
    with ChatServer(script) as server:
        model = open_model(f"openai:tiny@{server.url}", timeout=timeout, max_retries=max_retries)
        return model.generate(prompts or ("hello",), Sampling(max_tokens=9), list(range(len(prompts) or 1)))


def test_a_normal_reply_is_a_completion_with_its_length() -> None:
    assert ask(lambda _: say("42", tokens=7)) == [Generation("42", 7, "stop")]


def test_generations_come_in_the_order_of_the_prompts() -> None:
    def slow_first(request: dict[str, object]) -> Reply:
        text = str(request["messages"][0]["content"])  # type: ignore[index]
        time.sleep(0.2 if text == "a" else 0)
        return say(text.upper())

    assert [g.text for g in ask(slow_first, "a", "b", "c")] == ["A", "B", "C"]


def test_the_request_holds_the_prompt_the_sampling_and_the_seed() -> None:
    with ChatServer(lambda _: say("x")) as server:
        model = open_model(f"openai:org/tiny@{server.url}")
        model.generate(["hi"], Sampling(max_tokens=9, temperature=0.5, top_p=0.9, stop=("\n",)), [17])
    assert server.requests == [
        {
            "model": "org/tiny",
            "messages": [{"role": "user", "content": "hi"}],
            "temperature": 0.5,
            "top_p": 0.9,
            "stop": ["\n"],
            "seed": 17,
            "max_tokens": 9,
        }
    ]


def test_the_key_comes_from_the_named_variable_and_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    with ChatServer(lambda _: say("x")) as server:
        model = open_model(f"openai:tiny@{server.url}", api_key_env="MY_KEY")
        model.generate(["hi"], Sampling(), [0])
    assert server.keys == ["Bearer sk-secret"]
    assert "sk-secret" not in repr(model)


@pytest.mark.parametrize(
    "script", [in_turn(fail(429, Retry_After="1"), say("fine")), in_turn(fail(500), say("fine"))]
)
def test_429_with_retry_after_and_500_are_tried_again(script: Script) -> None:
    assert ask(script)[0].text == "fine"


def test_500_for_ever_is_a_failure_that_names_status_and_host() -> None:
    (generation,) = ask(lambda _: fail(500, "overloaded"), max_retries=0)
    assert generation.text == ""
    assert "HTTP 500 from 127.0.0.1:" in generation.error
    assert "overloaded" in generation.error


def test_a_server_that_never_answers_is_a_failure_after_the_time_out() -> None:
    with within(5):
        (generation,) = ask(lambda _: HANG, timeout=0.3, max_retries=0)
    assert "did not answer within 0.3 s" in generation.error


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>Bad gateway</html>", headers={"Content-Type": "text/html"}),
        Reply(b'{"choices": [{"mess'),
        Reply({"choices": []}),
        Reply({"choices": [{"index": 0}]}),
        Reply({"error": "quota"}),
        Reply({"choices": [{"message": {"role": "assistant", "content": 42}}]}),
    ],
)
def test_a_reply_that_is_no_chat_completion_is_a_failure(reply: Reply) -> None:
    (generation,) = ask(lambda _: reply, max_retries=0)
    assert generation.error


def test_a_malformed_reply_is_tried_again() -> None:
    assert ask(in_turn(Reply({"choices": []}), say("fine")))[0].text == "fine"


def test_an_empty_answer_and_a_refusal_are_completions() -> None:
    assert ask(lambda _: say("")) == [Generation("", 3, "stop")]
    assert ask(lambda _: say(None, refusal="I cannot.")) == [Generation("I cannot.", 3, "stop")]


def test_an_answer_cut_at_the_limit_says_so() -> None:
    assert ask(lambda _: say("SELECT", finish="length"))[0].finish == "length"


def test_one_failed_request_leaves_the_others_of_its_batch() -> None:
    def script(request: dict[str, object]) -> Reply:
        return fail(400, "bad") if "bad" in str(request["messages"]) else say("ok")

    assert [bool(g.error) for g in ask(script, "good", "bad", "good")] == [False, True, False]


def test_nothing_listening_is_a_failure_and_no_exception() -> None:
    with ChatServer(lambda _: say("x")) as server:
        url = server.url
    (generation,) = open_model(f"openai:tiny@{url}", max_retries=0).generate(["hi"], Sampling(), [0])
    assert "no usable reply from 127.0.0.1" in generation.error


def test_api_openai_com_without_a_key_is_an_error_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="set OPENAI_API_KEY"):
        open_model("openai:gpt-4.1-mini")


def test_an_endpoint_is_a_model() -> None:
    model: Model = open_model("openai:tiny@http://127.0.0.1:9/v1")
    assert (model.name, model.whole_batches) == ("tiny", False)
