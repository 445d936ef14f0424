"""Criteria that each row brings along, in the layout of HealthBench's files; the sample file is of our own wording."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import Criterion, Grader, collect
from rewardkit.chat_server import ChatServer, Reply, say
from rewardkit.errors import GraderError, Unscored
from rewardkit.graders.row_rubric import conversation, criteria_of, row_rubric_grader
from rewardkit.judging.judges import ScriptedJudge
from rewardkit.samples import read_samples
from rewardkit.scoring import item_of, score_one

FILE = Path(__file__).with_name("conversations.jsonl")
SAMPLES = read_samples(FILE, columns={"id": "prompt_id"})


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def by_last_word(criterion: Criterion, answer: str) -> str:
    return "met" if criterion.text.rstrip(".").split()[-1] in answer.split() else "unmet"


def made(**settings: Any) -> Grader:
    return row_rubric_grader(judge=ScriptedJudge(by_last_word), **settings)


def test_the_score_is_the_points_met_over_the_positive_points_of_the_row() -> None:
    first, second, _ = SAMPLES
    values = [
        score_one(made(), item_of(sample, completion)).value
        for sample, completion in (
            (first, "no bigger fuse please"),
            (first, "no fuse and another circuit"),
            (first, "no fuse but open the kettle"),
            (first, "open the kettle"),
            (second, "look at the roof"),
            (second, "a roof is rude"),
        )
    ]
    assert values == [pytest.approx(8 / 12), 1.0, pytest.approx(2 / 12), 0.0, 1.0, 0.0]


def test_each_tag_is_a_component_with_the_share_of_its_points() -> None:
    score = score_one(made(), item_of(SAMPLES[0], "no fuse at all"))
    assert [(part.name, part.value) for part in score.components] == [
        ("level:example", pytest.approx(8 / 12)),
        ("axis:accuracy", 1.0),
        ("axis:completeness", 0.0),
    ]
    assert re.fullmatch(
        r"lost on advises-to-try-the-kettle-at-[a-z-]+-[0-9a-f]{6}", score.components[2].reason
    )
    second = score_one(made(), item_of(SAMPLES[1], "look at the roof"))
    assert second.component("axis:communication").value is None  # nothing can be earned there


def test_a_row_in_which_nothing_can_be_earned_is_unscored_and_named() -> None:
    score = score_one(made(), item_of(SAMPLES[2], "turn the key a little"))
    assert (score.value, score.cause) == (None, "bad_reference")
    assert score.reason == "row 'c-03': no criterion has positive points, so nothing can be earned"


@pytest.mark.parametrize(
    ("rubrics", "message"),
    [
        (None, "q: the rubrics must be a list of criteria, got None"),
        ([], "q: the rubrics must be a list of criteria"),
        ("[", "q: the rubrics are a text that is no JSON"),
        (["x"], "q, criterion 1: it must be {\"criterion\": ..., \"points\": ...}, got 'x'"),
        ([{"criterion": "A.", "points": "5"}], "q, criterion 1: criterion .* points='5' must be a number"),
        ([{"criterion": "A.", "points": True}], "q, criterion 1: .* points=True must be a number"),
        ([{"criterion": " ", "points": 5}], "q, criterion 1: .* needs a text"),
        ([{"points": 5}], "q, criterion 1: .* needs a text"),
        ([{"criterion": "A.", "points": 5, "tags": "axis"}], "q, criterion 1: tags must be a list of texts, got 'axis'"),
    ],
)  # fmt: skip
def test_what_is_no_rubric_is_told_with_its_place(rubrics: object, message: str) -> None:
    with pytest.raises(Unscored, match=message):
        criteria_of(rubrics, "q")


def test_ids_come_from_the_text_and_differ() -> None:
    def ids(*texts: str) -> list[str]:
        given = [{"criterion": text, "points": 1} for text in texts]
        return [each.criterion.id for each in criteria_of(json.dumps(given), "q")]

    one, other, again = ids("Says sorry.", "42 is named.", "Says sorry.")
    assert ids("42 is named.", "Says sorry.") == [other, one]
    assert re.fullmatch(r"says-sorry-[0-9a-f]{6}", one)
    assert re.fullmatch(r"c-42-is-named-[0-9a-f]{6}", other)
    assert again == f"{one}-2"
    assert len(set(ids("Überall: ja.", "говорит да", "говорит нет"))) == 3


def test_the_judge_sees_who_said_what_and_no_brace_is_filled_in() -> None:
    asked: list[str] = []

    class Listening(ScriptedJudge):
        async def ask(self, question: Any) -> Any:
            asked.append(question.messages("mark")[1]["content"])
            return await super().ask(question)

    given = [{"criterion": "Repeats {rubrics} and {prompt}.", "points": 1}]
    sample = SAMPLES[1]
    item = item_of(sample, "a fine answer")
    grader = row_rubric_grader(judge=Listening(by_last_word))
    score_one(grader, type(item)(item.completion, {**item.columns, "rubrics": given}))
    (text,) = asked
    assert "user: There is a brown stain on my ceiling.\n\nassistant: Does it grow when it rains?" in text
    assert "Repeats {rubrics} and {prompt}." in text
    assert conversation([{"role": "user", "content": "Hello"}]) == ""


def test_settings_are_part_of_the_fingerprint_and_wrong_ones_are_told() -> None:
    prints = {
        made(**settings).fingerprint
        for settings in ({}, {"ask": "all"}, {"task": "Grade."}, {"column": "mine"})
    }
    assert len(prints) == 4
    for settings, message in (
        ({"column": "completion"}, "column='completion'; allowed: the name of a column"),
        ({"ask": "group"}, "ask='group'; allowed: each, all"),
        ({"repeats": 0}, "repeats=0; allowed: a whole number, 1 or more"),
        ({"colunm": "x"}, "unknown setting 'colunm' of row_rubric_grader; .*Did you mean 'column'"),
    ):
        with pytest.raises(GraderError, match=rf"test_row_rubrics\.py:\d+: {message}"):
            made(**settings)


def served(request: dict[str, Any]) -> Reply:
    """Met when the last word of the criterion is in the answer."""
    text = request["messages"][1]["content"]
    answer = re.search(r"ANSWER BEGINS =====\n(.*)\n=====", text)
    ((name, word),) = re.findall(r"^- ([\w-]+) \([^)]*\): .*?(\w+)\.$", text, re.MULTILINE)
    assert answer is not None
    return say(json.dumps({name: {"reason": "", "verdict": "met" if word in answer[1] else "unmet"}}))


@pytest.mark.parametrize("grader", ["row_rubric", "quality.toml"])
def test_a_file_is_graded_from_the_command_line(write: WriteFile, grader: str) -> None:
    write(
        "quality.toml", '[quality]\nuse = "row_rubric"\njudge = "gpt-test"\nconcurrency = 2\npass_at = 0.5\n'
    )
    rows = [json.loads(line) for line in FILE.read_text().splitlines()]
    answers = ["no bigger fuse please", "look at the roof", "turn the key"]
    data = write(
        "rows.jsonl",
        "".join(
            json.dumps({**row, "completion": text}) + "\n" for row, text in zip(rows, answers, strict=True)
        ),
    )
    with ChatServer(served) as server:
        ran = rewardkit(
            *("grade", data, "-g", grader, "--column", "id=prompt_id", "--run", "one", "--max-unscored", "1"),
            *("--judge", f"openai:gpt-test@{server.url}"),
        )
    assert ran.code == 0, ran.err
    assert "answers are sent to 127.0.0.1:" in ran.err
    assert len(server.requests) == 5, ran.err + ran.out
    results = [json.loads(line) for line in Path("runs/one/results.jsonl").read_text().splitlines()]
    assert [result["value"] for result in results] == [pytest.approx(8 / 12), 1.0, None]
    assert results[2]["reason"].startswith("row 'c-03'")


def test_one_process_may_name_several_judges(write: WriteFile) -> None:
    row = {**json.loads(FILE.read_text().splitlines()[0]), "completion": "no bigger fuse please"}
    data = write("rows.jsonl", json.dumps(row) + "\n")
    for _ in range(2):
        with ChatServer(served) as server:
            judge = f"openai:gpt-test@{server.url}"
            ran = rewardkit("grade", data, "-g", "row_rubric", "--column", "id=prompt_id", "--judge", judge)
            assert ran.code == 0, ran.err
            assert server.requests


def test_without_a_judge_it_says_where_the_grader_stands(write: WriteFile) -> None:
    write("quality.toml", '\n[quality]\nuse = "row_rubric"\n')
    data = write("rows.jsonl", json.dumps({"prompt": "p", "completion": "a b", "rubrics": []}) + "\n")
    ran = rewardkit("grade", data, "-g", "quality.toml")
    assert ran.code == 2
    assert "rubric 'quality' (quality.toml:2): it names no judge" in ran.err
    (grader,) = collect(["quality.toml"])
    assert grader.asks_a_judge
