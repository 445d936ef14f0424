"""Fill a DuckDB connection from a .duckdb file, from a folder of CSV and Parquet files, or from tables written into a sample.

A CSV file is UTF-8, its first line names the columns, and its delimiter is what that line has most of: comma, semicolon, tab or bar.
Fields are quoted with ". An empty field is NULL, a quoted empty one an empty text. A column's type is what DuckDB's reader finds over all
rows (a column with 007 in it stays text).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import duckdb

from .duckdb_schema import declared_in
from .schema import TableSchema
from .sources import table_files
from .written_tables import WrittenTable

_ROWS_PER_INSERT = 10_000
_DELIMITERS = ",;\t|"
# Everything but types is fixed: the reader's own guess drops lines that do not suit it.
_READ_CSV = """read_csv($file, header = true, skip = 0, delim = $delimiter, quote = '"', escape = '"', comment = '',
    strict_mode = true, allow_quoted_nulls = false, hive_partitioning = false, sample_size = -1)"""
_READ_PARQUET = "read_parquet($file, hive_partitioning = false)"

_TABLES = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'memory' AND NOT internal ORDER BY table_oid"


def copy_folder(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a table of every CSV and Parquet file; needs external access. ValueError names the file that cannot be read."""
    for file in table_files(folder):
        try:
            _copy_file(connection, file)
        except (duckdb.Error, ValueError, OSError) as error:
            raise ValueError(f"{file.name}: {_explained(error)}") from None


def copy_duckdb(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, TableSchema]:
    """Copy a .duckdb file without its constraints, which are returned by lower-case table; needs external access.

    With them DuckDB would refuse to copy a table whose rows point to other rows of it.
    """
    quoted = str(file).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS fixture_file (READ_ONLY)")
    connection.execute("COPY FROM DATABASE fixture_file TO memory (SCHEMA)")
    tables = [f"{_quoted(schema)}.{_quoted(name)}" for schema, name in connection.execute(_TABLES).fetchall()]
    for table in reversed(tables):  # those that point first
        connection.execute(f"DROP TABLE memory.{table}")
    for table in tables:
        connection.execute(f"CREATE TABLE memory.{table} AS FROM fixture_file.{table}")
    declared = declared_in(connection, "fixture_file")
    connection.execute("DETACH fixture_file")
    return declared


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, WrittenTable]) -> None:
    """Make the tables of a sample."""
    for name, table in tables.items():
        columns = ", ".join(
            f"{_quoted(column)} {kind}" for column, kind in zip(table.columns, table.types, strict=True)
        )
        connection.execute(f"CREATE TABLE {_quoted(name)} ({columns})")
        # One list for each column: a parameter for each cell takes a hundred times as long.
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in table.types)
        for start in range(0, len(table.rows), _ROWS_PER_INSERT):
            part = [
                list(values) for values in zip(*table.rows[start : start + _ROWS_PER_INSERT], strict=True)
            ]
            connection.execute(f"INSERT INTO {_quoted(name)} SELECT {lists}", part)


def _copy_file(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    create, path = f"CREATE TABLE {_quoted(file.stem)} AS FROM", _literal_path(file)
    if file.suffix.lower() == ".parquet":
        connection.execute(f"{create} {_READ_PARQUET}", {"file": path})
        return
    delimiter = _delimiter(file)
    try:
        connection.execute(f"{create} {_READ_CSV}", {"file": path, "delimiter": delimiter})
    except duckdb.Error:
        _check_fields(file, delimiter)
        raise


def _delimiter(file: Path) -> str:
    with file.open(encoding="utf-8-sig") as handle:
        header = handle.readline()
    if not header.strip():
        raise ValueError("is empty or begins with an empty line; the first line names the columns")
    return max(_DELIMITERS, key=header.count)


def _check_fields(file: Path, delimiter: str) -> None:
    """ValueError names the first line that has not as many fields as the header: DuckDB does not say where it is."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = csv.reader(handle, delimiter=delimiter, strict=True)
        columns = len(next(rows))
        try:
            for row in rows:
                if len(row) != columns:
                    raise ValueError(
                        f"line {rows.line_num} has {len(row)} fields, but the first line names {columns} columns"
                    )
        except csv.Error as error:
            raise ValueError(f"line {rows.line_num}: {error}") from None


def _literal_path(file: Path) -> str:
    """The path with the signs that DuckDB's readers take for patterns made plain."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file))


def _explained(error: Exception) -> str:
    """The lines of DuckDB's message that say what is wrong, without its advice about the reader's options."""
    lines = [line.strip() for line in str(error).splitlines()]
    end = next((i for i, line in enumerate(lines) if line.startswith(("Possible", "LINE"))), len(lines))
    return "; ".join(line for line in lines[:end] if line)[:300]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
