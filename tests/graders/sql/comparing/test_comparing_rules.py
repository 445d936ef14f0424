"""Every option of the rules changes exactly the verdicts that it names."""

import math
from datetime import date, datetime
from decimal import Decimal

import pytest
from result_tables import Rows, verdict

from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules

PAIRS: dict[str, tuple[Rows, Rows]] = {
    "same": ([(1, "a")], [(1, "a")]),
    "other value": ([(1, "a")], [(2, "a")]),
    "other order": ([(1,), (2,)], [(2,), (1,)]),
    "duplicate lost": ([("a",), ("a",), ("b",)], [("a",), ("b",)]),
    "columns swapped": ([("a", 1), ("b", 2)], [(1, "a"), (2, "b")]),
    "extra column": ([("a",), ("b",)], [("a", 1), ("b", 2)]),
    "extra column first": ([("a",), ("b",)], [(1, "a"), (2, "b")]),
    "number as text": ([("2014",)], [(2014,)]),
    "date as text": ([(date(2014, 1, 2),)], [("2014-01-02",)]),
    "date as midnight": ([(date(2014, 1, 2),)], [(datetime(2014, 1, 2),)]),
    "case": ([("Oslo",)], [("oslo",)]),
    "blank": ([("Oslo",)], [("Oslo ",)]),
    "float by 1e-9": ([(0.5,)], [(0.5 * (1 + 1e-9),)]),
    "float by 1e-4": ([(0.5,)], [(0.5 * (1 + 1e-4),)]),
    "float by 0.003": ([(33.3333,)], [(33.33,)]),
    "decimal by 0.003": ([(Decimal("33.333"),)], [(Decimal("33.33"),)]),
    "integer by 1": ([(10**9,)], [(10**9 + 1,)]),
    "NaN for NULL": ([(None,)], [(math.nan,)]),
    "NaN for NaN": ([(math.nan,)], [(float("nan"),)]),
}  # fmt: skip

ACCEPTED = {
    "same", "other order", "columns swapped", "number as text", "date as text", "date as midnight", "float by 1e-9",
    "NaN for NULL", "NaN for NaN",
}  # fmt: skip

CHANGES: list[tuple[Rules, set[str]]] = [
    (Rules(order="exact"), {"other order"}),
    (Rules(order="any"), set()),
    (Rules(duplicates="set"), {"duplicate lost"}),
    (Rules(column_order="exact"), {"columns swapped"}),
    (Rules(extra_columns="allow"), {"extra column", "extra column first"}),
    (Rules(types="strict"), {"number as text", "date as text", "date as midnight"}),
    (Rules(text="loose"), {"case", "blank"}),
    (Rules(rel_tol=0.0), {"float by 1e-9"}),
    (Rules(rel_tol=1e-3), {"float by 1e-4", "float by 0.003"}),
    (Rules(abs_tol=0.01), {"float by 1e-4", "float by 0.003", "decimal by 0.003"}),
    (Rules(abs_tol=1.0), {"other value", "float by 1e-4", "float by 0.003", "decimal by 0.003", "integer by 1"}),
    (Rules(null_is_nan=False), {"NaN for NULL"}),
]  # fmt: skip


def accepted(rules: Rules) -> set[str]:
    return {name for name, (gold, answer) in PAIRS.items() if verdict(gold, answer, rules=rules).exact}


def test_the_defaults_accept_what_a_careful_person_would() -> None:
    assert accepted(DEFAULT_RULES) == ACCEPTED


@pytest.mark.parametrize(
    ("rules", "changed"), CHANGES, ids=[f"change {number}" for number in range(len(CHANGES))]
)
def test_an_option_changes_its_own_verdicts_only(rules: Rules, changed: set[str]) -> None:
    assert accepted(rules) ^ ACCEPTED == changed


def test_the_order_of_the_gold_counts_unless_the_rules_say_never() -> None:
    gold, answer = [(1,), (2,)], [(2,), (1,)]
    assert not verdict(gold, answer, ordered=True).exact
    assert verdict(gold, answer, rules=Rules(order="any"), ordered=True).exact


def test_extra_columns_may_be_allowed_and_still_have_to_keep_the_order() -> None:
    rules = Rules(extra_columns="allow", column_order="exact")
    assert verdict([("a", 1)], [("a", 7, 1)], rules=rules).exact
    assert not verdict([("a", 1)], [(1, 7, "a")], rules=rules).exact


def test_loose_text_is_still_read_as_a_number() -> None:
    assert verdict([(" 2014",)], [(2014,)], rules=Rules(text="loose")).exact


@pytest.mark.parametrize(("order", "generated"), [("gold", "gold"), ("any", "any"), ("exact", "gold")])
def test_the_order_in_which_made_up_rows_lie_counts_for_nobody(order: str, generated: str) -> None:
    assert Rules(order=order).on_generated == Rules(order=generated)  # type: ignore[arg-type]
