"""The gold queries of defog's sql-eval, read from a folder that the caller names; nothing of them is part of this project."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

CSV_FILES = ("instruct_advanced_postgres.csv", "instruct_basic_postgres.csv", "questions_gen_postgres.csv")


@dataclass(frozen=True, slots=True)
class Gold:
    """One gold query and the path of its database."""

    sql: str
    database: str


def read_golds(folder: Path, every: int = 1) -> list[Gold]:
    """Each `every`th gold variant without a free choice of columns, in file order. FileNotFoundError when the folder is another one."""
    golds: list[Gold] = []
    for name in CSV_FILES:
        with (folder / name).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                database = str(folder / "databases" / f"{row['db_name']}.sql")
                golds += [
                    Gold(sql.strip(), database)
                    for sql in row["query"].split(";")
                    if sql.strip() and "{" not in sql
                ]
    return golds[::every]
