"""Which prompts of an evaluation stand in the training data too, as a column of the samples: figures with and without them are then slices.

found = mark_seen(samples, "train.jsonl")
found.samples[0].columns["seen_in_training"]        # "yes" or "no"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ConfigError
from ..overlap import clean_ids, find_overlap, told
from ..overlap.reading import stream_samples
from ..paths import display_path
from ..samples import Sample

SEEN = "seen_in_training"
"""The column that says so: "yes" for a prompt that training has too, or nearly; else "no"."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The samples with the column, how many of them were seen, and what is said about it."""

    samples: list[Sample]
    count: int
    told: tuple[str, ...]

    @property
    def slices(self) -> tuple[str, ...]:
        """The column to show figures by; none where all prompts are alike in it."""
        return (SEEN,) if 0 < self.count < len(self.samples) else ()


def mark_seen(
    samples: Sequence[Sample], train: str | Path, *, columns: Mapping[str, str] | None = None
) -> Seen:
    """Look every sample up in the rows that a model was trained on; docs/overlap.md says what counts.

    `columns` renames columns of the training file where it has them. Raises DataError for a file that cannot be read, ConfigError when the samples have such a column already.
    """
    taken = next((sample for sample in samples if SEEN in sample.columns), None)
    if taken is not None:
        raise ConfigError(f"the rows have a column '{SEEN}' already; rename it", where=taken.where or None)
    overlap = find_overlap(stream_samples(train, columns or {}), samples)
    clean = clean_ids(overlap)
    marked = [
        replace(sample, columns={**sample.columns, SEEN: "no" if sample.id in clean else "yes"})
        for sample in samples
    ]
    return Seen(
        marked, len(samples) - len(clean), tuple(f"{display_path(train)}: {line}" for line in told(overlap))
    )
