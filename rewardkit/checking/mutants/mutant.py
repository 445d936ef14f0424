"""One wrong answer made from a right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Sort: TypeAlias = Literal["changed", "more", "less"]

# Edits that are wrong for most answers, and are asked about where they may not be.
OTHER_SIGN = "the other sign"
HUNDREDFOLD = ("a hundred times as much", "a hundredth of it")
NEGATED = "negated"
OTHER_ORDER = "in the opposite order"


@dataclass(frozen=True, slots=True)
class Mutant:
    """The content of an answer after one edit.

    `operator` names the edit in a few words. `sort`: something of it is changed, there is more than asked for, or less. `provable`: there is
    no way to read it as right; else it counts when several are accepted.
    """

    operator: str
    value: Any
    sort: Sort = "changed"
    provable: bool = False
