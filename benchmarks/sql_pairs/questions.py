"""Reads questions and their accepted golds, and leaves out what DuckDB does not run as written.

A gold with a free choice of columns, `SELECT {name, id}, ... GROUP BY {}`, becomes two: one with the first column and one with the
second. Choosing several columns at once is left out: such golds differ from the others in their width, which tells nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from .databases import Databases

_CHOICE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Gold:
    sql: str
    origin: Literal["accepted", "choice"]  # `choice`: the second column of a free choice


@dataclass(frozen=True, slots=True)
class Question:
    database: str
    index: int  # counted over all files, in the order of their names
    golds: tuple[Gold, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    database: str
    index: int
    sql: str
    reason: str


def read_questions(folder: Path) -> Iterator[Question]:
    """Every question of the CSV files of a folder, its golds expanded, none of them run."""
    index = 0
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield Question(row["db_name"], index, tuple(expanded(row["query"])))
                index += 1


def expanded(cell: str) -> Iterator[Gold]:
    """The golds of one cell, without duplicates."""
    seen: set[str] = set()
    for text in filter(None, map(str.strip, cell.split(";"))):
        for position, origin in ((0, "accepted"), (1, "choice")):
            sql = _choose(text, position)
            if sql not in seen:
                seen.add(sql)
                yield Gold(sql, "accepted" if origin == "accepted" else "choice")


def _choose(text: str, position: int) -> str:
    match = _CHOICE.search(text)
    if match is None:
        return text
    columns = [column.strip() for column in match[1].split(",")]
    chosen = columns[min(position, len(columns) - 1)]
    return text.replace(match[0], chosen, 1).replace("{}", chosen)


def runnable(question: Question, databases: Databases) -> tuple[Question, list[Skipped]]:
    """The question with the golds that run on the shipped database, and the others with DuckDB's reason."""
    kept: list[Gold] = []
    skipped: list[Skipped] = []
    for gold in question.golds:
        try:
            databases.run(0, gold.sql)
            kept.append(gold)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            skipped.append(Skipped(question.database, question.index, gold.sql, reason))
    return Question(question.database, question.index, tuple(kept)), skipped
