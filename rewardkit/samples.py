"""Rows of task data: reading them from files and giving them one shape.

    id,prompt,answer                       Sample(id="q1", prompt="What is 6 x 7?", columns={"reference": "42"})
    q1,What is 6 x 7?,42          ->       read_samples("rows.csv", columns={"reference": "answer"})

JSONL, JSON, CSV and Parquet are read by the ending of the file's name. Values of a CSV stay text: a label "007" is not the number 7.
Every error names file and line. A prompt that is a list of chat messages is kept in `messages`, and `prompt` is their text.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from .errors import DataError, did_you_mean
from .paths import display_path, neighbour

Message: TypeAlias = dict[str, Any]

MAX_DEPTH = 200  # of lists and objects in one JSON value

_T = TypeVar("_T")

# csv's own limit is 128 KiB a field; a transcript in a CSV can be longer.
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file as it was read, and where it stands (`data.jsonl:3`)."""

    values: dict[str, Any]
    where: str


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


def read_rows(path: str | Path) -> list[Row]:
    """Read a .jsonl, .json, .csv or .parquet file. DataError names file and line of what is wrong."""
    file = Path(path)
    readers = {".jsonl": _read_jsonl, ".json": _read_json, ".csv": _read_csv, ".parquet": _read_parquet}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise DataError(
            f"cannot read a '{file.suffix}' file; allowed: {', '.join(readers)}", where=display_path(path)
        )
    if not file.is_file():
        raise DataError(f"no such file{neighbour(file)}", where=display_path(path))
    rows = list(reader(file))
    if not rows:
        raise DataError("the file has no rows", where=display_path(path))
    return rows


def read_samples(path: str | Path, *, columns: Mapping[str, str] | None = None) -> list[Sample]:
    """Read samples; `columns` maps our name to the file's: `{"reference": "answer"}`. Ids must be unique."""
    rows = read_rows(path)
    samples = [sample_of(row, columns=columns) for row in rows]
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
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[index] for index in sorted(random.Random(seed).sample(range(len(rows)), limit))]


def sample_of(row: Row, *, columns: Mapping[str, str] | None = None) -> Sample:
    """The sample in a row: renamed columns, the prompt as text, an id (its `id` column, else a hash of its content)."""
    values = rename(row, columns or {})
    prompt = values.pop("prompt", None)
    messages = values.pop("messages", None)
    if isinstance(prompt, list):
        prompt, messages = None, prompt
    if messages is not None:
        messages = _messages(messages, row.where)
        prompt = prompt if prompt is not None else "\n\n".join(_text(m) for m in messages)
    ident = values.pop("id", None)
    text = "" if prompt is None else str(prompt)
    return Sample(
        str(ident) if ident is not None else _content_id(row.values), text, values, messages, row.where
    )


def rename(row: Row, columns: Mapping[str, str]) -> dict[str, Any]:
    """The row's values with `columns` (ours -> theirs) applied; DataError when a named column is not there."""
    for ours, theirs in columns.items():
        if theirs not in row.values:
            hint = did_you_mean(theirs, row.values)
            raise DataError(
                f"no column '{theirs}' (for '{ours}'); available: {', '.join(row.values)}.{hint}",
                where=row.where,
            )
    kept = {name: value for name, value in row.values.items() if name not in columns.values()}
    return {**kept, **{ours: row.values[theirs] for ours, theirs in columns.items()}}


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


def _decode(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(
            f"not valid UTF-8 (byte {error.start}); save the file as UTF-8",
            where=f"{display_path(file)}:{line}",
        ) from None


def _read_jsonl(file: Path) -> Iterator[Row]:
    shown = display_path(file)
    for number, line in enumerate(_decode(file).split("\n"), 1):
        if line.strip():
            where = f"{shown}:{number}"
            yield _record(_parse_json(line, where), where)


def _read_json(file: Path) -> Iterator[Row]:
    shown = display_path(file)
    content = _parse_json(_decode(file), shown)
    if not isinstance(content, list):
        raise DataError(
            "a .json file of samples must hold one list of objects; one object a line is .jsonl",
            where=shown,
        )
    for number, item in enumerate(content, 1):
        yield _record(item, f"{shown}[{number}]")


def _parse_json(text: str, where: str) -> Any:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataError(
            f"not valid JSON: {error.msg} at column {error.colno}: {text[:60]!r}", where=where
        ) from None
    except (RecursionError, ValueError) as error:  # nesting too deep; a number of more than 4300 digits
        raise DataError(f"not usable JSON: {error}", where=where) from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise DataError(f"not usable JSON: nested more than {MAX_DEPTH} deep", where=where)
    return value


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, counted level by level: what is read must also be possible to write."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, list | dict)]:
        depth += 1
        level = [item for v in level for item in (v.values() if isinstance(v, dict) else v)]
    return depth


def _record(value: Any, where: str) -> Row:
    if not isinstance(value, dict):
        raise DataError(f"each row must be a JSON object, got {type(value).__name__}", where=where)
    return Row(value, where)


def _read_csv(file: Path) -> Iterator[Row]:
    shown = display_path(file)
    reader = csv.reader(io.StringIO(_decode(file), newline=""), strict=True)
    try:
        header = next(reader, None)
        if header is None:
            return
        if len(set(header)) != len(header):
            twice = next(name for name in header if header.count(name) > 1)
            raise DataError(f"column '{twice}' appears twice in the header", where=f"{shown}:1")
        start = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(header):
                raise DataError(
                    f"{len(cells)} cells, but the header names {len(header)} columns",
                    where=f"{shown}:{start}",
                )
            if cells:
                yield Row(dict(zip(header, cells, strict=True)), f"{shown}:{start}")
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"not valid CSV: {error}", where=f"{shown}:{reader.line_num}") from None


def _read_parquet(file: Path) -> Iterator[Row]:
    import duckdb

    shown = display_path(file)
    try:
        with duckdb.connect() as connection:
            cursor = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
    except duckdb.Error as error:
        raise DataError(f"not readable as Parquet: {str(error).splitlines()[0]}", where=shown) from None
    for number, values in enumerate(rows, 1):
        yield Row(dict(zip(names, values, strict=True)), f"{shown}[{number}]")
