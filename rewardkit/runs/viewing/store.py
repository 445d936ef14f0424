"""The lines of runs as tables of DuckDB, made once and brought up to date whenever a page asks for them.

    with Store() as store, store.tables(Path("runs/demo")) as demo:
        demo.rows(f"SELECT stage, avg(value) FROM {demo.results} GROUP BY stage")

The tables stand in a temporary folder, not in memory: `results` (with `components` as a list), `samples` and `faults`, in the order of
the files (`rowid`). A file that has grown is read on from where it was left; one that was replaced is read again. A line that is
spoiled ends its table there: `trouble` says which. One thread at a time has the store.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from rewardkit.errors import DataError

from .. import reading
from ..records import Fault, SampleRecord, parse_record_line, parse_result_line
from ..wording import visible
from .following import Followed, Stamp

MOST_RUNS = 12  # whose tables are kept; the one that was not looked at for longest goes first
_MEMORY = "1GB"
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a file holds: its columns as DuckDB has them, the row of a line, and what its rows must fulfil."""

    file: str
    columns: Mapping[str, str]
    row: Callable[[bytes, str], dict[str, Any]]
    check: str = "true"


_KEY = {
    "stage": "VARCHAR",
    "decoding": "VARCHAR",
    "sample": "VARCHAR",
    "repeat": "INTEGER",
    "grader": "VARCHAR",
    "fingerprint": "VARCHAR",
}
_PART = "STRUCT(name VARCHAR, value DOUBLE, weight DOUBLE, level DOUBLE, reason VARCHAR)"
_KINDS: Mapping[str, _Kind] = {
    "results": _Kind(
        reading.RESULTS,
        {
            **_KEY,
            "completion": "VARCHAR",
            "value": "DOUBLE",
            "cause": "VARCHAR",
            "components": f"{_PART}[]",
            "reason": "VARCHAR",
        },
        lambda line, where: parse_result_line(line, where).as_row(),
        "coalesce(isfinite(value), cause IS NOT NULL)",
    ),
    "samples": _Kind(
        reading.SAMPLES,
        {"sample": "VARCHAR", "prompt": "VARCHAR", "columns": "JSON"},
        lambda line, where: parse_record_line(SampleRecord, line, where).model_dump(),
    ),
    "faults": _Kind(
        reading.FAULTS,
        {**_KEY, "cause": "VARCHAR", "output": "VARCHAR"},
        lambda line, where: parse_record_line(Fault, line, where).model_dump(),
    ),
}
_MAY_BE_NULL = ("value", "cause")


class _Table:
    """One file of a run as a table."""

    def __init__(self, folder: Path, kind: _Kind, name: str) -> None:
        self.name = name
        self.trouble = ""
        self._kind = kind
        self._file = Followed(folder / kind.file)
        self._there = False
        self._troubled_at: Stamp | None = None

    def refresh(self, connection: duckdb.DuckDBPyConnection, scratch: Path) -> None:
        """Take in what is new."""
        if not self._there or not self._file.is_same():
            self._file.restart()
            connection.execute(self._declaration())
            self._there, self.trouble = True, ""
        elif self.trouble and self._file.stamp == self._troubled_at:
            return
        self.trouble = ""
        while not self.trouble and (block := self._file.next_block()):
            try:
                self._insert(connection, scratch, block)
                self._file.take(block)
            except (
                duckdb.Error
            ):  # a spoiled line, or one that is right and that DuckDB refuses: a lone surrogate
                self._insert_checked(connection, scratch, block)

    def _declaration(self) -> str:
        columns = (
            f'"{name}" {kind}{"" if name in _MAY_BE_NULL else " NOT NULL"}'
            for name, kind in self._kind.columns.items()
        )
        return f"CREATE OR REPLACE TABLE {self.name} ({', '.join(columns)}, CHECK ({self._kind.check}))"

    def _insert(self, connection: duckdb.DuckDBPyConnection, scratch: Path, block: bytes) -> None:
        path = scratch / "block.jsonl"
        path.write_bytes(block)
        longest = max(map(len, block.split(b"\n")))
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in self._kind.columns.items())
        connection.execute(
            f"INSERT INTO {self.name} FROM read_json(?, format = 'newline_delimited', columns = {{{columns}}}, "
            f"maximum_object_size = {max(longest + 1024, 1 << 20)})",
            [str(path)],
        )

    def _insert_checked(self, connection: duckdb.DuckDBPyConnection, scratch: Path, block: bytes) -> None:
        """Line by line through the reader of runs: those before a spoiled one go in, and it is said which that is."""
        good, rows = 0, []
        for number, line in enumerate(block.splitlines(keepends=True), self._file.lines + 1):
            try:
                row = self._kind.row(line[:-1], f"{self._file.path.name}:{number}")
            except DataError as error:
                self.trouble = f"{error}. What stands after it is not shown."
                break
            text = json.dumps(row, ensure_ascii=False)
            rows.append(_SURROGATES.sub(lambda found: visible(found.group()), text).encode() + b"\n")
            good += len(line)
        try:
            if rows:
                self._insert(connection, scratch, b"".join(rows))
            self._file.take(block[:good])
        except duckdb.Error as error:
            first = self._file.lines + 1
            self.trouble = f"{self._file.path.name}, from line {first:,}: {str(error).splitlines()[0]:.200}"
        self._troubled_at = self._file.stamp


class Tables:
    """The tables of one run while nobody else uses the store; `results`, `samples` and `faults` are their names in SQL."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, number: int) -> None:
        self.folder = folder
        self._connection = connection
        self._tables = {name: _Table(folder, kind, f"run_{number}_{name}") for name, kind in _KINDS.items()}
        self.results, self.samples, self.faults = (table.name for table in self._tables.values())

    @property
    def trouble(self) -> str:
        """What of the files cannot be read; empty when all can."""
        return " ".join(table.trouble for table in self._tables.values() if table.trouble)

    def refresh(self, scratch: Path) -> None:
        """Take in what the files have got since."""
        for table in self._tables.values():
            table.refresh(self._connection, scratch)

    def drop(self) -> None:
        """Give the room back."""
        for table in self._tables.values():
            self._connection.execute(f"DROP TABLE IF EXISTS {table.name}")

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement, which may name the tables of other runs that are open too."""
        found: list[tuple[Any, ...]] = self._connection.execute(sql, list(values)).fetchall()
        return found

    def one(self, sql: str, values: Sequence[object] = ()) -> tuple[Any, ...] | None:
        """The first row of a statement; None when it has none."""
        return next(iter(self.rows(sql, values)), None)


class Store:
    """The tables of the runs that were looked at."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="rewardkit-view-")
        self._connection = duckdb.connect(str(Path(self._scratch.name) / "runs.duckdb"))
        self._connection.execute(f"SET memory_limit = '{_MEMORY}'")
        self._connection.execute(
            "SET force_compression = 'uncompressed'"
        )  # a quarter less work at the first look
        self._lock = threading.RLock()
        self._runs: OrderedDict[Path, Tables] = OrderedDict()
        self._count = 0

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the tables and their folder."""
        with self._lock:
            self._connection.close()
            self._scratch.cleanup()

    @contextmanager
    def tables(self, folder: Path) -> Iterator[Tables]:
        """The tables of a run as its files are now, for this thread alone. A file that is not there is an empty table."""
        with self._lock:
            found = self._runs.get(folder)
            if found is None:
                self._count += 1
                found = self._runs[folder] = Tables(self._connection, folder, self._count)
            self._runs.move_to_end(folder)
            while len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)[1].drop()
            found.refresh(Path(self._scratch.name))
            yield found
