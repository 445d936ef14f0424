"""Which prompts are shown apart (slices) and which belong together (clusters), by columns of the samples.

parts = parts_of(samples, slices=["kind"], cluster="database")
parts.slices["kind"]["q7"]          # "kind = joins"
parts.clusters["q7"]                # "clinic.sql"
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import ConfigError, did_you_mean
from ..samples import Sample

MOST = 100
"""Different values that a column of slices may have: each is a line of every table."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Parts:
    """`slices`: for each column, the part that each sample id is in. `clusters`: what each sample id belongs to; None: prompts stand alone."""

    slices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    clusters: Mapping[str, str] | None = None

    def cut(self, prompts: Mapping[str, _T]) -> Iterator[tuple[str, dict[str, _T]]]:
        """The prompts of each part that has any, column by column, parts in the order of their first prompts."""
        for part_of in self.slices.values():
            parts: dict[str, dict[str, _T]] = {}
            for sample, value in prompts.items():
                parts.setdefault(part_of[sample], {})[sample] = value
            yield from parts.items()

    def units(self, samples: Iterable[str]) -> int:
        """How many of the samples, or of the clusters that they are in, stand alone."""
        clusters = self.clusters
        return len({sample if clusters is None else clusters[sample] for sample in samples})


WHOLE = Parts()


def parts_of(samples: Iterable[Sample], slices: Sequence[str] = (), cluster: str | None = None) -> Parts:
    """Read the parts off the samples; ConfigError for a column that one of them lacks, and for one with too many values to be slices."""
    found: dict[str, dict[str, str]] = {column: {} for column in dict.fromkeys(slices)}
    clusters: dict[str, str] = {}
    values: dict[str, set[str]] = {column: set() for column in found}
    for sample in samples:
        for column, part_of in found.items():
            value = _text(_value(sample, column, "--slice"))
            part_of[sample.id] = f"{column} = {value}"
            values[column].add(value)
            if len(values[column]) > MOST:
                raise ConfigError(
                    f"--slice {column}: it has more than {MOST} different values; name a column of few, or use --cluster"
                )
        if cluster is not None:
            clusters[sample.id] = _text(_value(sample, cluster, "--cluster"))
    return Parts(found, None if cluster is None else clusters)


def _value(sample: Sample, column: str, option: str) -> Any:
    if column not in sample.columns:
        raise ConfigError(
            f"{option} {column}: no such column; available: {', '.join(sample.columns) or 'none'}."
            f"{did_you_mean(column, sample.columns)}",
            where=sample.where or None,
        )
    return sample.columns[column]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
