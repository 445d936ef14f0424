"""Differences in the columns of a result: their number, and their order."""

from __future__ import annotations

from collections.abc import Sequence

from .comparison import Comparison, Mapping
from .equality import Expected
from .findings import Finding
from .similarity import pairs_of
from .wording import counted, listed, name_text

MAX_NAMES = 4


def other_width(comparison: Comparison) -> Finding:
    """Too many columns, or too few: which, as far as the values tell."""
    expected, given = comparison.expected, len(comparison.answer.rows)
    at_least = "at least " if expected.rules.extra_columns == "allow" else ""
    text = f"{counted(comparison.width, 'column')}; expected {at_least}{expected.width}"
    named = f"{text} {_names(expected)}".rstrip()
    if given != expected.count:
        return Finding("columns", f"{named}; {counted(given, 'row')}; expected {expected.count:,}")
    if not given:
        return Finding("columns", named)
    found = [(i, j) for i, j, share in pairs_of(comparison) if share == 1.0]
    lost = sorted(set(range(expected.width)).difference(i for i, _ in found))
    if lost:
        return Finding("columns", f"{text}: no column holds the values of {_gold_columns(expected, lost)}")
    extra = sorted(set(range(comparison.width)).difference(j for _, j in found))
    return Finding("columns", _too_many([comparison.answer.names[j] for j in extra]))


def other_order(comparison: Comparison, mapping: Mapping) -> Finding:
    """The right values, but in columns that changed places."""
    expected = comparison.expected
    moved = [i for i, j in enumerate(mapping) if i != j]
    numbers = listed([str(j + 1) for j in sorted(mapping[i] for i in moved)][:MAX_NAMES])
    done = "have changed places" if len(moved) == 2 else "come in another order"
    names = _names(expected)
    return Finding("columns", f"columns {numbers} {done}{f'; expected {names}' if names else ''}")


def _names(expected: Expected) -> str:
    """The gold's column names, in parentheses; "" where there are none, or too many."""
    if expected.names is None or len(expected.names) > MAX_NAMES:
        return ""
    return f"({', '.join(map(name_text, expected.names))})"


def _gold_columns(expected: Expected, columns: Sequence[int]) -> str:
    if expected.names is None:
        return listed([f"gold column {i + 1}" for i in columns[:2]])
    names = [f"{name_text(expected.names[i])} (gold column {i + 1})" for i in columns[:2]]
    return listed([*names, f"{len(columns) - 2} more"] if len(columns) > 2 else names)


def _too_many(names: Sequence[str]) -> str:
    shown = listed([name_text(name) for name in names[:2]])
    if len(names) == 1:
        return f"one column too many: {shown}"
    return f"{len(names)} columns too many{', such as' if len(names) > 2 else ':'} {shown}"
