"""What is left of a long value or output when a person is shown it."""

from __future__ import annotations

from rewardkit.checking.excerpts import excerpt, shorten, whole


def test_a_long_completion_is_shown_by_its_ends_and_its_length() -> None:
    text = shorten("a" + "[" * 20_000 + "z")
    assert text.startswith("'a[[")
    assert text.endswith("[z' (20,002 characters)")
    assert len(text) < 130


def test_of_a_long_output_the_end_is_shown() -> None:
    lines = excerpt("\n".join(map(str, range(100))))
    assert lines == ["...", *map(str, range(92, 100))]


def test_of_a_stack_the_innermost_calls_are_shown_with_what_was_printed_before_it() -> None:
    printed = "\n".join(f"print {number}" for number in range(9))
    calls = "\n".join(f'  File "m.py", line {number} in f' for number in range(9))
    assert excerpt(f"{printed}\nStack (most recent call first):\n{calls}") == [
        "...",
        "print 6",
        "print 7",
        "print 8",
        "Stack (most recent call first):",
        'File "m.py", line 0 in f',
        'File "m.py", line 1 in f',
        'File "m.py", line 2 in f',
        "...",
    ]


def test_lines_that_point_at_a_column_are_dropped_and_calls_keep_their_code_under_them() -> None:
    output = (
        'File "g.py", line 1, in f\n    return 1 / 0\n           ~~^~~\n  File "g.py", line 2, in g\n    f()'
    )
    assert whole(output) == [
        'File "g.py", line 1, in f',
        "    return 1 / 0",
        'File "g.py", line 2, in g',
        "    f()",
    ]


def test_odd_characters_can_be_printed_and_a_long_line_is_cut() -> None:
    assert whole("\ud800\tx\x1b[2J") == ["\\ud800   x\\x1b[2J"]
    assert len(excerpt("x" * 1000)[0]) == 160
    assert whole("x" * 1000) == ["x" * 1000]


def test_nothing_printed_is_nothing_shown() -> None:
    assert excerpt("") == []
