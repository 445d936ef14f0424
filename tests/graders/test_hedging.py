"""Answers that could mean several things earn nothing; answers that only look so are read."""

import pytest

from rewardkit import collect
from rewardkit.graders.label import label_grader

GRADERS = {grader.name: grader for grader in collect(["number", "choice"])}
COVER = ["covered", "excluded"]


@pytest.mark.parametrize(
    "text",
    [
        "41 apples, 42 apples, 43 apples", "41) 42) 43)", "41\n42\n43", "* 41\n* 42\n* 43", "- 41\n- 42\n- 43", "**41** **42** **43**",
        "- 43", "Answer: - 43", "Answer: 43\n42", "Answer:\n43\n42\n41",
    ],
)  # fmt: skip
def test_a_list_of_numbers_or_a_loose_sign_earns_nothing(text: str) -> None:
    assert GRADERS["number"].score(text, reference="43").value == 0


@pytest.mark.parametrize(
    "text",
    [
        "5 apples and 3 apples make 43 apples", "1) 43", "- Total: 43", "- 6 x 7 + 1 = 43", "Answer: 43\n(see page 7)", "not 42 but 43",
        "You have 4. I have 39. So 43",
    ],
)  # fmt: skip
def test_other_numbers_on_the_way_to_the_answer_are_no_list(text: str) -> None:
    assert GRADERS["number"].score(text, reference="43").value == 1


def test_a_minus_sign_that_touches_its_number_is_one() -> None:
    assert GRADERS["number"].score("-43", reference="-43").value == 1
    assert GRADERS["number"].score("- 43", reference="-43").value == 0


@pytest.mark.parametrize("text", ["A\nB\nC", "A.\nB.\nC.", "Answer: C\nB\nA", "Answer:\nC\nB"])
def test_a_letter_on_each_line_earns_nothing(text: str) -> None:
    assert GRADERS["choice"].score(text, reference="C").value == 0


@pytest.mark.parametrize(
    "text", ["Reason\nC", "Answer: C\nA is too small", "Answer:\nC\nA) is wrong\nB) too"]
)
def test_one_letter_beside_an_explanation_is_read(text: str) -> None:
    assert GRADERS["choice"].score(text, reference="C").value == 1


@pytest.mark.parametrize(
    ("labels", "text", "right"),
    [
        (["yes", "no"], "Yes, no doubt", "yes"),
        (["yes", "no"], "No, without a doubt", "no"),
        (COVER, "no doubt covered", "covered"),
        (COVER, "not covered but excluded", "excluded"),
        (["doubt", "no doubt"], "no doubt", "no doubt"),
    ],
)
def test_words_that_only_look_like_a_denial_are_none(labels: list[str], text: str, right: str) -> None:
    assert label_grader(labels=labels).score(text, reference=right).value == 1


@pytest.mark.parametrize(
    "text", ["far from positive", "anything but positive", "hardly positive", "not at all positive"]
)
def test_a_denial_in_other_words_is_one(text: str) -> None:
    assert label_grader(labels=["positive", "negative"]).score(text, reference="positive").value == 0
