"""What is labelled, in which order, and what a file of labels says."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import label_pages
import pytest

from rewardkit.errors import ConfigError, DataError, GraderError
from rewardkit.judging.agreement import krippendorff_alpha
from rewardkit.judging.label_file import LabelFile, read_labels
from rewardkit.judging.labelling.agreement import agreements, differences, sides
from rewardkit.judging.labelling.desk import Desk
from rewardkit.judging.labelling.items import read_items
from rewardkit.judging.labelling.raters import rater_name
from rewardkit.judging.labelling.rubric import Rubric, rubric_of
from rewardkit.judging.questions import filled
from rewardkit.samples import Sample

RATINGS = [[1, 1, 0], [1, 0, 0], [0, math.nan, math.nan]]
"""What anna, ben and cara say of a criterion in the test of agreement."""


def desk_in(folder: Path, *, compare: bool = False, seed: int = 0, completions: int = 6) -> Desk:
    label_pages.project(folder, completions)
    items = read_items(folder / "answers.jsonl", compare=compare)
    labels = LabelFile(folder / "labels.jsonl")
    return Desk("answers.jsonl", rubric_of(folder / "rubric.toml"), items, labels, compare, seed)


def say(desk: Desk, number: int, rater: str, preferred: str = "", note: str = "", **verdicts: str) -> None:
    desk.save(number, rater, verdicts=verdicts, preferred=preferred, note=note)


def test_a_later_line_of_the_same_rater_replaces_the_earlier(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 1, "anna", policy="met")
    say(desk, 1, "ben", policy="met", tone="warm")
    say(desk, 1, "anna", policy="unmet", note="the tags")
    item = desk.items[0]
    again = LabelFile(desk.labels.path).of(item.sample, item.completions)
    assert again["anna"].verdicts == {"policy": "unmet"}
    assert again["anna"].note == "the tags"
    assert again["ben"].verdicts == {"policy": "met", "tone": "warm"}
    assert len(label_pages.lines_of(desk.labels.path)) == 3


def test_a_line_has_the_texts_the_verdicts_and_the_columns_of_the_rubric(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 2, "anna", tone="fine")
    (line,) = label_pages.lines_of(desk.labels.path)
    assert line == {
        "id": "case-0",
        "prompt": "May I return the shoes? (0)",
        "completion": "Reply number 1.",
        "verdicts": {"tone": "fine"},
        "rater": "anna",
        "columns": {"policy": "30 days"},
    }


def test_an_item_is_done_when_every_criterion_has_a_verdict(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 1, "anna", policy="met", invents="unmet")
    assert (desk.count_done("anna"), desk.next_open("anna")) == (0, 1)
    say(desk, 1, "anna", policy="met", invents="unmet", tone="fine")
    assert (desk.count_done("anna"), desk.next_open("anna"), desk.next_open("ben")) == (1, 2, 1)
    assert desk.next_open("anna", after=6) is None


def test_a_verdict_that_is_not_allowed_is_not_written(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    with pytest.raises(DataError, match="'maybe' is no verdict on 'policy'"):
        say(desk, 1, "anna", policy="maybe")
    with pytest.raises(DataError, match="preferred='c'; allowed: a, b, tie"):
        say(desk, 1, "anna", preferred="c")
    assert not desk.labels.path.exists()


def test_what_the_rubric_no_longer_asks_for_is_not_shown_and_not_lost(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 1, "anna", tone="warm", policy="met")
    file = tmp_path / "rubric.toml"
    file.write_text(file.read_text().replace('"warm"', '"kind"'))
    changed = Desk("", rubric_of(file), desk.items, LabelFile(desk.labels.path))
    assert changed.answer(desk.items[0], "anna").verdicts == {"policy": "met"}
    assert "warm" in desk.labels.path.read_text()


def test_a_label_is_found_again_in_another_order_of_the_data(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 2, "anna", policy="met")
    rows = (tmp_path / "answers.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "answers.jsonl").write_text("".join(reversed(rows)))
    again = read_items(tmp_path / "answers.jsonl")
    assert [bool(desk.answers(item)) for item in again] == [False] * 4 + [True, False]


def test_the_rest_of_a_write_that_was_cut_off_is_no_label(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 1, "anna", policy="met")
    with desk.labels.path.open("a") as file:
        file.write('{"id": "case-0", "prom')
    again = Desk("", desk.rubric, desk.items, LabelFile(desk.labels.path))
    say(again, 2, "anna", policy="unmet")
    assert [line["verdicts"]["policy"] for line in label_pages.lines_of(desk.labels.path)] == ["met", "unmet"]


def test_what_is_labelled_on_the_page_is_read_to_calibrate(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    say(desk, 1, "anna", policy="met", note="hm")
    say(desk, 2, "anna", policy="met")
    say(desk, 2, "anna")  # taken back
    comparing = desk_in(tmp_path, compare=True)
    say(comparing, 1, "anna", preferred="a")
    say(comparing, 2, "anna", note="hard")
    found = read_labels(desk.labels.path)
    assert [(each.completion, each.verdicts, each.note) for each in found.verdicts] == [
        ("Reply number 0.", {"policy": "met"}, "hm")
    ]
    assert [each.better for each in found.comparisons] == [comparing.shown(1, "anna").completions[0]]
    assert LabelFile(desk.labels.path).counts == {"anna": 3}


def test_a_label_of_a_chat_is_found_again_whatever_its_prompt_is(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    turns = ({"role": "user", "content": "Hello"}, {"role": "user", "content": "You there?"})
    for prompt in ("Hello\n\nYou there?", "a summary"):
        item = replace(desk.items[0], sample=Sample("chat", prompt, {"policy": "x"}, turns))
        chat = replace(desk, items=[item])
        say(chat, 1, "anna", policy="met")
        assert chat.answer(item, "anna").verdicts == {"policy": "met"}


def test_what_another_process_appends_is_seen(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    other = Desk("", desk.rubric, desk.items, LabelFile(desk.labels.path))
    say(other, 1, "ben", policy="met")
    desk.labels.refresh()
    assert desk.labels.counts == {"ben": 1}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "labels.jsonl:1: not valid JSON"),
        ("[1]", "labels.jsonl:1: each row must be a JSON object, got list"),
        (
            '{"id": "1", "prompt": "p", "completion": "c", "verdicts": {}}',
            "no 'rater'; it must be who gave the label",
        ),
        (
            '{"id": "1", "prompt": "p", "completion": "c", "rater": "r", "verdicts": [1]}',
            "'verdicts' is [1]; it must be an object",
        ),
        (
            '{"id": "1", "prompt": "p", "a": "x", "b": "y", "rater": "r", "preferred": "c"}',
            "'preferred' is 'c'",
        ),
    ],
)
def test_a_line_that_is_no_label_is_named(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "labels.jsonl").write_text(line + "\n")
    with pytest.raises(DataError) as caught:
        LabelFile(tmp_path / "labels.jsonl")
    assert problem in str(caught.value)


def test_pairs_are_the_completions_of_one_prompt_and_every_prompt_comes_first_once(tmp_path: Path) -> None:
    rows = [
        {"id": ident, "prompt": ident, "completion": text}
        for ident, texts in {"p": "xyzx", "q": "uv", "r": "ss"}.items()
        for text in texts
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pairs = [(item.sample.id, *item.completions) for item in read_items(tmp_path / "d.jsonl", compare=True)]
    assert pairs == [("p", "x", "y"), ("q", "u", "v"), ("p", "x", "z"), ("p", "y", "z")]
    assert len(read_items(tmp_path / "d.jsonl")) == 6  # a completion that is there twice is one
    assert len(read_items(tmp_path / "d.jsonl", limit=4, seed=1)) == 4


def test_sides_are_drawn_by_seed_rater_and_prompt_and_about_even(tmp_path: Path) -> None:
    desk = desk_in(tmp_path, compare=True, completions=400)
    numbers = range(1, 201)
    swapped = {
        rater: [desk.shown(n, rater).completions != desk.items[n - 1].completions for n in numbers]
        for rater in ("anna", "ben")
    }
    assert all(70 <= sum(each) <= 130 for each in swapped.values())
    assert swapped["anna"] != swapped["ben"]
    assert swapped["anna"] == [
        desk.shown(n, "anna").completions != desk.items[n - 1].completions for n in numbers
    ]


def test_a_preference_is_about_the_text_and_not_the_side(tmp_path: Path) -> None:
    desk = desk_in(tmp_path, compare=True, completions=40)
    for number in range(1, 21):
        say(desk, number, "anna", preferred="a")
    for seed in range(5):
        again = Desk("", desk.rubric, desk.items, desk.labels, compare=True, seed=seed)
        for number in range(1, 21):
            shown = again.shown(number, "anna")
            side = again.answer(shown, "anna").preferred
            assert shown.completions["ab".index(side)] == desk.shown(number, "anna").completions[0]
    line = label_pages.lines_of(desk.labels.path)[0]
    assert line.keys() == {"id", "prompt", "a", "b", "preferred", "rater", "columns"}


def test_agreement_is_the_share_of_pairs_of_raters_that_say_the_same(tmp_path: Path) -> None:
    desk = desk_in(tmp_path)
    for number, (anna, ben) in enumerate([("met", "met"), ("met", "unmet"), ("unmet", "unmet")], 1):
        say(desk, number, "anna", policy=anna, invents="unmet", tone="fine")
        say(desk, number, "ben", policy=ben)
    say(desk, 1, "cara", policy="unmet")
    policy, invents, _ = agreements(desk)
    assert (policy.same, policy.pairs, policy.items) == (2, 5, 3)
    two = policy.by_raters["anna", "ben"]
    assert (two.same, two.both, two.kappa) == (2, 3, pytest.approx(0.4))
    assert [(pair.same, pair.both, pair.kappa) for pair in policy.by_raters.values()][1:] == [(0, 1, 0.0)] * 2
    assert policy.alpha.value == pytest.approx(krippendorff_alpha(RATINGS))
    assert (invents.same, invents.pairs, invents.alpha.value) == (0, 0, None)
    assert [(each.number, each.question) for each in differences(desk, "anna")] == [
        (1, "policy"),
        (2, "policy"),
    ]
    assert differences(desk, "ben") == []  # ben is done with none


def test_agreement_on_pairs_follows_the_text_across_swapped_sides(tmp_path: Path) -> None:
    desk = desk_in(tmp_path, compare=True, completions=40)
    for number, item in enumerate(desk.items, 1):
        for rater in ("anna", "ben"):
            side = "ab"[desk.shown(number, rater).completions.index(item.completions[1])]
            say(desk, number, rater, preferred=side)
    (found,) = agreements(desk)
    assert (found.same, found.pairs, found.items) == (20, 20, 20)
    assert 0 < sides(desk)["a"] < 40


def test_columns_are_filled_in_once_and_missing_ones_are_named(tmp_path: Path) -> None:
    assert (
        filled("see {policy} and {other}", {"policy": "{prompt}", "prompt": "no"})
        == "see {prompt} and {other}"
    )
    rubric = rubric_of(label_pages.project(tmp_path) / "rubric.toml")
    assert rubric.columns_of(Sample("1", "p", {"policy": "x", "more": "y"})) == {"policy": "x"}
    with pytest.raises(
        DataError, match=r"d.jsonl:4: the rubric asks for a column 'policy'; .* mean 'polici'"
    ):
        rubric.columns_of(Sample("1", "p", {"polici": "x"}, where="d.jsonl:4"))
    assert Rubric("about {id}", ()).columns_of(Sample("1", "p", {})) == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("task = 1\n[[criteria]]\nid='a'\ntext='t'\n", "rubric.toml:1: task must be text"),
        ("task = 'x'\n", "rubric.toml: a rubric needs criteria"),
        ("[[criteria]]\nid='a'\ntext='t'\npionts=2\n", "rubric.toml:4: unknown key 'pionts'"),
        ("[[criteria]]\nid='a'\n", "rubric.toml:1: a criterion needs 'text'"),
        ("[[criteria]]\nid='a'\ntext='t'\npoints=-1\n", "no criterion has positive points"),
    ],
)
def test_a_wrong_rubric_is_named_by_its_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "rubric.toml").write_text(text)
    with pytest.raises((ConfigError, GraderError)) as caught:
        rubric_of(tmp_path / "rubric.toml")
    assert problem in str(caught.value)


def test_names_of_raters_have_one_spelling() -> None:
    assert rater_name("  Ann\u0061  \u202eLee\n") == "Anna Lee"
    assert rater_name("Zoe\u0308") == "Zoë"
    assert [rater_name(name) for name in ("", " \n", "\ud800", "x" * 61)] == [""] * 4
