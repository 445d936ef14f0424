"""Graders of groups: all completions of a prompt in one call, one score for each of them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Item, Score, Scorer, collect, reward, weighted
from rewardkit.calling import call_all
from rewardkit.errors import GraderError
from rewardkit.samples import Sample
from rewardkit.scoring import item_of
from rewardkit.scoring.items import groups_of

FIXTURE = Path(__file__).parent / "group_graders.py"
GRADERS = {grader.name: grader for grader in collect([str(FIXTURE)])}


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(workers=2) as shared:
        yield shared


def group(name: str, *completions: str, members: int = 0, **columns: object) -> list[Item]:
    return [Item(text, columns, group=name, members=members) for text in completions]


def values(scores: list[Score]) -> list[float | None]:
    return [score.value for score in scores]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "@partial_credit({'a': 1.0}, group=True)\ndef g(completions):\n    yield 'a', True",
            r"partial_credit 'g' \(.*g\.py:3\): group=True is for @reward; a ladder grades one completion at a time",
        ),
        (
            "@reward(group=True)\ndef g(reference):\n    return [1]",
            r"reward 'g' \(.*g\.py:3\): with group=True it asks for 'completions'",
        ),
        (
            "@reward(group=True)\ndef g(completions, completion):\n    return [1]",
            r"reward 'g' \(.*g\.py:3\): with group=True .* and not for 'completion' or 'messages'",
        ),
        (
            "@reward(group=True)\ndef g(completions, messages=()):\n    return [1]",
            r"reward 'g' \(.*g\.py:3\): with group=True .* and not for 'completion' or 'messages'",
        ),
        (
            "@reward\ndef g(completions):\n    return [1]",
            r"reward 'g' \(.*g\.py:3\): it asks for 'completions'; declare group=True",
        ),
    ],
)
def test_a_group_grader_that_is_declared_wrongly_is_named_with_its_line(
    write: WriteFile, source: str, message: str
) -> None:
    write("g.py", f"from rewardkit import partial_credit, reward\n\n{source}\n")
    with pytest.raises(GraderError, match=message):
        collect(["g.py"])


def test_the_completions_of_a_group_are_graded_together_in_a_worker(scorer: Scorer) -> None:
    assert values(scorer.score(GRADERS["shortest"], group("q", "aaa", "a", "aa"))) == [0.0, 1.0, 0.5]


def test_the_completions_of_a_group_are_graded_together_inline(scorer: Scorer) -> None:
    assert values(scorer.score(GRADERS["rare"], group("q", "a", "b", "a"))) == [0.5, 1.0, 0.5]


@pytest.mark.parametrize("name", ["shortest", "rare"])
def test_groups_may_be_interleaved(scorer: Scorer, name: str) -> None:
    first, second = group("1", "aaa", "a", "aa"), group("2", "bb", "bbbb", "bb")
    mixed = [item for pair in zip(first, second, strict=True) for item in pair]
    apart = [scorer.score(GRADERS[name], items) for items in (first, second)]
    assert scorer.score(GRADERS[name], mixed) == [
        score for pair in zip(*apart, strict=True) for score in pair
    ]


def test_a_group_has_no_more_members_than_were_asked_for(scorer: Scorer) -> None:
    scores = scorer.score(GRADERS["shortest"], group("q", "a", "bb", "a", "bb", members=2))
    assert {score.reason for score in scores} == {"group 'q' has 4 completions instead of 2"}


@pytest.mark.parametrize("name", ["shortest", "rare", "mixed", "waits"])
def test_scores_depend_on_neither_the_order_of_items_nor_the_number_of_workers(name: str) -> None:
    chance = random.Random(name)
    items = [
        Item("x" * chance.randrange(9), {"reference": "xxx", "prompt": "?"}, seed=7, group=f"q{number % 40}")
        for number in range(160)
    ]
    shuffled = chance.sample(range(len(items)), len(items))
    with Scorer(workers=1) as one, Scorer(workers=3) as three:
        expected = one.score(GRADERS[name], items)
        scores = three.score(GRADERS[name], [items[place] for place in shuffled])
    assert scores == [expected[place] for place in shuffled]


def test_a_group_with_a_missing_member_is_unscored_and_no_other(scorer: Scorer) -> None:
    items = [*group("q1", "a", "bb", "ccc", members=4), *group("q2", "a", "bb", members=2)]
    *missing, first, second = scorer.score(GRADERS["shortest"], items)
    reason = "3 of 4 completions of group 'q1' are here"
    assert missing == [Score.unscored("invalid", reason)] * 3
    assert values([first, second]) == [1.0, 0.0]


@pytest.mark.parametrize("name", ["shortest", "rare", "waits"])
def test_every_index_is_heard_of_once(scorer: Scorer, name: str) -> None:
    whole = [item for number in range(10) for item in group(str(number), "a", "bb", "a", reference="a")]
    broken = group("broken", "a", members=2, reference="a")
    heard: dict[int, Score] = {}

    def on_score(index: int, score: Score) -> None:
        assert index not in heard
        heard[index] = score

    scores = scorer.score(GRADERS[name], [*whole, *broken], on_score=on_score)
    assert [heard[index] for index in range(31)] == scores


@pytest.mark.parametrize(
    ("first", "cause", "reason"),
    [
        ("raise", "error", r"ValueError: on purpose \(tests/scoring/group_graders.py:\d+\)"),
        ("hang", "timeout", "no result within 0.5 s"),
        ("exit", "died", "exit code 3"),
        ("few", "invalid", "returned 2 results for 3 completions"),
        ("dict", "invalid", "a group grader returns a list with one result for each completion"),
        ("generator", "invalid", "returned <generator object"),
        ("text", "invalid", "returned '111'; a group grader returns a list"),
        ("number", "invalid", "returned 1.0; a group grader returns a list"),
        ("nothing", "invalid", "returned None; a group grader returns a list"),
    ],
)
def test_what_goes_wrong_costs_every_member_of_its_group_and_no_other(
    scorer: Scorer, first: str, cause: str, reason: str
) -> None:
    items = [*group("before", "a"), *group("bad", first, "b", "c"), *group("after", "a", "b")]
    before, *bad, after, last = scorer.score(GRADERS["odd"], items)
    assert values([before, after, last]) == [0.25] * 3
    assert {(score.value, score.cause) for score in bad} == {(None, cause)}
    assert all(re.search(reason, score.reason) for score in bad)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("array", [0.0, 0.5, 1.0]),
        ("tuple", [1.0, 1.0, 1.0]),
        ("scores", [0.5, 0.5, 0.5]),
        ("abstains", [None, 1.0, 1.0]),
        ("nan", [None, 1.0, 1.0]),
        ("column", [None, None, None]),
    ],
)
def test_each_result_of_a_group_is_judged_by_itself(
    scorer: Scorer, first: str, expected: list[float | None]
) -> None:
    assert values(scorer.score(GRADERS["odd"], group("q", first, "b", "c"))) == expected


def test_abstaining_and_an_impossible_number_have_causes_of_their_own(scorer: Scorer) -> None:
    (abstained, _), (impossible, _) = (
        scorer.score(GRADERS["odd"], group("q", first, "b")) for first in ("abstains", "nan")
    )
    assert (abstained.cause, impossible.cause) == ("not_applicable", "invalid")


def test_a_group_grader_gets_the_columns_of_the_sample_and_the_seed_of_the_first_member(
    scorer: Scorer,
) -> None:
    sample = Sample("s1", "Why?", {"reference": "r"})
    items = [item_of(sample, text, seed=seed, members=2) for text, seed in (("a", 5), ("b", 6))]
    scores = scorer.score(GRADERS["asks_for_all"], items)
    assert [score.reason for score in scores] == ["Why?|r|s1|5|3|a", "Why?|r|s1|5|3|b"]


def test_single_parts_of_a_combination_see_the_completion_messages_and_seed_of_each_member(
    scorer: Scorer,
) -> None:
    columns = {"reference": "aa", "prompt": "?"}
    items = [Item(text, columns, seed, group="q") for text, seed in (("aa", 3), ("aaaa", 4))]
    right, long = scorer.score(GRADERS["mixed"], items)
    assert right.component("single").reason == "aa|assistant:aa|3"
    assert long.component("single").reason == "aaaa|assistant:aaaa|4"
    assert values([right, long]) == [1.0, 0.0]


@pytest.mark.parametrize(
    ("name", "completions", "expected"),
    [
        ("mixed", ["r", "xx", "xxx"], [1.0, 0.15, 0.0]),
        ("mixed_async", ["r", "xx", "xxx"], [1.0, 0.25, 0.0]),
        ("gate_first", ["r", "x", "xxx"], [1.0, 0.0, 0.0]),
        ("gate_last", ["r", "x", "xxx"], [1.0, 0.2, 0.0]),
        ("without_long", ["r", "xxxxxx", "xxxxxxxxxxx"], [1.0, 0.0, 0.0]),
        ("nested", ["r", "xx", "xxx"], [1.0, 0.175, 0.1]),
    ],
)
def test_group_graders_combine_with_graders_of_single_completions(
    scorer: Scorer, name: str, completions: list[str], expected: list[float]
) -> None:
    items = group("q", *completions, reference="r", prompt="?")
    assert values(scorer.score(GRADERS[name], items)) == pytest.approx(expected)
    assert values(GRADERS[name].score_group(completions, reference="r", prompt="?")) == pytest.approx(
        expected
    )


def test_a_single_part_that_fails_on_one_member_leaves_the_others_scored(scorer: Scorer) -> None:
    good, bad = scorer.score(GRADERS["breaks"], group("q", "a", "x"))
    assert good.value == 0.5
    assert (bad.value, bad.cause) == (None, "error")


def test_identical_groups_are_graded_once_whatever_their_seeds_where_nobody_asks_for_one() -> None:
    @reward(isolation="inline")
    def one(completion: str) -> float:
        calls.append(completion)
        return 1.0

    calls: list[str] = []
    both = weighted((one, 0.5), (GRADERS["rare"], 0.5), name="both")
    items = [Item(text, {}, seed, f"q{seed}") for seed in range(3) for text in ("a", "b")]
    with Scorer(workers=1) as scorer:
        assert values(scorer.score(both, items)) == [1.0] * 6
    assert calls == ["a", "b"]


def test_score_is_a_group_of_one_and_score_group_a_group() -> None:
    assert GRADERS["shortest"].score("abc").value == 0.0
    assert values(GRADERS["shortest"].score_group(["abc", "a"])) == [0.0, 1.0]
    assert values(GRADERS["waits"].score_group(["abc", "a"], reference="a")) == [0.0, 1.0]
    assert values(GRADERS["long"].score_group(["abcdef", "a"])) == [1.0, 0.0]
    assert GRADERS["shortest"].score_group([]) == []


def test_call_all_gives_one_score_for_each_completion() -> None:
    scores = call_all(GRADERS["waits"], {"completions": ["a", "b"], "reference": "b"})
    assert values(list(scores)) == [0.0, 1.0]
    (score,) = call_all(GRADERS["long"], {"completion": "abcdef"})
    assert score.value == 1.0


def test_groups_cannot_be_streamed(scorer: Scorer) -> None:
    with pytest.raises(GraderError, match="pass whole groups"):
        next(scorer.stream(GRADERS["shortest"], group("q", "a")))


def test_members_with_different_references_are_no_group(scorer: Scorer) -> None:
    items = [Item("a", {"reference": text}, group="q") for text in ("a", "b")]
    scores = scorer.score(GRADERS["waits"], items)
    assert {score.cause for score in scores} == {"invalid"}
    assert "the completions of group 'q' have different values of 'reference'" in scores[0].reason


def test_a_column_may_bear_any_name(scorer: Scorer) -> None:
    @reward(isolation="inline")
    def asks(completion: str, each: str) -> bool:
        return completion == each

    both = weighted((asks, 0.5), (GRADERS["rare"], 0.5), name="both")
    assert values(both.score_group(["a", "b"], each="a")) == [1.0, 0.5]


def test_a_group_without_a_member_number_is_taken_as_it_is() -> None:
    groups = groups_of(GRADERS["shortest"], group("q", "a", "bb"))
    assert (groups.calls, groups.places, groups.broken) == ([{"completions": ["a", "bb"]}], [[0, 1]], {})
