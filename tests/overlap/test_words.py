from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.overlap.words import numbers_in, plain, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is  THIS?\n", "what is this"),
        ("don’t", "don't"),
        ("ﬁne Ｗide", "fine wide"),  # a ligature and full-width letters
        ("**bold** _and_ `code`", "bold and code"),
        ("1,000,000 people", "1000000 people"),
        ("well-known", "well known"),
        ("6 − 7", "6 - 7"),
        ("Straße", "STRASSE"),
        ("- a list\n- of two", "a list of two"),
    ],
)
def test_texts_that_differ_in_form_have_the_same_words(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is 3 + 4?", "What is 3 - 4?"),
        ("x * y", "x / y"),
        ("2.5 metres", "25 metres"),
        ("a is -5", "a is 5"),
        ("(3+4)*2", "(3+4)/2"),
        ("क्या", "का"),
        ("???", "!!!"),
        ("50 % of it", "50 of it"),
    ],
)
def test_texts_that_ask_for_something_else_have_other_words(one: str, other: str) -> None:
    assert plain(one) != plain(other)


def test_a_script_without_spaces_has_a_word_a_character() -> None:
    assert words_of("今天是星期几?") == list("今天是星期几")


def test_the_numbers_of_a_text_are_the_words_with_a_digit() -> None:
    assert numbers_in(words_of("From 9 to 17 on route B7, 3.5 km")) == ["17", "3.5", "9", "b7"]


@given(st.text())
def test_any_text_has_words_and_they_are_plain_already(text: str) -> None:
    once = plain(text)
    assert bool(once) == bool(text.strip())
    assert once == once.strip()


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_characters="ıİŉǰ")))
def test_case_and_white_space_make_no_difference(text: str) -> None:
    # left out: letters that Unicode itself does not bring back from upper case
    assert plain(f"  {text.upper()}\n\n") == plain(text.casefold())
