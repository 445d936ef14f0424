"""The rows of a training or evaluation file as samples, one at a time: a training file may be long and hold a row twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..row_shapes import Recognised
from ..rows import iter_rows
from ..samples import OnShape, Sample, sample_of, shape_of


def stream_samples(
    file: str | Path, columns: Mapping[str, str], *, on_shape: OnShape | None = None
) -> Iterator[Sample]:
    """The samples of a file; `columns` is for two files, so a column that this one has under our name is not looked for under the other's.

    The first row says whether the file has the shape of another tool, as for every verb; `on_shape` is told which columns were taken.
    """
    shape: Recognised | None = None
    for row in iter_rows(file):
        wanted = {
            ours: theirs for ours, theirs in columns.items() if theirs in row.values or ours not in row.values
        }
        if shape is None:
            shape = shape_of(row, wanted)
            if shape.columns and on_shape is not None:
                on_shape(shape)
        yield sample_of(row, columns=wanted, shape=shape)
