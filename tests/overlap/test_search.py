from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlap_rows import RIVER, kinds, problems, row, unlike

from rewardkit.overlap import CONTAMINATED, clean_ids, find_overlap
from rewardkit.overlap.limits import NEAR
from rewardkit.overlap.words import plain
from rewardkit.rows import Row
from rewardkit.samples import Sample, sample_of

LONG = "The crew sold three crates at the market and none on the way back."


def test_the_same_prompt_in_another_form_is_exact() -> None:
    assert "exact" in kinds(row(f"**{RIVER.upper()}**\n", "t"), row(RIVER))


def test_a_prompt_of_two_words_is_compared_as_a_whole_only() -> None:
    assert kinds(row("six times seven and more besides", "t"), row("times seven")) == set()
    assert kinds(row("Times: seven", "t"), row("times seven")) == {"exact"}


def test_a_prompt_with_one_word_replaced_is_near() -> None:
    assert "near" in kinds(row(RIVER.replace("salted", "smoked"), "t"), row(RIVER))


def test_a_prompt_with_another_number_is_a_warning_only() -> None:
    evaluation = row(RIVER.replace("twelve", "12"))
    found = kinds(row(RIVER.replace("twelve", "14"), "t"), evaluation)
    assert "other_numbers" in found
    assert not found & CONTAMINATED


def test_a_prompt_inside_a_longer_one_is_found_by_its_ngrams() -> None:
    other = "First a word on how the harbour works in winter, when few boats go out at all. "
    assert "ngrams" in kinds(row(other + RIVER + other * 5, "t"), row(RIVER))


def test_a_prompt_of_eight_words_is_looked_for_whole() -> None:
    asked = "which of the boats came back before noon"
    assert kinds(row(f"Here is a table of harbours. {asked}? Answer in SQL.", "t"), row(asked)) == {"ngrams"}
    assert kinds(row(f"Here is a table. {asked.replace('noon', 'dusk')}?", "t"), row(asked)) == set()


def test_a_prompt_of_seven_words_inside_a_longer_one_is_not_accused() -> None:
    asked = "which boats came back before noon today"
    assert kinds(row(f"Here is a table. {asked}? Answer in SQL.", "t"), row(asked)) == set()


def test_half_a_prompt_is_a_warning_only() -> None:
    half = RIVER[: len(RIVER) // 2]
    assert kinds(row(half + " " + " ".join(unlike(1, "t", 0)[0].prompt.split()), "t"), row(RIVER)) == {
        "some_ngrams"
    }


def test_a_prompt_pieced_together_from_several_rows_is_a_warning_only() -> None:
    words = RIVER.split()
    parts = [row(" ".join(words[start : start + 20]), f"t{start}") for start in range(0, len(words), 7)]
    assert kinds(parts, row(RIVER)) == {"some_ngrams"}


def test_the_same_short_reference_is_no_overlap() -> None:
    for reference in ("42", "yes", 42, ["a", "b"], True):
        assert (
            kinds(row("How much is it?", "t", reference=reference), row("Is it?", reference=reference))
            == set()
        )


def test_the_same_long_reference_is_a_warning() -> None:
    assert kinds(row("Tell me.", "t", reference=LONG.upper()), row("What then?", reference=LONG)) == {
        "reference"
    }


def test_a_reference_of_three_evaluation_prompts_is_a_label() -> None:
    rows = [row(f"Which is it, {name}?", name, reference=LONG) for name in ("one", "two", "three")]
    assert find_overlap([row("Another?", "t", reference=LONG)], rows).hits == ()


def test_a_reference_of_eleven_training_prompts_is_a_label() -> None:
    train = [row(f"Which is number {n}?", f"t{n}", reference=LONG) for n in range(11)]
    assert kinds(train[:10], row("And so?", reference=LONG)) == {"reference"}
    assert kinds(train, row("And so?", reference=LONG)) == set()


def test_the_same_prompt_and_reference_in_one_row_are_both() -> None:
    assert "prompt_and_reference" in kinds(row(RIVER, "t", reference="3"), row(RIVER, reference="3"))
    assert "prompt_and_reference" not in kinds(row(RIVER, "t", reference="4"), row(RIVER, reference="3"))


def test_part_of_the_prompt_with_its_long_reference_is_contaminated() -> None:
    train = row(f"{RIVER[:120]} And what became of the rest of them in the end?", "t", reference=LONG)
    assert "prompt_and_reference" in kinds(train, row(RIVER, reference=LONG))


def test_the_prompt_of_one_row_with_the_reference_of_another_are_not_both() -> None:
    train = [row(RIVER, "t1", reference="4"), row("Something else?", "t2", reference=LONG)]
    assert "prompt_and_reference" not in kinds(train, row(RIVER, reference=LONG))


def test_a_long_reference_in_its_own_prompt_is_a_warning() -> None:
    assert kinds(row("x", "t"), row(f"Repeat: {LONG}", reference=LONG)) == {"reference_in_prompt"}
    assert kinds(row("x", "t"), row("Answer yes or no.", reference="yes")) == set()


def test_a_chat_is_compared_without_its_system_message_and_its_answer() -> None:
    system = {
        "role": "system",
        "content": "You answer in one short sentence, in plain words, and say nothing else at all.",
    }
    train = sample_of(
        Row(
            {
                "messages": [
                    system,
                    {"role": "user", "content": RIVER},
                    {"role": "assistant", "content": LONG},
                ]
            },
            "t:1",
        )
    )
    found = kinds(train, row(RIVER, reference=LONG))
    assert {"exact", "prompt_and_reference"} <= found
    other = sample_of(Row({"messages": [system, {"role": "user", "content": "What is the time?"}]}, "e:1"))
    assert kinds(train, other) == set()


def test_instructions_that_all_prompts_share_are_no_overlap() -> None:
    preamble = "You are given the schema of a shop and a question. " * 10
    train = [row(preamble + one.prompt, one.id) for one in unlike(50, "t", 1, words=12)]
    rows = [row(preamble + one.prompt, one.id) for one in unlike(8, "e", 2, words=12)]
    assert find_overlap(train, rows).hits == ()


def test_what_is_asked_under_shared_instructions_is_found() -> None:
    preamble = "You are given the schema of a shop and a question. " * 10
    rows = [row(preamble + one.prompt, one.id) for one in unlike(8, "e", 2, words=12)]
    train = [row(preamble + one.prompt, one.id) for one in unlike(50, "t", 1, words=12)]
    train.append(row(preamble.upper() + rows[3].prompt + " Please.", "t-copy"))
    assert clean_ids(find_overlap(train, rows)) == {one.id for one in rows} - {"e3"}


def test_a_prompt_that_training_says_in_twenty_ways_is_contaminated() -> None:
    # every n-gram stands in many training prompts, as those of a template do
    words = RIVER.split()
    train = [row(" ".join([*words[:n], "so", *words[n + 1 :]]), f"t{n}") for n in range(0, 40, 2)]
    assert "near" in kinds(train, row(RIVER))


def test_rows_that_share_nothing_are_not_accused() -> None:
    overlap = find_overlap(unlike(3000, "t", 1), unlike(300, "e", 2))
    assert overlap.hits == ()


@pytest.mark.parametrize("count", [4, 40, 400])
def test_problems_of_one_template_are_accused_only_where_they_are_the_same(count: int) -> None:
    train, rows = problems(3000, "t", 1), problems(count, "e", 2)
    asked = {plain(one.prompt) for one in train}
    assert clean_ids(find_overlap(train, rows)) == {one.id for one in rows if plain(one.prompt) not in asked}


def test_the_likest_training_row_is_shown() -> None:
    train = [row(RIVER.replace("salted fish", "fresh eels"), "t1"), row(RIVER.replace("dawn", "dusk"), "t2")]
    (near,) = find_overlap(train, [row(RIVER)]).of_kind("near")
    assert near.training is not None
    assert (near.evaluation.where, near.training.where) == ("e.jsonl:1", "t2.jsonl:1")
    assert near.evaluation.text.startswith("A boat leaves")


def test_rows_without_a_prompt_are_counted_and_not_alike() -> None:
    overlap = find_overlap([row("", "t"), row(" ", "t2")], [row("", "e1"), row("\n", "e2")])
    assert (overlap.hits, overlap.empty) == ((), 2)


def test_training_rows_are_gone_through_once() -> None:
    stream = iter(unlike(1200, "t", 1))
    assert find_overlap(stream, unlike(3, "e", 2)).train_rows == 1200
    assert next(stream, None) is None


def jaccard(one: str, other: str) -> float:
    sets = [
        {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        for words in (plain(one).split(), plain(other).split())
    ]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


@pytest.mark.parametrize("seed", range(5))
def test_near_duplicates_are_those_of_the_exact_jaccard_index(seed: int) -> None:
    drawn = random.Random(seed)
    rows = unlike(60, "e", seed, words=40)
    train = []
    for one in rows:
        words = one.prompt.split()
        for place in drawn.sample(range(len(words)), drawn.randint(1, 6)):
            words[place] = f"new{place}x".replace(str(place), "abcdefghij"[place % 10])
        train.append(row(" ".join(words), f"t{one.id}"))
    drawn.shuffle(train)
    expected = {
        one.id: best
        for one in rows
        if (best := max(jaccard(other.prompt, one.prompt) for other in train)) >= NEAR
    }
    found = {hit.evaluation.id: hit.share for hit in find_overlap(train, rows).of_kind("near")}
    assert found == pytest.approx(expected)
    assert 0 < len(expected) < len(rows)


PROMPTS = st.lists(st.text(max_size=200).filter(str.strip), min_size=1, max_size=8)


@settings(deadline=None)
@given(PROMPTS)
def test_a_row_overlaps_with_itself(prompts: list[str]) -> None:
    rows = [row(prompt, f"e{number}") for number, prompt in enumerate(prompts)]
    assert clean_ids(find_overlap(rows, rows)) == set()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(problems(40, "t", 3)), max_size=30, unique_by=id), st.randoms())
def test_the_order_of_training_rows_changes_no_kind(train: list[Sample], drawn: random.Random) -> None:
    rows = problems(40, "e", 3)
    shuffled = drawn.sample(train, len(train))
    assert find_overlap(shuffled, rows).kinds() == find_overlap(train, rows).kinds()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(problems(40, "t", 3)), max_size=30))
def test_the_case_of_training_rows_changes_nothing_found(train: list[Sample]) -> None:
    rows = problems(40, "e", 3)
    upper = [row(one.prompt.upper(), one.id, **one.columns) for one in train]
    assert find_overlap(upper, rows).kinds() == find_overlap(train, rows).kinds()
