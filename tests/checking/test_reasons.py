"""When two reasons say the same of two references."""

import pytest

from rewardkit.checking.known_rows import KnownRow
from rewardkit.checking.reasons import apart_from_reference


def row(reference: object) -> KnownRow:
    return KnownRow("q1", {}, "d.jsonl:1", compared={"reference": reference})


@pytest.mark.parametrize(
    ("reference", "reason", "apart"),
    [
        ("SELECT titel FROM books", "no 'titel' (SELECT titel FROM books)", "no 'titel' (…)"),
        ("SELECT titel FROM books", "no 'titel' (SELECT titel FR ...", "no 'titel' (… ..."),
        ("SELECT 1 FROM a; SELECT 2 FROM b", "no table (SELECT 2 FROM b)", "no table (…)"),
        ("x", "not a number: 'x'", "not a number: '…'"),
        (["x", 1], "not a table: ['x', 1]", "not a table: …"),
        ("SELECT 1 FROM a", "it returns nothing, as a SELECT may", "it returns nothing, as a SELECT may"),
        ("", "the reference is empty", "the reference is empty"),
    ],
)
def test_a_quoted_reference_does_not_count(reference: object, reason: str, apart: str) -> None:
    assert apart_from_reference(reason, row(reference)) == apart


def test_what_is_compared_with_several_columns_is_left_as_it_is() -> None:
    two = KnownRow("q1", {}, "d.jsonl:1", compared={"database": "shop.sql", "table": "books"})
    assert apart_from_reference("no file shop.sql", two) == "no file shop.sql"
