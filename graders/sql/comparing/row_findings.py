"""Differences in the rows of a result: too many or too few, in the wrong order, too often, or with a wrong value in them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from .findings import Finding, FindingKind
from .leftovers import Leftovers
from .pairing import Cells
from .wording import cells_apart, counted, listed, name_text, row_text

MAX_NUMBERS = 4
_BEYOND_LIMIT = "the rows are not those that LIMIT and OFFSET keep"
_DOUBLED = ": a join that doubles rows?"
_LOST = ": a DISTINCT, or a GROUP BY, that takes rows away?"


def place(left: Leftovers) -> Finding:
    """All rows are right, but not where they stand, or not how many come from either side of a LIMIT."""
    expected = left.comparison.expected
    given, wanted = len(left.comparison.answer.rows), expected.count
    if given != wanted and expected.rules.duplicates == "bag":
        return Finding("rows", f"{counted(given, 'row')}; expected {wanted:,}")
    if not expected.in_order:
        text = "the numbers differ by more than rounding" if not expected.is_open else _BEYOND_LIMIT
        return Finding("values", text)
    places = _places(left)
    first = next((i for i, (a, b) in enumerate(zip(places, sorted(places), strict=True)) if a != b), None)
    if first is None:
        return Finding("rows", _BEYOND_LIMIT)
    early, late = _given(left, first), _given(left, places.index(min(places[first:]), first))
    turned = "; the order is reversed" if places == sorted(places, reverse=True) else ""
    return Finding("order", f"wrong order at row {first + 1:,}: {late} should come before {early}{turned}")


def multiplicity(left: Leftovers) -> Finding | None:
    """The right rows, too often or not often enough; None when there are others."""
    gold, answer = left.keys
    if set(gold) != set(answer):
        return None
    index = left.extra[0] if left.extra else answer.index(gold[left.missing[0]])
    comes, wanted = answer.count(answer[index]), gold.count(answer[index])
    cause = "" if left.extra and left.missing else _DOUBLED if left.extra else _LOST
    return Finding(
        "duplicates",
        f"row {_given(left, index)} comes {counted(comes, 'time')}; expected {counted(wanted, 'time')};"
        f" the rows are right, but not how often they come{cause}",
    )


def values(left: Leftovers) -> Finding | None:
    """Rows that are right but for some of their columns; None when they do not pair up like that."""
    wrong = left.wrong_columns()
    if not wrong and len(left.extra) == len(left.missing):
        return Finding(
            "values",
            "every column holds the right values, but the rows pair them wrongly: "
            f"{_given(left, left.extra[0])} should not be there, {_wanted(left, left.missing[0])} should",
        )
    partner = left.partner(wrong)
    if partner is None:
        return None
    got = left.comparison.answer.rows[left.extra[0]]
    want = left.comparison.expected.allowed[partner]
    more = len(left.extra) - 1
    also = f"; {more:,} more {'row is' if more == 1 else 'rows are'} wrong there" if more else ""
    rest = [want[i] for i in range(len(left.mapping)) if i not in wrong]
    where = f" in the row of {row_text(rest)}" if rest and left.comparison.expected.count > 1 else ""
    return Finding("values", f"{_apart(left, wrong, got, want)}{where}{also}")


def rows(left: Leftovers) -> Finding:
    """Rows that are not expected, and expected rows that are not there."""
    given, wanted = len(left.comparison.answer.rows), left.comparison.expected.count
    kind: FindingKind = "values" if given == wanted else "rows"
    extra, missing = len(left.extra), len(left.missing)
    if not missing:
        shown = listed([_given(left, index) for index in left.extra[:2]])
        return Finding(kind, f"{_rows(extra)} too many{_such_as(extra, 2)} {shown}")
    if not extra:
        shown = listed([_wanted(left, index) for index in left.missing[:2]])
        return Finding(kind, f"{_rows(missing)} missing{_such_as(missing, 2)} {shown}")
    counts = "" if given == wanted else f"{counted(given, 'row')}; expected {wanted:,}: "
    wrong = f"{_rows(extra)} wrong{_such_as(extra, 1)} {_given(left, left.extra[0])}"
    lost = f"{_rows(missing)} missing{_such_as(missing, 1)} {_wanted(left, left.missing[0])}"
    return Finding(kind, f"{counts}{wrong}; {lost}")


def _apart(left: Leftovers, wrong: Sequence[int], got: Sequence[object], want: Sequence[object]) -> str:
    """What one row holds in these columns, and what it should."""
    given = [left.mapping[i] for i in wrong]
    if len(wrong) == 1:
        name = name_text(left.comparison.answer.names[given[0]])
        return f"column {given[0] + 1} {name}: {cells_apart(got[given[0]], want[wrong[0]])}"
    numbers = listed([str(j + 1) for j in given[:MAX_NUMBERS]])
    return f"columns {numbers}: {row_text([got[j] for j in given])}; expected {row_text([want[i] for i in wrong])}"


def _places(left: Leftovers) -> list[int]:
    """The group that each answer row belongs to; a row of several groups belongs to the first that has not had it."""
    gold, answer = left.keys
    expected = left.comparison.expected
    free: defaultdict[Cells, deque[int]] = defaultdict(deque)
    for place, row in zip(expected.places, gold, strict=True):
        free[row].append(place)
    if expected.rules.duplicates == "set":
        return [free[row][0] for row in dict.fromkeys(answer)]
    return [free[row].popleft() for row in answer]


def _given(left: Leftovers, index: int) -> str:
    row = left.comparison.answer.rows[index]
    return row_text([row[j] for j in left.mapping])


def _wanted(left: Leftovers, index: int) -> str:
    return row_text(left.comparison.expected.allowed[index])


def _rows(number: int) -> str:
    return "one row" if number == 1 else counted(number, "row")


def _such_as(number: int, shown: int) -> str:
    return ", such as" if number > shown else ":"
