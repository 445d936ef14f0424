"""SQL over the lines of one or more runs, with DuckDB.

    found = query("SELECT stage, avg(value) FROM results GROUP BY ALL ORDER BY ALL", [Path("runs/demo")])
    found.names, found.rows              # ('stage', 'avg(value)'), [('base', 0.24), ('rft', 0.81)]

Tables: `results`, `components` (one row per component of a result), `samples`, `metrics` and `stages` (of summary.json); each has the
column `run`, the name of the folder. They are copies in memory: a statement cannot change a run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit.errors import UsageError

from . import reading

if TYPE_CHECKING:
    import duckdb

_KEY = {
    "run": "VARCHAR",
    "stage": "VARCHAR",
    "decoding": "VARCHAR",
    "sample": "VARCHAR",
    "repeat": "INTEGER",
    "grader": "VARCHAR",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "results": {
        **_KEY,
        "fingerprint": "VARCHAR",
        "completion": "VARCHAR",
        "value": "DOUBLE",
        "cause": "VARCHAR",
        "reason": "VARCHAR",
    },
    "components": {
        **_KEY,
        "name": "VARCHAR",
        "value": "DOUBLE",
        "weight": "DOUBLE",
        "level": "DOUBLE",
        "reason": "VARCHAR",
    },
    "samples": {"run": "VARCHAR", "sample": "VARCHAR", "prompt": "VARCHAR", "columns": "JSON"},
    "metrics": {
        "run": "VARCHAR",
        "phase": "VARCHAR",
        "step": "INTEGER",
        **dict.fromkeys(
            ("reward", "reward_std", "saturated", "unscored", "length", "truncated", "loss"), "DOUBLE"
        ),
        **dict.fromkeys(("learning_rate", "entropy", "kl", "unique"), "DOUBLE"),
        "components": "JSON",
    },
    "stages": {
        **dict.fromkeys(("run", "name", "grader", "metric", "decoding", "slice"), "VARCHAR"),
        **dict.fromkeys(("prompts", "k", "unscored"), "INTEGER"),
        **dict.fromkeys(("mean", "low", "high", "pass_at", "pass_at_k", "all_k"), "DOUBLE"),
    },
}


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: the names of its columns and its rows."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def query(sql: str, folders: Iterable[Path]) -> Found:
    """Run one statement over the runs in `folders`. Raises UsageError for a statement DuckDB refuses, DataError for a bad folder."""
    import duckdb

    with duckdb.connect() as connection:
        load_tables(connection, folders)
        try:
            cursor = connection.execute(sql)
            return Found(tuple(column[0] for column in cursor.description or ()), cursor.fetchall())
        except duckdb.Error as error:
            raise UsageError(f"the query failed: {error}\ntables: {', '.join(TABLES)}") from None


def load_tables(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> None:
    """Make every table in that connection, from the runs in `folders`. DataError for a bad folder."""
    sources = list(folders)
    with tempfile.TemporaryDirectory() as scratch:
        for table in TABLES:
            _load(
                connection, table, (row for folder in sources for row in _rows(table, folder)), Path(scratch)
            )


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]], scratch: Path
) -> None:
    path = scratch / f"{table}.jsonl"
    with path.open("wb") as handle:
        for row in rows:
            # DuckDB refuses a file with a lone surrogate in it; here, unlike in the run, it becomes a question mark.
            handle.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TABLES[table].items())
    connection.execute(
        f"CREATE TABLE {table} AS FROM read_json(?, format = 'newline_delimited', columns = {{{columns}}}, "
        "maximum_object_size = 1073741824)",
        [str(path)],
    )


def _rows(table: str, folder: Path) -> Iterator[dict[str, Any]]:
    run = {"run": reading.read_run(folder).name}
    for record in _records(table, folder):
        row = {**run, **_finite(record)}
        parts = row.pop("components") if table in ("results", "components") else ()
        if table == "components":
            yield from ({**{name: row[name] for name in _KEY}, **part} for part in parts)
        else:
            yield row


def _records(table: str, folder: Path) -> Iterator[dict[str, Any]]:
    if table in ("results", "components"):
        return (result.as_row() for result in reading.iter_results(folder))
    if table == "samples":
        return (sample.model_dump() for sample in reading.iter_samples(folder))
    if table == "metrics":
        return (step.model_dump() for step in reading.read_metrics(folder))
    return (row.model_dump() for row in reading.read_summary(folder).stages)


def _finite(row: dict[str, Any]) -> dict[str, Any]:
    """NaN and infinity as the text that DuckDB reads into a DOUBLE; JSON has no sign for them."""
    return {
        name: str(value) if isinstance(value, float) and value - value != 0 else value
        for name, value in row.items()
    }
