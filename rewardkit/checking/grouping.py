"""What checks mean for a grader of groups, whose scores may depend on the completions beside the one that is looked at.

A ranking says nothing of a right answer alone, so it is held to its orders and to right answers beside wrong ones.
A case and a probe are groups of one, the completions of an order are one group. An answer that must not pass is tried beside a right
answer of its row: alone in its group it may well be the best one. Where no right answer is known, that cannot be tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .results import Skipped
from .trials import Planned, Trial

_BESIDE_A_RIGHT_ANSWER = (
    "RK102",
    "RK104",
    "RK105",
    "RK106",
    "RK107",
    "RK108",
    "RK109",
    "RK110",
    "RK111",
    "RK114",
    "RK115",
    "RK116",
    "RK117",
)
_NOT_TRIED = {"RK118": "it grades groups: without a reference, one completion of each may pass as the best"}
_ALONE = "it compares completions: a right answer alone has nothing to be compared with"
_OTHERS = "add @order(worse, better), or `gold` and `wrong` columns to --data"
_ADVICE = "add @case(..., expect=1), or a `gold` column to --data"


def for_groups(
    planned: Iterable[Trial | Skipped], *, reference_free: bool, needs_others: bool = False
) -> Planned:
    """The trials of a grader of groups in place of those of a grader of single completions, and what is left out of them and why."""
    skipped: dict[str, Skipped] = {}
    for entry in planned:
        if isinstance(entry, Skipped):
            yield entry
        elif entry.check in _NOT_TRIED:
            skipped[entry.check] = Skipped(entry.check, _NOT_TRIED[entry.check])
        elif needs_others and entry.check == "RK101":
            skipped["RK101"] = Skipped("RK101", _ALONE, _OTHERS)
        elif entry.expected.kind in ("not_raised", "less", "not_both"):
            why = "it grades groups: what two answers earn in different groups cannot be compared"
            skipped[entry.check] = Skipped(entry.check, why)
        elif entry.check not in _BESIDE_A_RIGHT_ANSWER:
            yield entry
        elif reference_free:
            why = "it grades groups without a reference: what is good beside a right answer is for its cases to say"
            skipped[entry.check] = Skipped(entry.check, why)
        elif entry.row.golds:
            (completion,) = entry.completions
            together = (entry.row.golds[0], completion)
            yield replace(entry, row=replace(entry.row, together=together))
        else:
            why = "it grades groups, and no right answer is known to put beside a wrong one"
            skipped[entry.check] = Skipped(entry.check, why, _ADVICE)
    yield from skipped.values()
