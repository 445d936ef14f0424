"""Rows of task data: reading them from files and giving them one shape.

    id,prompt,answer                       Sample(id="q1", prompt="What is 6 x 7?", columns={"reference": "42"})
    q1,What is 6 x 7?,42          ->       read_samples("rows.csv", columns={"reference": "answer"})

JSONL, JSON, CSV, Parquet and folders of data sets are read (rows.py). Values of a CSV stay text: a label "007" is not the number 7.
Rows as other tools write them are recognised (row_shapes.py). Every error names file and line. A prompt that is a list of chat messages is kept in `messages`, and `prompt` is their text.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from .columns import find_value, parts_of
from .errors import DataError, did_you_mean
from .row_shapes import Recognised, recognise, unwrapped
from .rows import Row, iter_rows

Message: TypeAlias = dict[str, Any]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of task data; never a generated text."""

    id: str
    prompt: str
    columns: Mapping[str, Any]
    messages: tuple[Message, ...] | None = None
    where: str = ""

    @property
    def reference(self) -> Any:
        """The known-good answer, or None when the row has none."""
        return self.columns.get("reference")

    def row(self) -> dict[str, Any]:
        """The whole row as one mapping: id, prompt and every column."""
        return {"id": self.id, "prompt": self.prompt, **self.columns}


OnShape: TypeAlias = Callable[[Recognised], None]
"""Is told, once for a file, which columns were taken for a prompt or a reference that the rows do not have by name."""


def read_samples(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    recognised: bool = True,
    on_shape: OnShape | None = None,
) -> list[Sample]:
    """Read samples; `columns` maps our name to the file's: `{"reference": "answer"}`. Ids must be unique.

    Where the first row shows the shape of another tool (row_shapes.py), prompt and reference are taken from its columns, which stay, and
    `on_shape` is told; with `recognised=False` rows are taken as they are written.
    """
    rows = iter_rows(path)
    first = next(rows)
    shape = shape_of(first, columns or {}) if recognised else Recognised()
    if shape.columns and on_shape is not None:
        on_shape(shape)
    samples = [sample_of(row, columns=columns, shape=shape) for row in chain([first], rows)]
    check_unique(samples)
    return samples


def check_unique(samples: Iterable[Sample]) -> None:
    """DataError, with both lines, when two samples have one id."""
    seen: dict[str, str] = {}
    for sample in samples:
        if sample.id in seen:
            raise DataError(
                f"id {sample.id!r} is already the id of {seen[sample.id]}; ids must be unique",
                where=sample.where,
            )
        seen[sample.id] = sample.where


def some_of(rows: Sequence[_T], limit: int | None, *, seed: int = 0) -> list[_T]:
    """At most `limit` of the rows, drawn at random by `seed` and kept in their order: a file may be sorted by kind."""
    return [rows[index] for index in drawn(len(rows), limit, seed=seed)]


def drawn(count: int, limit: int | None, *, seed: int = 0) -> Sequence[int]:
    """The places, in rising order from 0, of the rows that `limit` and `seed` choose out of `count`."""
    if limit is None or limit >= count:
        return range(count)
    return sorted(random.Random(seed).sample(range(count), limit))


def shape_of(row: Row, columns: Mapping[str, str]) -> Recognised:
    """What is recognised of a file by its first row, once `columns` (ours -> theirs) are applied."""
    return recognise(rename(row, columns))


def sample_of(
    row: Row, *, columns: Mapping[str, str] | None = None, shape: Recognised | None = None
) -> Sample:
    """The sample in a row: renamed columns, the prompt as text, an id (its `id` column, else a hash of its content).

    What `shape` recognised stands beside what the row has.
    """
    values = rename(row, columns or {})
    for ours, path in shape.columns.items() if shape is not None else ():
        if ours not in values and (found := find_value(values, path)) is not None:
            values[ours] = found[0]
    text, messages = prompt_of(values.pop("prompt", None), values.pop("messages", None), row.where)
    ident = values.pop("id", None)
    if ident == "":
        raise DataError(
            "the id is empty; give the row one, or leave the column out of the file", where=row.where
        )
    return Sample(
        str(ident) if ident is not None else _content_id(row.values), text, values, messages, row.where
    )


def prompt_of(prompt: Any, messages: Any, where: str) -> tuple[str, tuple[Message, ...] | None]:
    """A prompt as text and, when it was given as chat messages, those; DataError when they are none."""
    if isinstance(prompt, list):
        prompt, messages = None, prompt
    if messages is not None:
        messages = _messages(messages, where)
        prompt = prompt if prompt is not None else "\n\n".join(message_text(m) for m in messages)
    return "" if prompt is None else str(prompt), messages


def rename(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    """The row's values with `columns` (ours -> theirs) applied; DataError when a named column is not there.

    A dot leads into a mapping (`reward_model.ground_truth`), which is kept; ` + ` joins texts (`instruction + input`).
    """
    values, renamed = unwrapped(row.values), {}
    if not columns:
        return dict(values)
    for ours, theirs in columns.items():
        found = find_value(values, theirs)
        if found is None:
            hint = did_you_mean(theirs, values)
            raise DataError(
                f"no column '{theirs}' (for '{ours}'); available: {', '.join(values)}.{hint}",
                where=row.where,
            )
        renamed[ours] = found[0]
    used = {part for theirs in columns.values() for part in (theirs, *parts_of(theirs))}
    return {**{name: value for name, value in values.items() if name not in used}, **renamed}


def _messages(value: Any, where: str) -> tuple[Message, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise DataError("'messages' must be a non-empty list of {role, content}", where=where)
    for message in value:
        if not isinstance(message, Mapping) or not {"role", "content"} <= set(message):
            raise DataError(f"each message needs 'role' and 'content'; got {message!r:.80}", where=where)
    return tuple(dict(message) for message in value)


def message_text(message: Message) -> str:
    """The text of a chat message; of one in parts, the texts among them."""
    content = message["content"]
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)


def _content_id(values: Mapping[str, Any]) -> str:
    text = json.dumps({str(key): value for key, value in values.items()}, sort_keys=True, default=repr)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
