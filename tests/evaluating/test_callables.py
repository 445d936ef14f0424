"""A Python function as a model: what it may ask for, what it may return, and what its errors say."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from writing import WriteFile

from rewardkit.errors import ConfigError, GraderError
from rewardkit.evaluating.callables import CallableModel
from rewardkit.evaluating.models import Generation, Sampling, open_model, parse_spec

SAMPLING = Sampling(max_tokens=8, stop=(";",))


def asked(function: Any, prompt: Any = "Say one.", seed: int = 7) -> Generation:
    (generation,) = CallableModel.of(function).generate([prompt], SAMPLING, [seed])
    return generation


def test_a_function_gets_what_it_asks_for_by_name() -> None:
    def answer(seed: int, prompt: str, sampling: Sampling, extra: str = "!") -> str:
        return f"{prompt} {seed} {sampling.max_tokens} {sampling.stop[0]}{extra}"

    assert asked(answer) == Generation("Say one. 7 8 ;!")


def test_messages_are_a_list_also_for_a_prompt_that_is_text() -> None:
    def answer(messages: list[dict[str, str]]) -> str:
        return " / ".join(f"{m['role']}: {m['content']}" for m in messages)

    assert asked(answer).text == "user: Say one."
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say one."}]
    assert asked(answer, chat).text == "system: Be brief. / user: Say one."


def test_a_chat_prompt_is_its_texts_for_a_function_of_the_prompt() -> None:
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say one."}]
    assert asked(lambda prompt: prompt, chat).text == "Be brief.\n\nSay one."


def test_async_calls_wait_together_at_most_so_many_at_a_time() -> None:
    under_way = most = 0

    async def answer(prompt: str) -> str:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        return prompt

    model = CallableModel.of(answer, concurrency=3)
    assert [g.text for g in model.generate(list("abcdef"), SAMPLING, [0] * 6)] == list("abcdef")
    assert most == 3


def test_a_client_that_is_kept_open_meets_the_same_event_loop_in_every_batch() -> None:
    loops = set()

    async def answer(prompt: str) -> str:
        loops.add(id(asyncio.get_running_loop()))
        return prompt

    model = CallableModel.of(answer)
    for _ in range(3):
        model.generate(["a"], SAMPLING, [0])
    assert len(loops) == 1


def test_it_works_while_a_notebooks_event_loop_runs() -> None:
    async def answer(prompt: str) -> str:
        return prompt

    async def cell() -> Generation:
        return asked(answer)

    assert asyncio.run(cell()).text == "Say one."


def test_tokens_and_finish_are_kept_when_the_function_knows_them() -> None:
    assert asked(lambda prompt: Generation("cut", 8, "length")) == Generation("cut", 8, "length")


def test_an_exception_is_an_attempt_without_completion_with_the_line_that_failed(write: WriteFile) -> None:
    file = write(
        "system.py",
        """
        def helper(text):
            return {}[text]

        def answer(prompt):
            if prompt == "bad":
                return helper(prompt)
            return "fine"
        """,
    )
    model = CallableModel.load(file, "answer")
    good, bad = model.generate(["good", "bad"], SAMPLING, [0, 1])
    assert (good.text, good.error) == ("fine", "")
    assert (bad.text, bad.error) == ("", "KeyError: 'bad' (system.py:3)")


def test_an_exit_is_an_attempt_without_completion_too() -> None:
    def answer(prompt: str) -> str:
        raise SystemExit(3)

    assert asked(answer).error.startswith("SystemExit: 3 (")


def test_what_is_no_text_is_no_completion() -> None:
    assert asked(lambda prompt: 42).error.startswith("it returned 42, and a model returns text (")


def test_a_parameter_that_there_is_not_is_an_error_with_the_nearest_name() -> None:
    def answer(promt: str) -> str:
        return promt

    with pytest.raises(ConfigError, match=r"asks for 'promt'; available, by name: prompt.*mean 'prompt'"):
        CallableModel.of(answer)


def test_a_spec_names_file_and_function(write: WriteFile) -> None:
    write("system.py", "def answer(prompt): return prompt.upper()\n")
    spec = parse_spec("python:system.py:answer")
    assert (spec.short, spec.is_local, spec.host) == ("answer", False, None)
    assert open_model(spec).generate(["a"], SAMPLING, [0]) == [Generation("A")]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("python:system.py", "python:FILE.py:FUNCTION"),
        ("python:system:answer", "python:FILE.py:FUNCTION"),
        ("python:sistem.py:answer", "no such file. Did you mean 'system.py'"),
    ],
)
def test_a_spec_that_is_none_says_how_to_write_it(write: WriteFile, spec: str, message: str) -> None:
    write("system.py", "def answer(prompt): return prompt\n")
    with pytest.raises(ConfigError, match=message):
        parse_spec(spec)


def test_a_function_that_is_not_there_is_an_error_with_those_that_are(write: WriteFile) -> None:
    file = write("system.py", "def answer(prompt): return prompt\n")
    with pytest.raises(ConfigError, match=r"no function 'anser' there; functions: answer. Did you mean"):
        CallableModel.load(file, "anser")


def test_a_file_that_cannot_be_imported_is_an_error_with_its_line(write: WriteFile) -> None:
    file: Path = write("system.py", "import nowhere_at_all\n")
    with pytest.raises(GraderError, match=r"system.py:1: importing it failed"):
        CallableModel.load(file, "answer")


def test_an_object_with_a_call_of_its_own_is_a_model() -> None:
    class System:
        def __call__(self, prompt: str) -> str:
            return prompt[::-1]

    model = CallableModel.of(System())
    assert (model.name, model.generate(["ab"], SAMPLING, [0])[0].text) == ("System", "ba")
