"""How much of the right result an answer holds, for partial credit: 0 (no more than a blind answer) to 1.

F = F1 of the rows x F1 of the columns. Columns are paired one to one, greedily by the values they share; both results are cut to the
paired columns and compared as bags. So duplicates, extra rows and extra columns cost precision. `above_chance` then subtracts what
answers that know nothing of the question reach on the same fixture (all rows of a table, its count, 0, 1, NULL).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

from .cells import plain, read_text
from ..engines.duckdb_execution import Table

Cells = tuple[Hashable, ...]


def table_f1(gold: Table, answer: Table) -> float:
    """F1 of rows x F1 of columns, 0 to 1; 0 when either result is empty."""
    if not gold.rows or not answer.rows:
        return 0.0
    gold_columns, answer_columns = _columns(gold), _columns(answer)
    pairs = _paired(gold_columns, answer_columns)
    if not pairs:
        return 0.0
    gold_rows = Counter(zip(*(gold_columns[i] for i, _ in pairs), strict=True))
    answer_rows = Counter(zip(*(answer_columns[j] for _, j in pairs), strict=True))
    rows_f1 = 2 * (gold_rows & answer_rows).total() / (gold_rows.total() + answer_rows.total())
    return rows_f1 * 2 * len(pairs) / (len(gold_columns) + len(answer_columns))


def above_chance(value: float, chance: float) -> float:
    """The part of `value` beyond `chance`, both 0 to 1, as a share of what was left to gain."""
    return max(0.0, (value - chance) / (1.0 - chance)) if chance < 1.0 else 0.0


def _columns(table: Table) -> list[list[Hashable]]:
    return [[_rounded(row[i]) for row in table.rows] for i in range(len(table.names))]


def _paired(
    gold: Sequence[Sequence[Hashable]], answer: Sequence[Sequence[Hashable]]
) -> list[tuple[int, int]]:
    """Pairs (gold column, answer column), each used once, best overlap first; ties go to equal positions."""
    gold_bags, answer_bags = [Counter(c) for c in gold], [Counter(c) for c in answer]
    overlaps = [
        ((a & b).total() / max(a.total(), b.total()), i == j, -i, -j)
        for i, a in enumerate(gold_bags)
        for j, b in enumerate(answer_bags)
    ]
    pairs: list[tuple[int, int]] = []
    for overlap, _, i, j in sorted(overlaps, reverse=True):
        if overlap > 0 and all(-i != g and -j != a for g, a in pairs):
            pairs.append((-i, -j))
    return sorted(pairs)


def _rounded(value: object) -> Hashable:
    """A cell for counting: numbers to six digits (whole ones exact), dates and numbers in text as what they say."""
    cell = read_text(plain(value))
    if isinstance(cell, tuple):
        return tuple(_rounded(item) for item in cell)
    if isinstance(cell, int | str | bytes) or cell is None:
        return cell
    try:
        number = float(cell)  # type: ignore[arg-type]  # float and Decimal; a date raises and stays itself
    except (TypeError, ValueError):
        return cell
    return plain(float(f"{number:.6g}"))
