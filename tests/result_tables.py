"""Results written down by hand, and the verdict on them."""

from collections.abc import Sequence

from rewardkit.graders.sql.comparing.equality import Expected, expected_of
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.comparing.verdicts import Verdict, judge
from rewardkit.graders.sql.engines.engine import Table

Rows = Sequence[Sequence[object]]


def table(rows: Rows, names: str = "") -> Table:
    """A result; columns without names are c0, c1, ..."""
    width = len(rows[0]) if rows else len(names.split()) or 1
    return Table(tuple(names.split()) or tuple(f"c{i}" for i in range(width)), [tuple(row) for row in rows])


def expected(rows: Rows, names: str = "", rules: Rules = DEFAULT_RULES, *, ordered: bool = False) -> Expected:
    """A gold result; without names, columns are known by position only."""
    return expected_of(table(rows, names), rules, named=bool(names), ordered=ordered)


def verdict(
    gold: Rows,
    answer: Rows,
    gold_names: str = "",
    answer_names: str = "",
    rules: Rules = DEFAULT_RULES,
    *,
    ordered: bool = False,
) -> Verdict:
    """The verdict on one instance."""
    return judge([expected(gold, gold_names, rules, ordered=ordered)], [table(answer, answer_names)])
