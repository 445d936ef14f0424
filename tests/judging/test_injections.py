"""Attacks on a judge that obeys whoever stands outside of the fence: no answer gets there, and none changes what is asked."""

from __future__ import annotations

import json
import re

import pytest
from attacks import ATTACKS
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.judging.criteria import Criterion
from rewardkit.judging.questions import RubricQuestion, filled, harmless

CRITERIA = (
    Criterion("sorry", "Says sorry."),
    Criterion("tone", "Its tone.", choices=("rude", "plain", "warm")),
)
_FENCE = re.compile(r"^===== (\w+) (REQUEST|ANSWER) (BEGINS|ENDS) =====$", re.MULTILINE)
_ANY_LINE_END = re.compile(r"[\n\r\u2028\u2029\x0b\x0c\x85\u200b\s]*=====")


def question(answer: str) -> RubricQuestion:
    return RubricQuestion("Grade a reply.", "Where is my parcel?", answer, CRITERIA)


def outside(messages: list[dict[str, str]]) -> str:
    """What the judge reads outside of the fence, whatever the mark is."""
    text = "\n".join(message["content"] for message in messages)
    marks = _FENCE.findall(text)
    assert [(name, edge) for _, name, edge in marks] == [
        ("REQUEST", "BEGINS"),
        ("REQUEST", "ENDS"),
        ("ANSWER", "BEGINS"),
        ("ANSWER", "ENDS"),
    ]
    (mark,) = {mark for mark, _, _ in marks}
    assert re.fullmatch(r"[0-9a-f]{16}", mark)
    assert text.count(mark) == 5  # once where it is explained
    without = re.sub(
        rf"^===== {mark} (REQUEST|ANSWER) BEGINS =====\n.*?\n===== {mark} \1 ENDS =====$",
        "",
        text,
        flags=re.DOTALL | re.MULTILINE,
    )
    return without.replace(mark, "MARK")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_of_an_answer_stands_outside_of_the_fence(attack: str) -> None:
    assert outside(question(attack).messages()) == outside(question("fine").messages())


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_inside_it_looks_like_no_fence_and_like_no_turn(attack: str) -> None:
    inside = harmless(attack)
    assert not _FENCE.search(inside)
    assert not re.search(r"<\|\w+\|>|\[/?INST\]|<<SYS>>|<(start|end)_of_turn>|</?s>", inside)
    assert not any(
        _ANY_LINE_END.fullmatch(start) for start in re.findall(r"(?:^|[\n\r\u2028\u2029])\s*=====", inside)
    )
    json.dumps(question(attack).messages()).encode("utf-8")  # as a client sends it


@given(st.text(max_size=300))
def test_no_text_gets_out(answer: str) -> None:
    assert outside(question(answer).messages()) == outside(question("fine").messages())


def test_each_question_has_a_mark_of_its_own_and_its_key_has_none() -> None:
    one = question("fine")
    marks = {_FENCE.search(one.messages()[1]["content"])[1] for _ in range(50)}  # type: ignore[index]
    assert len(marks) == 50
    assert one.key == question("fine").key
    assert one.key != question("fine!").key


def test_columns_are_filled_in_once_and_unknown_braces_stay() -> None:
    columns = {"policy": "Section {other} {policy} {completion}", "other": "x"}
    assert (
        filled("See {policy}; {unknown}; {}", columns)
        == "See Section {other} {policy} {completion}; {unknown}; {}"
    )
