"""What is concluded from rows whose source cannot declare constraints."""

import pytest

from rewardkit.graders.sql.engines.opening import forget, open_database
from rewardkit.graders.sql.engines.schema import TableSchema

PEOPLE = {"people": [{"id": 1, "name": "Ann", "city": None}, {"id": 2, "name": "Ann", "city": "Oslo"}]}


@pytest.fixture(params=["duckdb", "sqlite"])
def people(request: pytest.FixtureRequest) -> TableSchema:
    database = open_database(PEOPLE, engine=request.param)
    schema = database.schema
    forget(database)
    return schema.tables["people"]


def test_a_column_without_a_null_may_not_be_null(people: TableSchema) -> None:
    assert {column.name: column.nullable for column in people.columns} == {
        "id": False,
        "name": False,
        "city": True,
    }


def test_what_was_only_concluded_is_marked(people: TableSchema) -> None:
    assert [column.name for column in people.columns if column.guessed] == ["id", "name"]


def test_an_id_whose_values_all_differ_is_the_key(people: TableSchema) -> None:
    assert people.keys == (("id",),)


def test_a_table_without_rows_says_nothing() -> None:
    database = open_database({"empty": {"columns": ["id"], "rows": []}})
    assert [
        (c.nullable, database.schema.tables["empty"].keys) for c in database.schema.tables["empty"].columns
    ] == [(True, ())]
    forget(database)
