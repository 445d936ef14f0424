"""The edge table: results on which the comparison rules of other SQL graders disagree, and the verdict that is right.

Peers: test-suite-sql-eval, BIRD, Spider 2.0, defog, QATCH, run on the same rows. A case is named as in the research notes; where the notes say "partial",
the answer is wrong here, and partial credit is a matter of `table_f1`.
"""

import math
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from result_tables import Rows, expected, table

from rewardkit.graders.sql.comparing.equality import Expected, Group
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.comparing.verdicts import judge


@dataclass(frozen=True)
class Case:
    """Gold rows, answer rows, and whether the answer is right. names: the gold's and the answer's columns; instances: further (gold, answer)."""

    name: str
    gold: Rows
    answer: Rows
    right: bool
    names: tuple[str, str] = ("", "")
    rules: Rules = DEFAULT_RULES
    ordered: bool = False
    instances: tuple[tuple[Rows, Rows], ...] = field(default=())


SET = Rules(duplicates="set")
STRICT = Rules(types="strict")
LOOSE = Rules(text="loose")
EXTRA = Rules(extra_columns="allow")
SWAPPED = Case("columns swapped, both numeric (min,max)", [(1, 9), (2, 8)], [(9, 1), (8, 2)], False)
AGAIN = ([(3, 7), (4, 6)], [(7, 3), (6, 4)])

CASES = [
    Case("columns swapped, types differ", [("a", 1), ("b", 2)], [(1, "a"), (2, "b")], True),
    Case("columns swapped, types differ; column_order exact", [("a", 1)], [(1, "a")], False, rules=Rules(column_order="exact")),
    SWAPPED,
    replace(SWAPPED, name="columns swapped, both numeric; the names map", names=("low high", "High LOW"), right=True),
    replace(SWAPPED, name="columns swapped, both numeric; the names say otherwise", names=("low high", "low high")),
    replace(SWAPPED, name="columns swapped, both numeric; unique on 2 instances", instances=(AGAIN,), right=True),
    replace(SWAPPED, name="columns swapped, both numeric; a second instance that tells nothing", instances=(([(5, 5)], [(5, 5)]),)),
    Case("only one row swapped inside", [("a", "b"), ("c", "d")], [("b", "a"), ("c", "d")], False),
    Case("row order differs, no ORDER BY in gold", [(1,), (2,)], [(2,), (1,)], True),
    Case("row order differs, gold ORDER BY", [(1,), (2,)], [(2,), (1,)], False, ordered=True),
    Case("duplicates lost", [("a",), ("a",), ("b",)], [("a",), ("b",)], False),
    Case("duplicates lost; duplicates set", [("a",), ("a",), ("b",)], [("a",), ("b",)], True, rules=SET),
    Case("same set, other multiplicities", [("a",), ("a",), ("b",)], [("a",), ("b",), ("b",)], False),
    Case("same set, other multiplicities; duplicates set", [("a",), ("a",), ("b",)], [("a",), ("b",), ("b",)], True, rules=SET),
    Case("NULL vs NaN", [(None,)], [(math.nan,)], True),
    Case("NULL vs 0", [(None,)], [(0,)], False),
    Case("NULL vs ''", [(None,)], [("",)], False),
    Case("3 vs 3.0", [(3,)], [(3.0,)], True),
    Case("Decimal 3.10 vs 3.1", [(Decimal("3.10"),)], [(3.1,)], True),
    Case("0.3 vs 0.1+0.2", [(0.3,)], [(0.1 + 0.2,)], True),
    Case("33.3333 vs 33.33", [(33.3333,)], [(33.33,)], False),
    Case("33.3333 vs 33.33; abs_tol 0.01", [(33.3333,)], [(33.33,)], True, rules=Rules(abs_tol=0.01)),
    Case("0.012 vs 0.017", [(0.012,)], [(0.017,)], False),
    Case("0.5 vs 50", [(0.5,)], [(50,)], False),
    Case("True vs 1", [(True,)], [(1,)], True),
    Case("'2014' vs 2014", [("2014",)], [(2014,)], True),
    Case("'2014' vs 2014; types strict", [("2014",)], [(2014,)], False, rules=STRICT),
    Case("date vs ISO text", [(date(2014, 1, 2),)], [("2014-01-02",)], True),
    Case("date vs ISO text; types strict", [(date(2014, 1, 2),)], [("2014-01-02",)], False, rules=STRICT),
    Case("date vs midnight timestamp", [(date(2014, 1, 2),)], [(datetime(2014, 1, 2),)], True),
    Case("date vs midnight timestamp; types strict", [(date(2014, 1, 2),)], [(datetime(2014, 1, 2),)], False, rules=STRICT),
    Case("case of strings", [("Oslo",)], [("oslo",)], False),
    Case("case of strings; text loose", [("Oslo",)], [("oslo",)], True, rules=LOOSE),
    Case("trailing space of strings", [("Oslo",)], [("Oslo ",)], False),
    Case("trailing space of strings; text loose", [("Oslo",)], [("Oslo ",)], True, rules=LOOSE),
    Case("both empty, same columns", [], [], True, ("a b", "a b")),  # vacuous: the ladder gives it no full marks
    Case("both empty, different columns", [], [], False, ("a", "a b")),
    Case("gold empty, pred one NULL row", [], [(None,)], False),
    Case("extra column", [("a",)], [("a", 1)], False),
    Case("extra column; extra_columns allow", [("a",)], [("a", 1)], True, rules=EXTRA),
    Case("SELECT * superset", [("a",), ("b",)], [(1, "a", True), (2, "b", False)], False),
    Case("SELECT * superset; extra_columns allow", [("a",), ("b",)], [(1, "a", True), (2, "b", False)], True, rules=EXTRA),
    Case("missing column", [("a", 1)], [("a",)], False),
    Case("gold (a,a), pred (a)", [("a", "a")], [("a",)], False),
    Case("gold (a,a), pred (a); extra_columns allow", [("a", "a")], [("a",)], False, rules=EXTRA),
    Case("right columns, rows re-paired", [("a", 1), ("b", 2)], [("a", 2), ("b", 1)], False),
    Case("one-column dump of all cells", [("a", 1), ("b", 2)], [("a",), ("b",), (1,), (2,)], False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_verdict_is_the_one_of_the_edge_table(case: Case) -> None:
    golds, answers = zip((case.gold, case.answer), *case.instances, strict=True)
    expecteds = [expected(gold, case.names[0], case.rules, ordered=case.ordered) for gold in golds]
    assert judge(expecteds, [table(answer, case.names[1]) for answer in answers]).exact is case.right


def tied() -> Expected:
    """ORDER BY n: b and c share the key 2."""
    groups = (Group([("a", 1)], 1), Group([("b", 2), ("c", 2)], 2), Group([("d", 3)], 1))
    return Expected(("name", "n"), 2, groups)


def test_a_swap_inside_a_tie_of_order_by_is_right() -> None:
    assert judge([tied()], [table([("a", 1), ("c", 2), ("b", 2), ("d", 3)])]).exact


def test_a_swap_across_a_tie_of_order_by_is_wrong() -> None:
    assert not judge([tied()], [table([("c", 2), ("a", 1), ("b", 2), ("d", 3)])]).exact
