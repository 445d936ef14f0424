"""Which answer column is which gold column, on all instances at once.

The order as written comes first. Where it does not fit, names decide if they map one to one. Else the values may: columns of different kinds
(number, text, date) change places freely; columns of one kind only if no other mapping fits, and at least two instances say so each for
itself, for on a single one (min, max) and (max, min) look alike too often.

    gold (name, n), answer (n, name)            accepted
    gold (low, high), answer (high, low)        by name, or on two instances that fit no other way

Extra columns, where they are allowed, are left out by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .cells import Kind, common_kind
from .columns import Column
from .comparison import Comparison, Mapping
from .mapping_search import Search

TOLD_APART = 2
"""Instances that have to fit a swap of columns of one kind and nothing else."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The mapping that a verdict rests on and the comparisons that it fits.

    refused: a mapping that fits all of them, but breaks the rules or is not told apart from others.
    """

    mapping: Mapping
    fits: tuple[bool, ...]
    refused: Mapping | None = None


def choose(comparisons: Sequence[Comparison]) -> Choice:
    """The first acceptable mapping that fits everywhere; where there is none, the one that fits most instances."""
    live = [comparison for comparison in comparisons if comparison.countable]
    if not live:
        return Choice(tuple(range(comparisons[0].expected.width)), (False,) * len(comparisons))
    best: Choice | None = None
    for mapping in _plain_mappings(comparisons):
        choice = Choice(mapping, tuple(comparison.fits(mapping) for comparison in comparisons))
        if all(choice.fits):
            return choice
        if best is None or sum(choice.fits) > sum(best.fits):
            best = choice
    assert best is not None
    return best if len(live) == sum(best.fits) else _by_values(comparisons, live, best)


def _by_values(comparisons: Sequence[Comparison], live: Sequence[Comparison], best: Choice) -> Choice:
    rules = comparisons[0].expected.rules
    search = Search(live)
    if not search.is_possible:
        return best
    found = search.first()
    if found is None:
        return best
    meant = search.first(
        search.keeps_all_in_order if rules.column_order == "exact" else search.keeps_kinds_in_order
    )
    if meant is None and rules.column_order == "any" and _is_told_apart(search, found):
        meant = found
    if meant is None:
        return Choice(best.mapping, best.fits, refused=found)
    return Choice(meant, tuple(comparison.fits(meant) for comparison in comparisons))


def _is_told_apart(search: Search, mapping: Mapping) -> bool:
    """Whether enough instances, each for itself, fit no mapping but this one; names that map one to one have spoken against it."""
    comparisons = search.comparisons
    if len(comparisons) < TOLD_APART or _by_name(comparisons[0]) is not None:
        return False
    told = 0
    for comparison in comparisons:
        told += search.is_only(mapping, comparison)
        if told == TOLD_APART:
            return True
    return False


def _plain_mappings(comparisons: Sequence[Comparison]) -> Iterator[Mapping]:
    """The mappings that need no search: as written, by name, by kind."""
    expected = comparisons[0].expected
    identity = tuple(range(expected.width))
    yield identity
    if expected.rules.column_order == "exact":
        return
    named = _by_name(comparisons[0])
    if named is not None and named != identity:
        yield named
    by_kind = _by_kind(comparisons)
    if by_kind is not None and by_kind not in (identity, named):
        yield by_kind


def _by_name(comparison: Comparison) -> Mapping | None:
    """The mapping by names, in any case; None unless each gold column has its own name, and that of one answer column."""
    if comparison.expected.names is None:
        return None
    wanted = [name.lower() for name in comparison.expected.names]
    given = [name.lower() for name in comparison.answer.names]
    if len(set(wanted)) != len(wanted) or any(given.count(name) != 1 for name in wanted):
        return None
    return tuple(given.index(name) for name in wanted)


def _by_kind(comparisons: Sequence[Comparison]) -> Mapping | None:
    """The mapping that keeps the order of the columns of each kind; None where the kinds are not the same, or some are unclear."""
    wanted = _kinds_of([comparison.expected.columns for comparison in comparisons])
    given = _kinds_of([comparison.columns for comparison in comparisons])
    if sorted(wanted) != sorted(given) or "null" in wanted:
        return None
    free = {kind: iter([j for j, other in enumerate(given) if other == kind]) for kind in given}
    return tuple(next(free[kind]) for kind in wanted)


def _kinds_of(results: Sequence[Sequence[Column]]) -> list[Kind]:
    """What each column holds over all instances, NULLs aside."""
    return [common_kind(column.kind for column in columns) for columns in zip(*results, strict=True)]
