"""When the rows of an answer, written as keys, are the rows that are expected: bags, sets, groups in order, ties cut by a LIMIT."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeAlias, TypeVar

from .cells import near
from .equality import Expected
from .pairing import Cells, pair_up

H = TypeVar("H", bound=Hashable)
Sides: TypeAlias = tuple[Sequence[Hashable], Sequence[Hashable]]


def rows_fit(expected: Expected, gold: Sequence[Cells], answer: Sequence[Cells]) -> bool:
    """Whether `answer` is right; `gold` are the allowed rows of `expected`, as keys in the same terms. But for sets, their number is right."""
    if expected.rules.duplicates == "set":
        return _set_fits(expected, gold, answer)
    if gold == answer:
        return True
    gold, answer = _placed(expected, gold, answer)
    if not bag_fits(expected, Counter(gold), Counter(answer)):
        return False
    if expected.in_order or not expected.is_open:
        return True
    return Counter(row for i, row in enumerate(gold) if is_needed(expected, i)) <= Counter(answer)


def near_fit(
    expected: Expected, gold: Sequence[Cells], answer: Sequence[Cells], unclear: Sequence[Sides]
) -> bool:
    """Whether rows that fit by their keys are near each other too; `unclear` are the columns, gold and answer, where that is not sure."""
    gold, answer = _placed(expected, gold, answer)
    golds = _by_key(gold, [cells[0] for cells in unclear])
    answers = _by_key(answer, [cells[1] for cells in unclear])

    def near_rows(a: Cells, b: Cells) -> bool:
        return all(near(x, y, expected.rules) for x, y in zip(a, b, strict=True))

    if expected.rules.duplicates == "bag":
        return all(pair_up(golds[key], rows, near_rows) for key, rows in answers.items())
    there = all(pair_up(golds[key], rows, near_rows, reuse=True) for key, rows in answers.items())
    return there and (
        expected.is_open
        or all(pair_up(answers[key], rows, near_rows, reuse=True) for key, rows in golds.items())
    )


def bag_fits(expected: Expected, gold: Counter[H], answer: Counter[H]) -> bool:
    """Whether the answer's bag of rows, or of the cells of one column, may be right: the gold's, or part of it at a LIMIT."""
    if expected.rules.duplicates == "set":
        return answer.keys() <= gold.keys() if expected.is_open else answer.keys() == gold.keys()
    if expected.is_open:
        return all(gold.get(row, 0) >= times for row, times in answer.items())
    return dict.__eq__(gold, answer)


def is_needed(expected: Expected, index: int) -> bool:
    """Whether every right answer has this one of the allowed rows: no LIMIT leaves it open."""
    return not expected.is_open or not expected.groups[expected.places[index]].is_open


def _placed(
    expected: Expected, gold: Sequence[Cells], answer: Sequence[Cells]
) -> tuple[Sequence[Cells], Sequence[Cells]]:
    """Rows of which each begins with the number of its group, where order counts: then any other order is another bag."""
    if not expected.in_order or expected.rules.duplicates == "set":
        return gold, answer
    placed = zip(expected.needed_places, answer, strict=True)
    return list(zip(expected.places, gold, strict=True)), list(placed)


def _by_key(keys: Sequence[Cells], columns: Sequence[Sequence[Hashable]]) -> dict[Cells, list[Cells]]:
    rows: defaultdict[Cells, list[Cells]] = defaultdict(list)
    for key, row in zip(keys, zip(*columns, strict=True), strict=True):
        rows[key].append(row)
    return rows


def _set_fits(expected: Expected, gold: Sequence[Cells], answer: Sequence[Cells]) -> bool:
    """As `rows_fit`, every row counted once, where it comes first."""
    places: dict[Cells, int] = {}
    for place, row in zip(expected.places, gold, strict=True):
        places.setdefault(row, place)
    given = dict.fromkeys(answer)
    if not given.keys() <= places.keys():
        return False
    order = [places[row] for row in given]
    counts = Counter(order)
    for place, available in Counter(places.values()).items():
        group = expected.groups[place]
        fewest, most = (1, group.count) if group.is_open else (available, available)
        if not fewest <= counts[place] <= most:
            return False
    return not expected.in_order or order == sorted(order)
