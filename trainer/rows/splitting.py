"""Rows in folds: which of few labelled rows are held out together, so that each is held out once and none is ever on both sides.

    groups = grouped(samples, cluster="database")       # [0, 1, 1, 2]: rows 1 and 2 have one prompt, or one database
    folds_of(groups, 2, seed=0)                         # ((0, 3), (1, 2)): places of the rows, every group in one fold

Rows that share a prompt belong together, as do rows that share a value of `cluster`, and whatever is linked through others.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Hashable, Sequence

from rewardkit.samples import Sample


def grouped(samples: Sequence[Sample], cluster: str | None = None) -> list[int]:
    """The group of each sample, numbered from 0 in order of appearance. A sample without a value of `cluster` is grouped by its prompt."""
    parents = list(range(len(samples)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    first: dict[Hashable, int] = {}
    for place, sample in enumerate(samples):
        for mark in _marks(sample, cluster):
            a, b = sorted((root(first.setdefault(mark, place)), root(place)))
            parents[b] = a
    numbers: dict[int, int] = {}
    return [numbers.setdefault(root(place), len(numbers)) for place in range(len(samples))]


def folds_of(groups: Sequence[int], folds: int, *, seed: int) -> tuple[tuple[int, ...], ...]:
    """`folds` lists of places in `groups`, each place in one of them and the places of a group together; sizes are as even as that allows.

    Groups are shuffled by `seed`, and the largest are dealt out first, each to the smallest fold. ValueError for more folds than groups.
    """
    sizes = Counter(groups)
    if not 1 <= folds <= len(sizes):
        raise ValueError(f"folds must be 1 to {len(sizes)}, the number of groups; got {folds}")
    order = sorted(sizes)
    random.Random(seed).shuffle(order)
    rows = [0] * folds
    fold_of: dict[int, int] = {}
    for group in sorted(order, key=lambda group: -sizes[group]):
        fold_of[group] = min(range(folds), key=lambda fold: rows[fold])
        rows[fold_of[group]] += sizes[group]
    return tuple(
        tuple(place for place, group in enumerate(groups) if fold_of[group] == fold) for fold in range(folds)
    )


def prompt_mark(sample: Sample) -> Hashable:
    """What two rows of one prompt have in common."""
    return ("prompt", sample.prompt, str(sample.messages))


def _marks(sample: Sample, cluster: str | None) -> list[Hashable]:
    marks = [prompt_mark(sample)]
    value = None if cluster is None else sample.columns.get(cluster)
    return marks if value is None else [*marks, ("cluster", str(value))]
