"""How much of the right result an answer holds, for partial credit: 0 (no more than a blind answer) to 1.

F = F1 of the rows x F1 of the columns. Columns are paired one to one, greedily by the values they share; both results are cut to the
paired columns and compared as bags, by the same rules as the verdict. So duplicates, extra rows and extra columns cost precision.
`above_chance` then subtracts what answers that know nothing of the question reach on the same instance (all rows of a table, its count, 0, 1,
NULL). The side of the gold is computed once and kept in its `Expected`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..engines.engine import Table
from .comparison import Comparison, Mapping
from .equality import Expected, is_same
from .pairing import Cells

MAX_PAIRS = 4_096
"""Pairs of columns that are weighed; in wider results a column is paired with the one at its own position."""

_CLEARLY_BETTER = 0.5
_UNCERTAIN = {"null", "other"}


def table_f1(expected: Expected, answer: Table, *, extra_columns: bool = False) -> float:
    """F1 of rows x F1 of columns, 0 to 1; 0 when either result is empty. Order does not count, nor do extra columns if they are allowed."""
    if not expected.count or not answer.rows:
        return 0.0
    if is_same(expected, answer):
        return 1.0
    comparison = Comparison(expected, answer)
    pairs = sorted((i, j) for i, j, _ in pairs_of(comparison))
    if not pairs:
        return 0.0
    gold, given = comparison.rows(pairs)
    if extra_columns:
        return _rows_f1(expected, gold, given) * len(pairs) / expected.width
    return _rows_f1(expected, gold, given) * 2 * len(pairs) / (expected.width + comparison.width)


def above_chance(value: float, chance: float) -> float:
    """The part of `value` beyond `chance`, both 0 to 1, as a share of what was left to gain."""
    return max(0.0, (value - chance) / (1.0 - chance)) if chance < 1.0 else 0.0


def pairs_of(comparison: Comparison) -> list[tuple[int, int, float]]:
    """Pairs (gold column, answer column, what they share), each column used once, the best first; ties go to equal positions."""
    width, given = comparison.expected.width, comparison.width
    own = {(i, i): overlap(comparison, i, i) for i in range(min(width, given))}
    pairs = [(i, j, share) for (i, j), share in own.items() if share == 1.0]
    golds = set(range(width)).difference(i for i, _, _ in pairs)
    answers = set(range(given)).difference(j for _, j, _ in pairs)
    too_wide = len(golds) * len(answers) > MAX_PAIRS
    weighed = [
        (-(own[i, j] if i == j else overlap(comparison, i, j)), abs(i - j), i + j, i, j)
        for i in golds
        for j in ((answers & {i}) if too_wide else answers)
    ]
    for share, _, _, i, j in sorted(weighed):
        if share < 0 and i in golds and j in answers:
            golds.remove(i)
            answers.remove(j)
            pairs.append((i, j, -share))
    return pairs


def guess(comparison: Comparison) -> Mapping:
    """What the answer's columns were probably meant to be: as written, unless the values speak clearly for another mapping."""
    width = comparison.expected.width
    identity = tuple(range(width))
    if 2 * sum(comparison.may_map(i, i) for i in identity) > width:
        return identity
    pairs = pairs_of(comparison)
    as_written = sum(overlap(comparison, i, i) for i in identity)
    if sum(share for _, _, share in pairs) < as_written + _CLEARLY_BETTER:
        return identity
    mapping = {i: j for i, j, _ in pairs}
    free = iter(j for j in range(comparison.width) if j not in mapping.values())
    return tuple(mapping[i] if i in mapping else next(free) for i in identity)


def overlap(comparison: Comparison, i: int, j: int) -> float:
    """The share of cells that gold column i and answer column j have in common, 0 to 1."""
    gold, answer = comparison.pair(i, j)
    if gold.kind != answer.kind and not {gold.kind, answer.kind} & _UNCERTAIN:
        return 0.0
    inexact = gold.inexact or answer.inexact
    golds, answers = (gold.coarse, answer.coarse) if inexact else (gold.bag, answer.bag)
    common = golds.keys() & answers.keys()
    if not common:
        return 0.0
    if comparison.expected.rules.duplicates == "set":
        return len(common) / max(len(golds), len(answers))
    shared = sum(map(min, map(golds.__getitem__, common), map(answers.__getitem__, common)))
    count = comparison.expected.count
    return min(shared, count) / max(count, len(comparison.answer.rows))


def _rows_f1(expected: Expected, gold: Sequence[Cells], given: Sequence[Cells]) -> float:
    if expected.rules.duplicates == "set":
        golds, answers = set(gold), set(given)
        return 2 * len(golds & answers) / (len(golds) + len(answers))
    shared = min((Counter(gold) & Counter(given)).total(), expected.count)
    return 2 * shared / (expected.count + len(given))
