"""Rows of task data: reading them from files and giving them one shape.

    id,prompt,answer                       Sample(id="q1", prompt="What is 6 x 7?", columns={"reference": "42"})
    q1,What is 6 x 7?,42          ->       read_samples("rows.csv", columns={"reference": "answer"})

JSONL, JSON, CSV and Parquet are read by the ending of the file's name (rows.py). Values of a CSV stay text: a label "007" is not the
number 7. Every error names file and line. A prompt that is a list of chat messages is kept in `messages`, and `prompt` is their text.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from .errors import DataError, did_you_mean
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


def read_samples(path: str | Path, *, columns: Mapping[str, str] | None = None) -> list[Sample]:
    """Read samples; `columns` maps our name to the file's: `{"reference": "answer"}`. Ids must be unique."""
    samples = [sample_of(row, columns=columns) for row in iter_rows(path)]
    seen: dict[str, str] = {}
    for sample in samples:
        if sample.id in seen:
            raise DataError(
                f"id {sample.id!r} is already the id of {seen[sample.id]}; ids must be unique",
                where=sample.where,
            )
        seen[sample.id] = sample.where
    return samples


def some_of(rows: Sequence[_T], limit: int | None, *, seed: int = 0) -> list[_T]:
    """At most `limit` of the rows, drawn at random by `seed` and kept in their order: a file may be sorted by kind."""
    return [rows[index] for index in drawn(len(rows), limit, seed=seed)]


def drawn(count: int, limit: int | None, *, seed: int = 0) -> Sequence[int]:
    """The places, in rising order from 0, of the rows that `limit` and `seed` choose out of `count`."""
    if limit is None or limit >= count:
        return range(count)
    return sorted(random.Random(seed).sample(range(count), limit))


def sample_of(row: Row, *, columns: Mapping[str, str] | None = None) -> Sample:
    """The sample in a row: renamed columns, the prompt as text, an id (its `id` column, else a hash of its content)."""
    values = rename(row, columns or {})
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
        prompt = prompt if prompt is not None else "\n\n".join(_text(m) for m in messages)
    return "" if prompt is None else str(prompt), messages


def rename(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    """The row's values with `columns` (ours -> theirs) applied; DataError when a named column is not there.

    A dot leads into a mapping (`reward_model.ground_truth`), which is kept.
    """
    if not columns:
        return dict(row.values)
    renamed = {}
    for ours, theirs in columns.items():
        found = (theirs, row.values[theirs]) if theirs in row.values else find_column(row.values, [theirs])
        if found is None:
            hint = did_you_mean(theirs, row.values)
            raise DataError(
                f"no column '{theirs}' (for '{ours}'); available: {', '.join(row.values)}.{hint}",
                where=row.where,
            )
        renamed[ours] = found[1]
    kept = {name: value for name, value in row.values.items() if name not in columns.values()}
    return {**kept, **renamed}


def find_column(columns: Mapping[str, Any], paths: Iterable[str]) -> tuple[str, Any] | None:
    """The first of these columns that a row has, with its value; a dot leads into a mapping: `reward_model.ground_truth`."""
    for path in paths:
        value: Any = columns
        for key in path.split("."):
            if not (isinstance(value, Mapping) and key in value):
                break
            value = value[key]
        else:
            return path, value
    return None


def _messages(value: Any, where: str) -> tuple[Message, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise DataError("'messages' must be a non-empty list of {role, content}", where=where)
    for message in value:
        if not isinstance(message, Mapping) or not {"role", "content"} <= set(message):
            raise DataError(f"each message needs 'role' and 'content'; got {message!r:.80}", where=where)
    return tuple(dict(message) for message in value)


def _text(message: Message) -> str:
    content = message["content"]
    if isinstance(content, list):  # parts of a multi-part message: the texts among them
        return "".join(part.get("text", "") for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)


def _content_id(values: Mapping[str, Any]) -> str:
    text = json.dumps({str(key): value for key, value in values.items()}, sort_keys=True, default=repr)
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
