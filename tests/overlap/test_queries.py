from __future__ import annotations

import pytest
from overlap_rows import kinds, row

from rewardkit.overlap import find_overlap, told
from rewardkit.overlap.queries import without_literals


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select name from Pets where age > 5", "SELECT name FROM pets WHERE age > -7;"),
        ("SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (3)"),
        ("SELECT a FROM t WHERE b = 'it''s'", "SELECT a FROM t WHERE b = 'x' -- or so"),
        ('SELECT a FROM t WHERE b = "France"', "SELECT a FROM t WHERE b = 'Spain'"),
        ("SELECT a AS n FROM t LIMIT 3", 'SELECT a n FROM "T" LIMIT 10'),
        ("SELECT {a, b} FROM ((t WHERE x = 1", "select {a, b} from ((t where x = 2"),  # no SQL
    ],
)
def test_queries_that_are_the_same_but_for_literals(one: str, other: str) -> None:
    assert without_literals(one) == without_literals(other)
    assert "query" in kinds(row("p", "t", reference=one), row("q", reference=other))


@pytest.mark.parametrize(
    "other",
    ["SELECT name FROM pets WHERE age < 5", "SELECT age FROM pets WHERE name > 5", "SELECT name FROM pets"],
)
def test_queries_that_differ_elsewhere(other: str) -> None:
    assert (
        kinds(row("p", "t", reference="SELECT name FROM pets WHERE age > 5"), row("q", reference=other))
        == set()
    )


def test_the_same_query_on_another_database_is_no_overlap() -> None:
    query = "SELECT a FROM t LIMIT 3"
    train = row("p", "t", reference=query, db_id="zoo")
    assert kinds(train, row("q", reference=query, db_id="bank")) == set()
    assert kinds(train, row("q", reference=query, db_id="zoo")) == {"query", "database"}


@pytest.mark.parametrize("name", ["clinic", "Clinic", "dbs/clinic.sqlite", "C:\\dbs\\clinic.db"])
def test_a_database_is_known_by_its_name_or_its_file(name: str) -> None:
    assert kinds(row("p", "t", db_name=name), row("q", database="clinic.sql")) == {"database"}


def test_a_schema_is_compared_as_text() -> None:
    schema = "CREATE TABLE a (b INTEGER);"
    assert kinds(row("p", "t", schema=schema.lower()), row("q", schema=schema)) == {"database"}
    assert kinds(row("p", "t", schema="CREATE TABLE c (b INTEGER);"), row("q", schema=schema)) == set()


def test_a_split_by_question_is_said() -> None:
    rows = [row(f"q{n}", f"e{n}", database="clinic") for n in range(3)]
    lines = told(find_overlap([row("p", "t", database="clinic")], rows))
    assert any("the split is by question" in line for line in lines)


def test_words_that_begin_like_sql_are_compared_too_without_harm() -> None:
    assert kinds(row("p", "t", reference="Select the red one"), row("q", reference="With pleasure")) == set()
