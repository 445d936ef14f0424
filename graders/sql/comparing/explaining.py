"""What is wrong with a result, in the words of a domain expert.

    2 columns; expected 3: no column holds the values of 'total' (gold column 3)
    column 2 'avg': 33.33; expected 33.3333 (rounded in the answer) in the row of ('Oslo')
    wrong order at row 3: ('Ann', 20) should come before ('Bob', 10)
    on instance 3 (NULLs, ties): one row too many: ('Rome', NULL)

A reason shows at most two rows, each cut to a line, written in the gold's order of columns.
"""

from __future__ import annotations

from .column_findings import other_order, other_width
from .comparison import Comparison
from .findings import Finding
from .leftovers import Leftovers
from .mappings import Choice
from .row_findings import multiplicity, place, rows, values
from .similarity import guess
from .wording import counted, row_text, shortened

MAX_WHY = 300


def explain(comparison: Comparison, choice: Choice, label: str = "") -> Finding:
    """Why an answer that does not fit is wrong on this instance; `label` names it where it is not the given one."""
    finding = _find(comparison, choice)
    why = f"on {label}: {finding.why}" if label else finding.why
    return Finding(finding.kind, shortened(why, MAX_WHY))


def _find(comparison: Comparison, choice: Choice) -> Finding:
    given, wanted = comparison.answer.rows, comparison.expected.count
    if comparison.expected.is_bare:
        return Finding("rows", f"{counted(len(given), 'row')}; expected none")
    if not choice.mapping:
        return other_width(comparison)
    if choice.refused is not None:
        return other_order(comparison, choice.refused)
    if not given:
        return Finding("rows", f"no rows; expected {wanted:,}")
    if not wanted:
        return Finding("rows", f"{counted(len(given), 'row')}, such as {row_text(given[0])}; expected none")
    left = Leftovers(comparison, choice.mapping if any(choice.fits) else guess(comparison))
    if not left.extra and not left.missing:
        return place(left)
    return multiplicity(left) or values(left) or rows(left)
