"""The rows of a file in our shape: id, prompt, reference and completion under these names, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ..columns import parts_of
from ..errors import CannotWrite
from ..row_shapes import Recognised
from ..samples import Sample


class Writer:
    """Writes one line for each row."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, sample: Sample, completion: str | None, shape: Recognised) -> None:
        """A row. The columns that became prompt or reference are left out; what JSON has no sign for (a date) is written as text."""
        taken = {part for path in shape.columns.values() for part in parts_of(path)}
        kept = {name: value for name, value in sample.columns.items() if name not in taken}
        if shape.shape == "OpenAI item":
            kept.pop("item", None)
        answer = {} if completion is None else {"completion": completion}
        prompt: Any = list(sample.messages) if sample.messages else sample.prompt
        row = {"id": sample.id, "prompt": prompt, **kept, **answer}
        self._file.write(json.dumps(row, default=str, allow_nan=False) + "\n")


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer whose file takes its name only when all is written. Raises CannotWrite when the disk does not let it."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield Writer(file)
        part.replace(path)
    except OSError as error:
        raise CannotWrite(str(path), error) from None
    finally:
        part.unlink(missing_ok=True)
