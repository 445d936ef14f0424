"""The rows of a data file, one at a time and in bounded memory: .jsonl and .csv line by line, .parquet in batches, .json whole.

The first three may be packed (.jsonl.gz); a folder of a data set is read too (data_folders.py).

    for row in iter_rows("answers.jsonl"):
        row.values, row.where            # {"id": "q1", "completion": "42"}, "answers.jsonl:1"

What is read can also be written again: a value that JSON has no sign for (NaN, an infinity), a key that stands twice in one object, and
nesting beyond `MAX_DEPTH` are refused. Every DataError names file and line. docs/data.md lists what comes of each oddity of a file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from .data_folders import arrow_rows, data_folder, is_data_folder
from .errors import CutOff, DataError
from .paths import display_path, neighbour

MAX_DEPTH = 200  # of lists and objects in one value

_PARQUET_ROWS = 1024  # fetched at a time
_SPACE = re.compile(r"[ \t\r\n]*")  # what JSON calls white space
_LONE_RETURN = re.compile(r"(?<=\r)(?!\n|$)")
_CUT_OFF = "; it is the last line and has no newline: was the file cut off while it was written?"

# csv's own limit is 128 KiB a field; a transcript in a CSV can be longer.
csv.field_size_limit(64 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file as it was read, and where it stands (`data.jsonl:3`)."""

    values: dict[str, Any]
    where: str


OnError: TypeAlias = Callable[[DataError], None]
"""Gets what is wrong with a row that cannot be read. When it returns, the reading goes on with the next row."""

ENDINGS = (".jsonl", ".json", ".csv", ".parquet", ".jsonl.gz", ".json.gz", ".csv.gz")


def iter_rows(path: str | Path, *, on_error: OnError | None = None) -> Iterator[Row]:
    """The rows of a .jsonl, .json, .csv or .parquet file, or of a folder, in their order. DataError names file and line of what is wrong.

    A missing file, an unknown ending or split is refused at once; everything else when the reading gets there, or is given to `on_error`.
    """
    shown = display_path(path)
    told = on_error or _refuse
    if is_data_folder(path):
        found = data_folder(path)
        rows = (
            _numbered(arrow_rows(found, shown), shown, told)
            if found.kind == "arrow"
            else _read_parquet(found.files, shown, told)
        )
        return _at_least_one(rows, shown, told)
    file = Path(path)
    readers = {".jsonl": _read_jsonl, ".json": _read_json, ".csv": _read_csv}
    ending = ending_of(file)
    if ending not in ENDINGS:
        raise DataError(
            f"cannot read a '{file.suffix}' file; allowed: {', '.join(ENDINGS[:4])}, the text files also packed (.jsonl.gz), "
            "or the folder of a data set",
            where=shown,
        )
    if not file.is_file():
        raise DataError(f"no such file{neighbour(file)}", where=shown)
    if ending == ".parquet":
        return _at_least_one(_read_parquet([file], shown, told), shown, told)
    return _at_least_one(readers[ending.removesuffix(".gz")](file, told), shown, told)


def ending_of(file: Path) -> str:
    """The ending that says how a file is read: `.jsonl`, `.csv.gz`."""
    endings = [suffix.lower() for suffix in file.suffixes]
    return "".join(endings[-2:] if endings[-1:] == [".gz"] else endings[-1:])


def about_rows(path: str | Path) -> int | None:
    """How many rows a file has at most, quickly counted for a progress bar; None where that is not known."""
    file = Path(path)
    if not file.is_file() or ending_of(file) not in (".jsonl", ".csv"):
        return None
    with file.open("rb") as handle:
        return sum(block.count(b"\n") for block in iter(lambda: handle.read(1 << 20), b"")) + 1


def files_of(path: str | Path) -> tuple[Path, ...]:
    """The files that the rows are in: the file itself, or those of a folder's split. DataError when the split is not there."""
    return data_folder(path).files if is_data_folder(path) else (Path(path),)


def _refuse(error: DataError) -> None:
    raise error


def read_rows(path: str | Path) -> list[Row]:
    """All rows of a file at once; see `iter_rows`."""
    return list(iter_rows(path))


def _at_least_one(rows: Iterator[Row], shown: str, told: OnError) -> Iterator[Row]:
    empty = True
    for row in rows:
        empty = False
        yield row
    if empty:
        told(DataError("the file has no rows", where=shown))


def row_of(line: bytes, where: str) -> Row:
    """The row that one line of a .jsonl file holds; DataError, at `where`, when it holds none."""
    return _record(_parse_line(_decoded(line, where), where), where)


def _lines(file: Path, told: OnError) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, newlines kept; only a newline ends one, so that U+2028 may stand in a text."""
    packed, shown = file.suffix.lower() == ".gz", display_path(file)
    with gzip.open(file) if packed else file.open("rb") as handle:
        number = 0
        try:
            for number, line in enumerate(handle, 1):
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                try:
                    text = _decoded(line, f"{shown}:{number}")
                except DataError as error:
                    told(error)
                    text = "\n"  # so that whoever counts lines goes on counting
                yield number, text
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            told(
                DataError(
                    f"not readable as gzip after line {number:,}: {error}; was the file cut off?",
                    where=shown,
                )
            )


def _decoded(line: bytes, where: str) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise DataError(
            f"not valid UTF-8 (byte 0x{line[error.start]:02x} at place {error.start + 1} of the line); save the file as UTF-8",
            where=where,
        ) from None


def _read_jsonl(file: Path, told: OnError) -> Iterator[Row]:
    shown = display_path(file)
    for number, line in _lines(file, told):
        if not line.strip():
            continue
        where = f"{shown}:{number}"
        try:
            yield _record(_parse_line(line, where), where)
        except DataError as error:
            whole = line.endswith("\n")
            told(error if whole else CutOff(error.message + _CUT_OFF, where=where))


def _parse_line(line: str, where: str) -> Any:
    start = _after_space(line, 0)
    value, end = _parse_json(line, where, start)
    if (end := _after_space(line, end)) < len(line):
        raise DataError(
            f"not valid JSON: one object a line, but more follows at column {end + 1}: {line[end : end + 60]!r}",
            where=where,
        )
    return value


def _read_json(file: Path, told: OnError) -> Iterator[Row]:
    """The objects of one list. The text is read whole, its objects are made one by one, so that an error knows its row."""
    text = "".join(line for _, line in _lines(file, told))
    try:
        yield from _objects(text, display_path(file), told)
    except DataError as error:  # where the next object begins is not known
        told(error)


def _objects(text: str, shown: str, told: OnError) -> Iterator[Row]:
    place, number = _after_space(text, 0), 0
    if place == len(text):
        return
    if text[place] != "[":
        raise DataError(
            "a .json file of samples must hold one list of objects; one object a line is .jsonl",
            where=shown,
        )
    place = _after_space(text, place + 1)
    while number or text[place : place + 1] != "]":
        number += 1
        value, end = _parse_json(text, f"{shown}[{number}]", place)
        try:
            yield _record(value, f"{shown}[{number}]")
        except DataError as error:
            told(error)
        place = _after_space(text, end)
        if text[place : place + 1] != ",":
            break
        place = _after_space(text, place + 1)
    expected = "a comma or the end of the list" if text[place : place + 1] != "]" else ""
    if not expected and (place := _after_space(text, place + 1)) < len(text):
        expected = "nothing more"
    if expected:
        line = text.count("\n", 0, place) + 1
        raise DataError(
            f"not valid JSON: after object {number} there must be {expected}, got {text[place : place + 40]!r}",
            where=f"{shown}:{line}",
        )


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _no_constant(name: str) -> float:
    raise _Refused(f"{name} is no JSON value; write null where a number is missing")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Refused(f"{text:.40} is beyond the range of numbers; write it as text")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"key {twice!r} stands twice in one object; only one value could be kept")
    return found


class _Refused(ValueError):
    """Something that the reader of JSON would let pass, or lose."""


_JSON = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_object)


def _parse_json(text: str, where: str, place: int = 0) -> tuple[Any, int]:
    """The value that begins at that place, and where it ends."""
    try:
        value, end = _JSON.raw_decode(text, place)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno}, column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        shown = text[place : place + 60] if error.lineno == 1 else text[max(place, error.pos - 30) :][:60]
        raise DataError(
            f"not valid JSON: {error.msg.removesuffix(' at')} at {at}: {shown!r}", where=where
        ) from None
    except RecursionError:
        raise DataError(f"not usable JSON: nested more than {MAX_DEPTH} deep", where=where) from None
    except _Refused as error:
        raise DataError(f"not usable JSON: {error}{_in_column(text, place)}", where=where) from None
    except ValueError:  # the interpreter's own limit, which keeps reading from taking quadratic time
        raise DataError(
            "not usable JSON: a whole number of more than 4,300 digits; write it as text", where=where
        ) from None
    if text.count("[", place, end) + text.count("{", place, end) > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise DataError(f"not usable JSON: nested more than {MAX_DEPTH} deep", where=where)
    return value, end


def _in_column(text: str, place: int) -> str:
    """Which column of an object holds a number that is none: `" (column 'score')"`."""
    try:
        value, _ = json.JSONDecoder().raw_decode(text, place)
    except (ValueError, RecursionError):
        return ""
    columns = value.items() if isinstance(value, dict) else ()
    return next((f" (column '{name}')" for name, held in columns if not _all_finite(held)), "")


def _depth(value: Any) -> int:
    """How deep lists and objects are nested, counted level by level."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, list | dict)]:
        depth += 1
        level = [item for v in level for item in (v.values() if isinstance(v, dict) else v)]
    return depth


def _record(value: Any, where: str) -> Row:
    if not isinstance(value, dict):
        raise DataError(f"each row must be a JSON object, got {type(value).__name__}", where=where)
    return Row(value, where)


def _read_csv(file: Path, told: OnError) -> Iterator[Row]:
    shown = display_path(file)
    # A lone carriage return ends a line of a CSV too, as old spreadsheets write it.
    reader = csv.reader(
        (part for _, line in _lines(file, told) for part in _LONE_RETURN.split(line)), strict=True
    )
    header: list[str] | None = None
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "; a quoted cell that begins in this row never ends" if "end of data" in str(error) else ""
            told(DataError(f"not valid CSV: {error}{hint}", where=f"{shown}:{start}"))
            start = reader.line_num + 1
            continue
        where, start = f"{shown}:{start}", reader.line_num + 1
        if header is None:
            header = cells
            if len(set(header)) != len(header):
                twice = next(name for name in header if header.count(name) > 1)
                told(DataError(f"column '{twice}' appears twice in the header", where=f"{shown}:1"))
                return
        elif cells and len(cells) != len(header):
            told(DataError(f"{len(cells)} cells, but the header names {len(header)} columns", where=where))
        elif cells:
            yield Row(dict(zip(header, cells, strict=True)), where)


def _read_parquet(files: Sequence[Path], shown: str, told: OnError) -> Iterator[Row]:
    try:
        yield from _numbered(_parquet_rows(files, shown), shown, told)
    except DataError as error:
        told(error)


def _parquet_rows(files: Sequence[Path], shown: str) -> Iterator[dict[str, Any]]:
    import duckdb

    try:
        with duckdb.connect() as connection:
            cursor = connection.execute("SELECT * FROM read_parquet(?)", [[str(file) for file in files]])
            names = [column[0] for column in cursor.description]
            while batch := cursor.fetchmany(_PARQUET_ROWS):
                for values in batch:
                    yield dict(zip(names, values, strict=True))
    except duckdb.Error as error:
        raise DataError(f"not readable as Parquet: {str(error).splitlines()[0]}", where=shown) from None


def _numbered(rows: Iterator[dict[str, Any]], shown: str, told: OnError) -> Iterator[Row]:
    for number, values in enumerate(rows, 1):
        row = Row(values, f"{shown}[{number}]")
        try:
            _check_numbers(row.values, row.where)
        except DataError as error:
            told(error)
            continue
        yield row


def _check_numbers(row: dict[str, Any], where: str) -> None:
    """DataError for NaN or an infinity, as in a JSON file: a run could not write it down again."""
    for name, value in row.items():
        if not _all_finite(value):
            raise DataError(
                f"column '{name}' holds {value!r:.60}; write NULL where a number is missing", where=where
            )


def _all_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_all_finite(item) for item in value.values())
    return all(_all_finite(item) for item in value) if isinstance(value, list) else True
