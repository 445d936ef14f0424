"""A judge that runs here: a real model with weights set by hand, in this process, in a worker and from the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from judge_models import TEMPLATE, judge_model
from writing import WriteFile

from rewardkit import collect
from rewardkit.errors import ConfigError, GraderError
from rewardkit.judging.criteria import Criterion
from rewardkit.judging.judges import NoVerdict, Reply
from rewardkit.judging.local_judge import LocalJudge
from rewardkit.judging.named import judge_of
from rewardkit.judging.questions import RubricQuestion

pytestmark = pytest.mark.slow  # importing torch and transformers takes seconds

CRITERIA = (Criterion("kind", "It is kind."),)
RUBRIC = """
    task = "Grade a reply to a customer."
    judge = "hf:model"

    [[criteria]]
    id = "kind"
    text = "It is kind."
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return judge_model(tmp_path_factory.mktemp("models") / "judge")


def ask(judge: LocalJudge, *answers: str) -> list[Reply | NoVerdict]:
    """Its replies to questions that are asked at the same time."""

    async def all_of_them() -> Any:
        questions = [RubricQuestion("Grade.", "Help!", answer, CRITERIA) for answer in answers]
        return await asyncio.gather(*map(judge.ask, questions), return_exceptions=True)

    found = asyncio.run(all_of_them())
    assert all(isinstance(each, Reply | NoVerdict) for each in found), found
    return list(found)


def verdicts(judge: LocalJudge, *answers: str) -> list[str]:
    """The verdict on each answer, or the cause why there is none."""
    return [
        json.loads(reply.text)["kind"]["verdict"] if isinstance(reply, Reply) else reply.cause
        for reply in ask(judge, *answers)
    ]


def test_its_verdict_depends_on_the_answer_and_not_on_who_asks_beside(model: Path) -> None:
    answers = ["a friendly word", "how stupid of you"] * 5
    answers = [f"{answer}{' and more' * (n % 4)}" for n, answer in enumerate(answers)]
    assert verdicts(LocalJudge(str(model), batch=4), *answers) == ["met", "unmet"] * 5
    assert verdicts(LocalJudge(str(model), batch=1), *answers) == ["met", "unmet"] * 5


def test_the_tokens_of_question_and_reply_are_counted(model: Path) -> None:
    (reply,) = ask(LocalJudge(str(model)), "a friendly word")
    assert isinstance(reply, Reply)
    assert reply.tokens_in > 100
    assert reply.tokens_out == 1


def test_the_loop_goes_on_while_it_thinks(model: Path) -> None:
    async def beats() -> int:
        judge = LocalJudge(str(model), batch=40)
        answers = ["friendly " * 40 + str(n) for n in range(40)]  # a short one is read in a millisecond
        asked = [
            asyncio.create_task(judge.ask(RubricQuestion("Grade.", "", answer, CRITERIA)))
            for answer in answers
        ]
        count = 0
        while not all(task.done() for task in asked):
            await asyncio.sleep(0.001)
            count += 1
        return count

    assert asyncio.run(beats()) > 10


def test_one_that_asks_no_more_costs_the_others_nothing(model: Path) -> None:
    async def some_give_up() -> list[Any]:
        judge = LocalJudge(str(model), batch=3)
        tasks = [
            asyncio.create_task(judge.ask(RubricQuestion("Grade.", "", f"friendly {n}", CRITERIA)))
            for n in range(9)
        ]
        await asyncio.sleep(0.001)
        for task in tasks[::3]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    found = asyncio.run(some_give_up())
    assert [isinstance(each, Reply) for each in found[1::3] + found[2::3]] == [True] * 6


def test_a_reply_that_does_not_end_is_no_verdict(tmp_path: Path) -> None:
    endless = judge_model(tmp_path / "endless", ends=False)
    (found,) = ask(LocalJudge(str(endless), max_tokens=5), "a friendly word")
    assert isinstance(found, NoVerdict)
    assert (found.cause, str(found)) == ("judge_unparseable", "its reply was cut off; raise max_tokens")


def test_a_question_that_is_too_long_is_told_and_the_others_are_answered(tmp_path: Path) -> None:
    short = judge_model(tmp_path / "short", context=1000)
    judge = LocalJudge(str(short), max_tokens=5)
    found = ask(judge, "a friendly word", "stupid " * 2000, "how stupid")
    assert isinstance(found[1], NoVerdict)
    assert found[1].cause == "judge_refused"
    assert "the context of short is 1000" in str(found[1])
    assert isinstance(found[0], Reply)
    assert isinstance(found[2], Reply)


def test_a_template_that_refuses_system_messages_gets_all_in_one(tmp_path: Path) -> None:
    refusing = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TEMPLATE
    )
    folder = judge_model(tmp_path / "strict", template=refusing)
    assert verdicts(LocalJudge(str(folder)), "a friendly word", "how stupid") == ["met", "unmet"]


def test_a_base_model_is_refused_and_what_to_do_is_said(tmp_path: Path) -> None:
    folder = judge_model(tmp_path / "base", template=None)
    with pytest.raises(
        ConfigError, match=r"has no chat template.*name a model that was tuned.*save_pretrained"
    ):
        LocalJudge(str(folder))
    with pytest.raises(GraderError, match=r"reply.toml:2.*has no chat template"):
        judge_of(f"hf:{folder}", 8, "reply.toml:2", tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"reply.toml:2.*no such folder"):
        judge_of(f"hf:{tmp_path / 'nowhere'}", 8, "reply.toml:2", tmp_path)


def test_a_hub_name_that_cannot_be_had_is_an_outage() -> None:
    judge = LocalJudge("nobody/has-this")  # the tests are offline
    (found,) = ask(judge, "a friendly word")
    assert isinstance(found, NoVerdict)
    assert found.cause == "judge_unavailable"
    assert "cannot load the model" in str(found)
    assert judge.identity == ""


def test_its_identity_is_that_of_its_contents(tmp_path: Path, model: Path) -> None:
    other = judge_model(tmp_path / "judge", met='{"kind": "met"}')
    first, second = LocalJudge(str(model)).identity, LocalJudge(str(other)).identity
    assert first == LocalJudge(str(model), batch=1).identity
    assert first.partition("@")[2] != second.partition("@")[2]
    assert first != LocalJudge(str(model), max_tokens=9).identity
    assert LocalJudge(str(model)).host is None


@pytest.mark.parametrize(
    ("met", "cause"),
    [("It is friendly enough.", "judge_unparseable"), ('{"kind": "perhaps"}', "judge_unparseable")],
)
def test_prose_is_never_guessed_at(write: WriteFile, tmp_path: Path, met: str, cause: str) -> None:
    judge_model(tmp_path / "model", met=met)
    (grader,) = collect([str(write("reply.toml", RUBRIC))])
    score = grader.score("a friendly word")
    assert (score.value, score.cause) == (None, cause)
    assert grader.score("how stupid").value == 0


def test_a_rubric_asks_it_in_a_worker_and_its_verdicts_are_kept(
    write: WriteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_model(tmp_path / "model")
    rubric = write("reply.toml", RUBRIC)
    data = write(
        "replies.jsonl",
        "".join(
            json.dumps({"id": n, "prompt": "Help!", "completion": f"{word} {n}"}) + "\n"
            for n, word in enumerate(("friendly", "stupid") * 6)
        ),
    )
    ran = rewardkit("grade", data, "-g", rubric, "--run", "one")
    assert ran.code == 0, ran.err
    assert "answers are sent to" not in ran.err
    lines = [json.loads(line) for line in Path("runs/one/results.jsonl").read_text().splitlines()]
    assert [line["value"] for line in lines] == [1.0, 0.0] * 6
    monkeypatch.setenv("REWARDKIT_VERDICTS", "replay")
    (grader,) = collect([str(rubric)])
    assert [grader.score(text, prompt="Help!").value for text in ("friendly 0", "stupid 1")] == [1, 0]
    assert grader.score("friendly 1", prompt="Help!").value is None
    other = rewardkit("grade", data, "-g", rubric, "--run", "two", "--judge", "hf:nowhere/at/all")
    assert other.code == 2
    assert "no such folder" in other.err
