"""The label file: what is read, what replaces what, what is refused and how, and what an interrupted write leaves."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from writing import WriteFile

from rewardkit.errors import DataError
from rewardkit.judging.criteria import Criterion
from rewardkit.judging.label_file import Labels, append_label, read_labels
from rewardkit.judging.labels import ComparisonLabel, VerdictLabel, on_criteria
from rewardkit.samples import Sample

CRITERIA = (
    Criterion("cites", "Names the section."),
    Criterion("tone", "How polite.", choices=("rude", "plain", "warm")),
)
LABEL: dict[str, Any] = {
    "id": "t1",
    "prompt": "Late parcel.",
    "completion": "Sorry!",
    "rater": "ana",
    "verdicts": {"cites": "met", "tone": "warm"},
}
COMPARISON: dict[str, Any] = {
    "id": "t1", "prompt": "Late parcel.", "a": "Sorry!", "b": "Wait.", "preferred": "a", "rater": "ana"
}  # fmt: skip


def file_of(write: WriteFile, *lines: dict[str, Any]) -> Path:
    return write("labels.jsonl", "".join(json.dumps(line) + "\n" for line in lines))


def test_verdicts_and_comparisons_are_read_with_their_samples(write: WriteFile) -> None:
    verdict = {**LABEL, "note": "curt", "columns": {"policy": "Section 4"}}
    labels = read_labels(file_of(write, verdict, COMPARISON))
    (label,) = labels.verdicts
    assert label.sample == Sample("t1", "Late parcel.", {"policy": "Section 4"}, None, "labels.jsonl:1")
    assert (label.completion, label.rater, label.note) == ("Sorry!", "ana", "curt")
    assert label.verdicts == {"cites": "met", "tone": "warm"}
    (comparison,) = labels.comparisons
    assert (comparison.a, comparison.b, comparison.preferred) == ("Sorry!", "Wait.", "a")
    assert comparison.where == "labels.jsonl:2"
    assert labels.torn == ""


def test_a_later_line_replaces_that_of_the_same_rater_on_the_same_completion(write: WriteFile) -> None:
    labels = read_labels(
        file_of(
            write,
            LABEL,
            {**LABEL, "rater": "ben"},
            {**LABEL, "completion": "Wait."},
            {**LABEL, "verdicts": {"cites": "unmet"}},
        )
    )
    assert [(label.rater, label.completion, dict(label.verdicts)) for label in labels.verdicts] == [
        ("ana", "Sorry!", {"cites": "unmet"}),
        ("ben", "Sorry!", {"cites": "met", "tone": "warm"}),
        ("ana", "Wait.", {"cites": "met", "tone": "warm"}),
    ]


def test_a_pair_shown_the_other_way_round_is_the_same_pair(write: WriteFile) -> None:
    turned = {**COMPARISON, "a": "Wait.", "b": "Sorry!", "preferred": "tie"}
    (comparison,) = read_labels(file_of(write, COMPARISON, turned)).comparisons
    assert (comparison.a, comparison.preferred) == ("Wait.", "tie")


def without(key: str, line: dict[str, Any] = LABEL) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != key}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (without("rater"), "no 'rater'; it must be who gave the label, a text"),
        ({**LABEL, "rater": " "}, "'rater' is empty; it must say who gave the label"),
        ({**LABEL, "rater": 3}, "'rater' is 3; it must be who gave the label, a text"),
        (without("id"), "'id' is None; every label needs the id of its sample, a text"),
        ({**LABEL, "id": True}, "'id' is True; every label needs the id of its sample, a text"),
        (without("prompt"), "'prompt' is None; every label needs the prompt, a text or a list of messages"),
        (without("completion"), "no 'completion'; it must be a text"),
        (without("verdicts"), "no 'verdicts'; it must be an object, criterion -> verdict"),
        ({**LABEL, "verdicts": ["met"]}, "'verdicts' is ['met']; it must be an object, criterion -> verdict"),
        (
            {**LABEL, "verdicts": {"cites": True}},
            "True is no verdict on 'cites'; it must be a text (leave out what was not judged)",
        ),
        ({**LABEL, "note": 3}, "'note' is 3; it must be a text"),
        ({**LABEL, "columns": 3}, "'columns' is 3; it must be an object, name -> value"),
        (
            {**LABEL, "verdict": {}},
            "unknown key 'verdict'; a line of verdicts has: id, prompt, rater, note, columns, completion, verdicts. Did you mean 'verdicts'?",
        ),
        (
            {**COMPARISON, "policy": "x"},
            "unknown key 'policy'; a line of a comparison has: id, prompt, rater, note, columns, a, b, preferred."
            " A column of the sample goes into 'columns'.",
        ),
        (
            {**LABEL, **COMPARISON},
            "a line holds either verdicts ('completion', 'verdicts') or a comparison ('a', 'b', 'preferred'); this one has 'completion' with the other",
        ),
        ({**COMPARISON, "preferred": "c"}, "'preferred' is 'c'; allowed: 'a', 'b' or 'tie'"),
        (without("b", COMPARISON), "no 'b'; it must be a text"),
        ({**LABEL, "prompt": "Another."}, "id 't1' is that of labels.jsonl:1 too, with another prompt; one id is one sample"),
    ],
)  # fmt: skip
def test_what_is_no_label_is_refused_with_its_line_and_what_is_allowed(
    write: WriteFile, line: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError) as error:
        read_labels(file_of(write, LABEL, line))
    assert str(error.value) == f"labels.jsonl:2: {message}"


def test_verdicts_that_the_rubric_does_not_have_are_left_out_and_named(write: WriteFile) -> None:
    given = {"cite": "met", "tone": "worm", "cites": "met"}
    labels = read_labels(file_of(write, {**LABEL, "verdicts": given}, {**LABEL, "completion": "x"}))
    kept, left_out = on_criteria(labels.verdicts, CRITERIA)
    assert [label.verdicts for label in kept] == [{"cites": "met"}, LABEL["verdicts"]]
    assert left_out == {
        "'cite' (the rubric has: cites, tone. Did you mean 'cites'?)": 1,
        "'worm' on 'tone' (allowed: rude, plain, warm. Did you mean 'warm'?)": 1,
    }


def test_what_was_taken_back_is_no_label(write: WriteFile) -> None:
    path = file_of(write, LABEL, COMPARISON, {**LABEL, "verdicts": {}}, {**COMPARISON, "preferred": ""})
    assert read_labels(path) == Labels()


def test_a_missing_file_another_ending_and_broken_json_are_refused(write: WriteFile) -> None:
    write("label.jsonl", "")
    with pytest.raises(DataError, match=r"no such file\. Did you mean 'label\.jsonl'\?"):
        read_labels("labels.jsonl")
    with pytest.raises(DataError, match=r"labels are kept in a \.jsonl file, not '\.csv'"):
        read_labels("labels.csv")
    with pytest.raises(DataError, match=r"^labels\.jsonl:1: not valid JSON"):
        read_labels(write("labels.jsonl", '{"id":\n' + json.dumps(LABEL) + "\n"))


def test_an_empty_file_has_no_labels(write: WriteFile) -> None:
    assert read_labels(write("labels.jsonl", "")) == Labels()


def label(rater: str, completion: str = "Sorry!") -> VerdictLabel:
    return VerdictLabel(Sample("t1", "Late parcel.", {}), completion, rater, {"cites": "met"})


@pytest.mark.parametrize("cut", range(1, len(json.dumps(LABEL)), 7))
def test_a_line_that_was_cut_off_is_left_out_named_and_removed_by_the_next(
    write: WriteFile, cut: int
) -> None:
    whole = json.dumps(LABEL)
    path = write("labels.jsonl", f"{whole}\n{whole[:cut]}")
    found = read_labels(path)
    assert (len(found.verdicts), found.torn) == (1, "labels.jsonl:2")
    append_label(path, label("ben"))
    found = read_labels(path)
    assert ([each.rater for each in found.verdicts], found.torn) == (["ana", "ben"], "")


def test_a_last_line_that_an_editor_left_without_a_newline_is_kept(write: WriteFile) -> None:
    path = write("labels.jsonl", json.dumps(LABEL))
    append_label(path, label("ben"))
    assert [each.rater for each in read_labels(path).verdicts] == ["ana", "ben"]


texts = st.text(st.characters(exclude_categories=[]), max_size=30)


@given(texts, texts.filter(str.strip), texts, st.dictionaries(st.text(max_size=5), st.integers(), max_size=2))
@settings(max_examples=12, deadline=None)
def test_what_is_appended_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, completion: str, rater: str, note: str, columns: dict[str, int]
) -> None:
    path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    sample = Sample("t1", "Late\u2028parcel.\n", columns)
    messages = [{"role": "user", "content": "Hello"}]
    chat = Sample("t2", "Hello", {}, tuple(messages))
    verdict = VerdictLabel(sample, completion, rater, {"tone": "plain"}, note)
    comparison = ComparisonLabel(chat, completion, note, "b", rater)
    append_label(path, verdict)
    append_label(path, comparison)
    found = read_labels(path)
    assert found.verdicts[0].as_json() == verdict.as_json()
    assert found.comparisons[0].as_json() == comparison.as_json()
    assert found.comparisons[0].sample.messages == tuple(messages)


def write_many(path: Path, rater: str) -> None:
    for number in range(25):
        append_label(path, label(rater, f"{number} " + "x" * 5000))


def test_two_who_label_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    workers = [
        multiprocessing.get_context("fork").Process(target=write_many, args=(path, rater))
        for rater in ("ana", "ben")
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(read_labels(path).verdicts) == 50
