"""What a database file declares holds on the generated instances, so that a right answer that relies on it is right."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql

CLINIC = """
    CREATE TABLE patients (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL UNIQUE, mother INTEGER REFERENCES patients (id));
    CREATE TABLE stays (id INTEGER PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patients (id), days INTEGER NOT NULL CHECK (days > 0));
    INSERT INTO patients VALUES (1, 'Ann', 'a1', NULL);
    INSERT INTO patients VALUES (2, 'Bob', 'b2', 1), (3, 'Cyd', 'c3', 1);
    INSERT INTO stays VALUES (1, 1, 3), (2, 1, 9), (3, 2, 1);
"""


def dump(file: Path) -> None:
    file.write_text(CLINIC)


def sqlite_file(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(CLINIC)


def duckdb_file(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(CLINIC)


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("SELECT count(*) FROM patients", "SELECT count(name) FROM patients"),
        ("SELECT count(*) FROM stays", "SELECT count(*) FROM stays s JOIN patients p ON p.id = s.patient"),
        ("SELECT count(*) FROM patients", "SELECT count(DISTINCT code) FROM patients"),
        ("SELECT count(*) FROM stays", "SELECT count(*) FROM stays WHERE days >= 1"),
        (
            "SELECT count(mother) FROM patients",
            "SELECT count(*) FROM patients c JOIN patients m ON m.id = c.mother",
        ),
    ],
)
@pytest.mark.parametrize("make", [dump, sqlite_file, duckdb_file])
def test_an_answer_may_rely_on_what_the_file_declares(
    tmp_path: Path, make: Callable[[Path], None], gold: str, answer: str
) -> None:
    make(tmp_path / "clinic.sql")
    columns = {"reference": gold, "database": str(tmp_path / "clinic.sql")}
    assert call(text_to_sql, {"completion": answer, **columns}).value == 1.0
