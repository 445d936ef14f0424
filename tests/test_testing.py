"""`rewardkit.testing`: what `rewardkit test` tries, for a user's own tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby

import hypothesis
import pytest
from command_line import rewardkit
from hypothesis import given
from hypothesis.strategies import SearchStrategy
from writing import WriteFile

from rewardkit import Step, case, partial_credit, reward
from rewardkit.checking.contract import ODD_CONTENTS, ODD_TEXTS
from rewardkit.errors import ConfigError, DataError, GraderError, GraderWarning
from rewardkit.testing import assert_grader, completions, near_gold, settings

ROW = {"reference": "42", "gold": "The total is 42."}
ROWS = [ROW, {"reference": "7", "gold": "The total is 7."}]


@case("The total is 42.", reference="42", expect=1)
@case("I make it 41.", reference="42", expect=0)
@reward(answer="number", isolation="inline")
def total(completion: str, reference: str) -> bool:
    """Full marks when the only number of the answer is the reference."""
    assert reference
    numbers = re.findall(r"-?\d+(?:\.\d+)?", completion.rpartition("</think>")[2].replace(",", ""))
    return len(numbers) == 1 and float(numbers[0]) == float(reference)


@reward(answer="number", isolation="inline")
def loose(completion: str, reference: str) -> bool:
    """Full marks when the reference occurs in the answer."""
    return reference in completion


@reward(answer="number", isolation="inline")
def fragile(completion: str, reference: str) -> bool:
    """Fails on text without a number."""
    return float(completion.split()[-1].strip(".")) == float(reference)


@partial_credit({"parses": 0.2, "exact": 1.0}, answer="json", isolation="inline")
def claim(completion: str, reference: dict[str, object]) -> Iterator[Step]:
    """Full marks for the right fields."""
    try:
        answer = json.loads(completion)
    except (ValueError, RecursionError):
        answer = None
    yield "parses", isinstance(answer, dict)
    yield "exact", answer == reference


@reward(isolation="inline")
def kind_unknown(completion: str, reference: str) -> bool:
    """Declares no kind of answer."""
    return completion == reference


def drawn(strategy: SearchStrategy[str], most: int = 200) -> list[str]:
    """What hypothesis tries under our settings."""
    found: list[str] = []

    @hypothesis.settings(settings, max_examples=most)
    @given(strategy)
    def take(text: str) -> None:
        found.append(text)

    take()
    return found


def longest_run(text: str) -> int:
    return max((len(list(same)) for _, same in groupby(text)), default=0)


def test_completions_are_hostile_in_every_way_and_the_same_in_every_run() -> None:
    texts = drawn(completions(), 300)
    assert texts == drawn(completions(), 300)
    assert len(set(texts) & set(ODD_TEXTS)) > 5
    assert any("\x00" in text for text in texts)
    assert any(re.search("[\ud800-\udfff]", text) for text in texts)
    assert any(longest_run(text) > 5_000 for text in texts)
    assert any(len(text) > 50_000 for text in texts)
    assert any("\\frac{" in text and "}" not in text for text in texts)
    assert any(re.search(r"SELECT .*FROM|WHERE", text) for text in texts)
    assert any(text.startswith(('{"', "[")) and not is_json(text) for text in texts)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def test_completions_for_a_grader_or_a_row_are_also_its_answers_taken_apart() -> None:
    odd = {f"The total is {content}." for content in ODD_CONTENTS}
    for_grader = drawn(completions(total))
    assert {"The total is 42.", "I make it 41."} < set(for_grader)
    assert odd & set(for_grader)
    for_row = drawn(completions(ROW))
    assert "The total is 42." in for_row
    assert any(text.startswith("The to") and text != "The total is 42." for text in for_row)


def test_a_grader_that_raises_on_odd_text_is_caught() -> None:
    @settings
    @given(completions(fragile))
    def survives(text: str) -> None:
        assert fragile.score(text, reference="42").scored

    with pytest.raises(AssertionError, match="unscored, cause='error'"):
        survives()


def test_near_a_gold_are_wrong_answers_in_its_own_form() -> None:
    texts = drawn(near_gold(total, ROW))
    assert {"The total is 142.", "The total is 24.", "The total is -42."} < set(texts)
    assert all(re.fullmatch(r"\s*The total is [-\d.]+\.\s*", text) for text in texts)
    assert all(total.score(text, reference="42").value == 0 for text in texts)
    assert texts == drawn(near_gold(total, ROW))


def test_a_grader_that_takes_a_wrong_answer_is_caught() -> None:
    @settings
    @given(near_gold(loose, ROW))
    def told_apart(text: str) -> None:
        assert loose.score(text, reference="42").value == 0

    with pytest.raises(AssertionError):
        told_apart()


def test_the_right_answers_are_those_of_a_case_where_the_row_has_none() -> None:
    assert "The total is 142." in drawn(near_gold(total, {"reference": "42"}))
    assert "142" in drawn(near_gold(loose, {"reference": "42"}))  # else the reference itself


def test_doubtful_answers_are_left_out_unless_asked_for() -> None:
    gold = '{"coverage": "covered", "amount": 120}'
    row = {"reference": {"coverage": "covered", "amount": 120}, "gold": gold}
    dropped = '{"coverage": "covered"}'  # a reader of JSON may forgive a field that is not there
    certain, all_of_them = drawn(near_gold(claim, row)), drawn(near_gold(claim, row, certain=False))
    assert dropped not in certain
    assert dropped in all_of_them
    assert set(certain) < set(all_of_them)


def test_without_a_form_or_a_kind_it_says_what_to_declare() -> None:
    with pytest.raises(GraderError, match=r'not declared: declare answer= \("number"'):
        near_gold(kind_unknown, {"reference": "42", "gold": "forty-two"})
    with pytest.raises(GraderError, match="no right answer holds its reference"):
        near_gold(total, {"reference": "42", "gold": "forty-two"})
    with pytest.raises(
        GraderError, match="none of the wrong answers near this one is certainly wrong; certain=False"
    ):
        near_gold(kind_unknown, {"reference": "yes"})
    with pytest.raises(GraderError, match="asks for 'reference', which is no column in row 1"):
        near_gold(total, {"refrence": "42"})


def test_a_grader_that_passes_its_checks_passes_the_assertion() -> None:
    report = assert_grader(total, ROWS)
    assert (report.verdict, report.name, report.counts.rows) == ("pass", "total", 2)


@pytest.mark.filterwarnings("ignore::rewardkit.errors.GraderWarning")
def test_one_that_fails_is_told_with_its_findings_and_the_seed() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_grader(loose, ROWS, seed=3)
    head, *told = str(failed.value).splitlines()
    assert re.fullmatch(r"reward 'loose' \(tests/test_testing.py:\d+\) fails its test \(seed 3\)", head)
    assert "  RK114 fail  a right answer made wrong passes" in told
    assert "    completion  'The total is 142.'" in told
    assert "    expected    below 1 (a digit in front)" in told


def test_what_may_be_a_coincidence_is_a_warning() -> None:
    with pytest.warns(GraderWarning, match="'kind_unknown': RK130 warn  nothing shows that it is right"):
        assert_grader(kind_unknown)


def test_only_the_checks_that_are_asked_for_count() -> None:
    assert assert_grader(loose, ROWS, checks=["RK101", "RK204"]).verdict == "fail"
    with pytest.raises(AssertionError, match="RK114 fail"):
        assert_grader(loose, ROWS, checks="RK114")
    with pytest.raises(ConfigError, match=r"there is no check 'RK1114'.*Did you mean 'RK114'\?"):
        assert_grader(loose, ROWS, checks=["RK1114"])


@pytest.mark.filterwarnings("ignore::rewardkit.errors.GraderWarning")
def test_the_findings_are_those_of_the_command(write: WriteFile) -> None:
    source = """
        from rewardkit import case, penalised, reward

        @case("7", reference="7", expect=1)
        @reward(answer="number")
        def loose(completion, reference):
            return reference in completion

        @reward(isolation="inline")
        def refusal(completion, reference):
            return reference not in completion

        @reward(isolation="inline")
        def exact(completion, reference):
            return completion == reference

        answered = penalised(exact, by=refusal)
    """
    write("g.py", source)
    write("refusal.cases.jsonl", '{"completion": "7", "reference": "7", "expect": 0}\n')
    data = write("d.csv", "reference,gold\n7,It is 7.\n8,It is 8.\n")
    ran = rewardkit("test", "g.py", "--data", data, "--json").json()["graders"]
    failures = {
        one["name"]: [each["id"] for each in one["findings"] if each["severity"] == "fail"] for one in ran
    }
    with pytest.raises(AssertionError) as failed:
        assert_grader("g.py:loose", data)
    assert re.findall(r"^  (RK\d+) fail", str(failed.value), re.MULTILINE) == failures["loose"] != []
    assert failures["refusal"] == []  # by itself it would fail, but it is a penalty
    assert assert_grader("g.py:refusal", data).counts.cases == 1


def test_a_row_whose_gold_is_no_text_is_an_error_that_names_it() -> None:
    with pytest.raises(DataError, match="row 2: 'gold' must be a completion or a list of them"):
        assert_grader(total, [ROW, {"reference": "7", "gold": 7}])
