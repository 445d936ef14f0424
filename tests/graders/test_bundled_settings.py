"""The factories of the bundled graders: what each setting changes, and what a wrong one says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Grader, Item, Scorer, collect
from rewardkit.errors import GraderError
from rewardkit.graders.choice import choice_grader
from rewardkit.graders.format_tags import format_tags_grader
from rewardkit.graders.json_answer import json_fields_grader
from rewardkit.graders.label import label_grader
from rewardkit.graders.numeric import number_grader
from rewardkit.graders.sql import sql_grader
from rewardkit.graders.text import exact_text_grader
from rewardkit.loading import ref_of

CLAIM = {"coverage": "covered", "amount": 100, "loss": {"date": "2026-03-31"}}


def value(grader: Grader, completion: str, reference: Any = None) -> float:
    return float(grader.score(completion, reference=reference))


@pytest.mark.parametrize(
    ("make", "settings", "message"),
    [
        (
            label_grader,
            {"labels": "covered"},
            "labels='covered'; allowed: a list of 2 or more different texts",
        ),
        (label_grader, {"labels": ["a", "A"]}, "labels that differ in more than case"),
        (label_grader, {"after": " "}, "after=' '; allowed: text that is not blank"),
        (number_grader, {"tolerance": float("nan")}, "tolerance=nan; allowed: a finite number, 0 or more"),
        (number_grader, {"percent": "fractions"}, "Did you mean 'fraction'?"),
        (number_grader, {"last_line": 1}, "last_line=1; allowed: true or false"),
        (exact_text_grader, {"space": "all"}, "space='all'; allowed: collapse, ends, keep"),
        (choice_grader, {"letters": "AA"}, "letters='AA'; allowed: two or more different capitals"),
        (
            json_fields_grader,
            {"partial": 30},
            "partial=30; allowed: true, false, or a number from 0 to 1",
        ),
        (json_fields_grader, {"partial": "no"}, "partial='no'; allowed: true, false"),
        (json_fields_grader, {"fields": {}}, "fields={}; allowed: a table of fields"),
        (json_fields_grader, {"fields": {"a": "nubmer"}}, "Did you mean 'number'?"),
        (
            json_fields_grader,
            {"fields": {"a": {"type": "bool", "labels": []}}},
            "fields.a.labels=[]; allowed: for a bool only type, weight",
        ),
        (json_fields_grader, {"fields": {"a": {"type": "number", "tolerance": -1}}}, "fields.a.tolerance=-1"),
        (
            json_fields_grader,
            {"fields": {"a": {"type": "text", "weight": 0}}},
            "fields.a.weight=0; allowed: a finite number above 0",
        ),
        (format_tags_grader, {"tags": ["a b"]}, "names without spaces"),
        (format_tags_grader, {"least": 0}, "least=0; allowed: a whole number, 1 or more"),
        (label_grader, {"timeout": -1}, "timeout=-1"),
        (
            label_grader,
            {"lables": ["a", "b"]},
            "unknown setting 'lables' of label_grader; its settings: labels,",
        ),
        (sql_grader, {"extra_column": "allow"}, "Did you mean 'extra_columns'?"),
        (sql_grader, {"timeot": 3}, "Did you mean 'timeout'?"),
        (sql_grader, {"dialect": "postgrse"}, "that sqlglot reads. Did you mean 'postgres'?"),
    ],
)
def test_a_wrong_setting_names_the_line_of_the_call(
    make: Callable[..., Grader], settings: dict[str, Any], message: str
) -> None:
    line = sys._getframe().f_lineno + 2
    with pytest.raises(GraderError) as caught:
        make(**settings)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"tests/graders/{Path(__file__).name}:{line}: ")


def test_labels_are_found_in_a_sentence_the_longest_first() -> None:
    grader = label_grader(labels=["covered", "not covered", "partly covered"])
    assert value(grader, "Under section 2 this is not-covered.", "not covered") == 1
    assert value(grader, "Under section 2 this is not covered.", "covered") == 0


def test_a_denied_label_is_no_answer_but_leaves_room_for_the_other() -> None:
    grader = label_grader(labels=["covered", "excluded"])
    assert value(grader, "It is covered, not excluded.", "covered") == 1
    assert value(grader, "It isn't covered.", "covered") == 0
    assert value(grader, "This cannot be covered.", "covered") == 0
    assert value(grader, "Covered? It is not covered.", "covered") == 0


def test_a_reference_outside_the_labels_is_unscored() -> None:
    assert label_grader(labels=["a", "b"]).score("a", reference="c").cause == "bad_reference"


def test_a_marker_makes_only_the_text_behind_its_last_place_count() -> None:
    grader = label_grader(labels=["covered", "excluded"], after="verdict:")
    assert value(grader, "covered or excluded?\n**Verdict:** covered", "covered") == 1
    assert value(grader, "covered", "covered") == 0


def test_a_tag_makes_only_its_last_content_count() -> None:
    grader = number_grader(tag="answer")
    assert value(grader, "<answer>41</answer> no: <answer>42</answer> 43", "42") == 1
    assert value(grader, "42</answer>", "42") == 0


def test_the_last_line_alone_counts_when_asked() -> None:
    assert value(exact_text_grader(last_line=True), "The capital:\nLisbon\n\n", "Lisbon") == 1


def test_tolerances_are_absolute_or_relative_whichever_is_more() -> None:
    assert value(number_grader(tolerance=0.5), "10.5", "10") == 1
    assert value(number_grader(tolerance=0.5), "10.51", "10") == 0
    assert value(number_grader(relative=0.01), "-1010", "-1000") == 1


def test_a_decimal_comma_and_percent_points_are_settings() -> None:
    assert value(number_grader(decimal=","), "1.234,5", "1234,5") == 1
    assert value(number_grader(percent="ignore"), "10 %", "10") == 1


def test_space_is_collapsed_or_kept_as_asked() -> None:
    assert value(exact_text_grader(space="keep"), "a b ", "a b") == 0
    assert value(exact_text_grader(space="ends"), " a b ", "a b") == 1
    assert value(exact_text_grader(ignore_ends=True, ignore_case=True), '"Lisbon."', "lisbon") == 1


def test_fields_have_types_weights_and_paths() -> None:
    fields = {"coverage": {"type": "label", "weight": 2}, "amount": "number", "loss.date": "date"}
    score = json_fields_grader(fields=fields).score(
        '{"coverage": "COVERED", "amount": true, "loss": {"date": "2026-03-31"}}', reference=CLAIM
    )
    assert score.value == pytest.approx(3 / 4)
    assert {part.name: part.value for part in score.components} == {
        "coverage": 1,
        "amount": 0,
        "loss.date": 1,
        "no_extra_keys": 1,
    }


def test_components_are_the_same_for_an_answer_without_an_object() -> None:
    grader = json_fields_grader(fields={"amount": "number"})
    names = [
        [part.name for part in grader.score(text, reference={"amount": 1}).components]
        for text in ("nothing", '{"amount": 1}')
    ]
    assert names[0] == names[1] == ["amount", "no_extra_keys"]


def test_a_field_may_take_numbers_written_as_text() -> None:
    grader = json_fields_grader(fields={"amount": {"type": "number", "as_text": True}})
    assert value(grader, '{"amount": "EUR 1,200.00"}', {"amount": 1200}) == 1


def test_without_partial_credit_only_a_perfect_object_counts() -> None:
    grader = json_fields_grader(partial=False, extra="ignore")
    assert value(grader, '{"a": 1, "b": 2, "c": 3}', {"a": 1, "b": 2}) == 1
    assert value(grader, '{"a": 1, "b": 3}', {"a": 1, "b": 2}) == 0


def test_fields_share_what_partial_credit_is_worth_and_a_perfect_object_earns_the_rest() -> None:
    grader = json_fields_grader(partial=0.3, fields={"a": {"type": "number", "weight": 2}, "b": "number"})
    reference = {"a": 1, "b": 2}
    found = [
        value(grader, text, reference)
        for text in ('{"a": 1, "b": 2}', '{"a": 1, "b": 3}', '{"a": 1, "b": 2, "c": 3}', "{}")
    ]
    assert found == pytest.approx([1, 0.2, 0.2, 0])
    assert value(json_fields_grader(partial=True), '{"a": 1, "b": 3}', reference) == 0.5


def test_a_reference_that_lacks_a_field_is_unscored_and_says_which() -> None:
    score = json_fields_grader(fields={"amount": "number", "date": "date"}).score(
        "{}", reference={"amount": 1}
    )
    assert (score.cause, "lacks date" in score.reason) == ("bad_reference", True)


@pytest.mark.parametrize(
    ("kind", "bad"), [("number", "many"), ("bool", 1), ("date", "31.3.2026"), ("text", 5), ("label", True)]
)
def test_a_reference_of_the_wrong_type_is_unscored_whatever_the_answer(kind: str, bad: object) -> None:
    assert json_fields_grader(fields={"x": kind}).score("", reference={"x": bad}).cause == "bad_reference"


def test_strict_tags_give_all_or_nothing() -> None:
    grader = format_tags_grader(tags=["answer"], strict=True, least=3)
    assert [
        float(grader.score(text))
        for text in ("<answer>abc</answer>", "<answer>ab</answer>", "x<answer>abc</answer>")
    ] == [1, 0, 0]


def test_a_tag_that_the_prompt_opened_need_not_be_opened_again() -> None:
    grader = format_tags_grader(opened=True)
    assert [float(grader.score(f"{start}a</think><answer>b</answer>")) for start in ("", "<think>")] == [1, 1]


def test_settings_are_part_of_the_fingerprint() -> None:
    makers = [
        number_grader(),
        number_grader(tolerance=1),
        number_grader(decimal=","),
        number_grader(tag="a"),
        number_grader(tag="b"),
    ]
    assert len({grader.fingerprint for grader in makers}) == len(makers)


def test_a_factory_makes_a_grader_of_the_callers_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewardkit.graders.numeric import number_grader\n\namount = number_grader(tolerance=1, isolation='process')\n"
    )
    (grader,) = collect([str(file)])
    assert (grader.name, grader.line) == ("amount", 3)
    with Scorer(workers=1) as scorer:
        assert [
            score.value
            for score in scorer.score(grader, [Item("43", {"reference": 42}), Item("44", {"reference": 42})])
        ] == [1, 0]


@pytest.mark.parametrize(
    "target", ["number", "rewardkit.graders.numeric:number", "graders/numeric.py:number"]
)
def test_a_ready_made_grader_is_the_same_by_every_name(target: str) -> None:
    (grader,) = collect([target])
    assert (grader.name, grader.module, grader.attribute) == ("number", "rewardkit.graders.numeric", "number")


@pytest.mark.parametrize(
    "bit",
    [
        "{",
        '{"',
        '{"a":{',
        "[",
        "\\boxed{",
        "1 ",
        "1%",
        "1 or ",
        "```json\n{",
        "A ",
        "B C is x ",
        "not covered ",
        " ",
        "<think>",
        "answer is ",
        "*",
    ],
)
def test_long_hostile_answers_stay_cheap(bit: str) -> None:
    """The time of a grader that runs inline must be linear: 300 kB here, where anything quadratic would take minutes."""
    graders = [
        *collect(["label", "number", "exact_text", "choice", "json_fields"]),
        label_grader(labels=["covered", "excluded"]),
    ]
    for grader in graders:
        reference: Any = {"number": 42, "choice": "B", "json_fields": {"a": 1}}.get(grader.name, "covered")
        for text in (bit * (300_000 // len(bit)), "Answer: B" + bit * (300_000 // len(bit)) + "}"):
            assert grader.score(text, reference=reference).scored


@pytest.mark.parametrize("name", ["label", "number", "exact_text", "choice", "json_fields", "format_tags"])
def test_another_process_finds_the_very_same_grader(name: str) -> None:
    (grader,) = collect([name])
    ref = ref_of(grader)
    assert ref is not None
    code = f"from rewardkit.loading import *; print(load_grader(Ref({ref.source!r}, {ref.attribute!r}, {ref.fingerprint!r})).name)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == name
