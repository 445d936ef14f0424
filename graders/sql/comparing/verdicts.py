"""Whether an answer's results are the gold's results, over several instances of the database.

    judge([expected on the given rows, expected on a1], [result on the given rows, result on a1])

One mapping of columns must hold on all instances (`mappings.py`). The words for what is wrong are made only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..engines.engine import Table
from .comparison import Comparison
from .equality import Expected, is_same
from .explaining import explain
from .findings import Finding, FindingKind
from .mappings import Choice, choose


@dataclass(frozen=True)
class Verdict:
    """exact: the answer is right on every instance. equal: on which it is. instance: the first on which it is not; None when exact."""

    exact: bool
    equal: tuple[bool, ...]
    instance: int | None = None
    _explain: Callable[[], Finding] = field(default=lambda: Finding("", ""), repr=False, compare=False)

    @property
    def why(self) -> str:
        """What is wrong, for a domain expert; "" when exact. At most two rows of the results are shown."""
        return self._finding.why

    @property
    def kind(self) -> FindingKind:
        """What sort of difference `why` describes; "" when exact."""
        return self._finding.kind

    @cached_property
    def _finding(self) -> Finding:
        return self._explain()


def judge(expected: Sequence[Expected], answers: Sequence[Table], labels: Sequence[str] = ()) -> Verdict:
    """The verdict on `answers`, one for each instance in `expected`.

    labels: what to call the instances in words ("instance 3 (NULLs, ties)"), "" for the rows as given, which need no mention.
    """
    same = [is_same(e, a) for e, a in zip(expected, answers, strict=True)]
    if all(same):
        return Verdict(True, tuple(same))
    comparisons = [Comparison(e, a, same=s) for e, a, s in zip(expected, answers, same, strict=True)]
    choice = _choose(comparisons)
    if all(choice.fits):
        return Verdict(True, choice.fits)
    instance = choice.fits.index(False)
    label = labels[instance] if labels else ""
    return Verdict(False, choice.fits, instance, lambda: explain(comparisons[instance], choice, label))


def is_right(expected: Expected, answer: Table) -> bool:
    """Whether an answer is right on a single instance."""
    return is_same(expected, answer) or judge([expected], [answer]).exact


def _choose(comparisons: Sequence[Comparison]) -> Choice:
    """The mapping of columns; none where their number is wrong, or differs between instances (as PIVOT's may)."""
    widths = {(comparison.expected.width, comparison.width) for comparison in comparisons}
    wanted, given = next(iter(widths))
    more_allowed = comparisons[0].expected.rules.extra_columns == "allow"
    if len(widths) == 1 and (given == wanted or (more_allowed and given > wanted)):
        return choose(comparisons)
    return Choice((), tuple(c.same for c in comparisons))
