import pytest
import sqlglot

from rewardkit.graders.sql.engines.schema import Column, Schema, TableSchema
from rewardkit.graders.sql.linking import agreement, mapping_of, schema_use, text_use


def table(name: str, *columns: str, schema: str = "main") -> TableSchema:
    return TableSchema(name, schema, tuple(Column(column, "INTEGER") for column in columns))


MAPPING = mapping_of(
    Schema(
        {
            "people": table("people", "id", "Name", "city"),
            "visits": table("visits", "person", "place"),
            "extra": table("extra", "x", schema="other"),
        }
    ),
    "duckdb",
)
GOLD = "SELECT p.name FROM people p JOIN visits v ON v.person = p.id"


def linked(gold: str, answer: str) -> float:
    uses = [schema_use(sqlglot.parse_one(sql, dialect="duckdb"), MAPPING, "duckdb") for sql in (gold, answer)]
    assert all(use.resolved for use in uses)
    return agreement(*uses)


@pytest.mark.parametrize(
    "answer",
    [
        "SELECT NAME FROM main.People, Visits WHERE person = id",
        "WITH p AS (SELECT * FROM people) SELECT p.name FROM p WHERE id IN (SELECT person FROM visits)",
        "WITH unused AS (SELECT * FROM extra) SELECT name FROM people JOIN visits ON person = id",
    ],
)
def test_another_wording_that_uses_the_same_columns_agrees_fully(answer: str) -> None:
    assert linked(GOLD, answer) == 1.0


def test_naming_everything_costs() -> None:
    assert linked(GOLD, "SELECT * FROM people, visits, extra") < 0.7
    assert linked(GOLD, "SELECT 1 WHERE EXISTS (SELECT * FROM people, visits, extra WHERE x = id)") < 0.7


def test_reading_nothing_agrees_in_nothing() -> None:
    assert linked(GOLD, "SELECT 1") == 0.0


def test_a_count_of_rows_agrees_by_its_table() -> None:
    assert linked("SELECT count(*) FROM people", "SELECT count(*) FROM people AS p") == 1.0
    assert linked("SELECT count(*) FROM people", "SELECT count(*) FROM visits") == 0.0


def test_a_query_that_cannot_be_resolved_is_read_off_its_text() -> None:
    tree = sqlglot.parse_one("WITH c AS (SELECT 1) SELECT nope FROM people, c", dialect="duckdb")
    use = schema_use(tree, MAPPING, "duckdb")
    assert not use.resolved
    assert use == text_use(tree)
    assert use.tables == {"people"}
    assert use.columns == {("", "nope")}


def test_looking_does_not_change_the_query() -> None:
    tree = sqlglot.parse_one("SELECT Name FROM main.people", dialect="duckdb")
    schema_use(tree, MAPPING, "duckdb")
    assert tree.sql() == "SELECT Name FROM main.people"
