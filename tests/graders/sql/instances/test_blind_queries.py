"""Answers that know the tables but not the question."""

from collections.abc import Callable

from made_instances import query
from sql_databases import PEOPLE

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Table
from rewardkit.graders.sql.instances.blind import CONSTANTS, MAX_COLUMNS, blind_queries


def test_whole_tables_their_counts_their_columns_and_constants_are_blind(people: DuckDBDatabase) -> None:
    found = blind_queries(people.schema, frozenset({"visits"}))
    assert found == [
        *CONSTANTS,
        'SELECT * FROM "main"."visits"',
        'SELECT count(*) FROM "main"."visits"',
        'SELECT "person" FROM "main"."visits"',
        'SELECT "place" FROM "main"."visits"',
        'SELECT "at" FROM "main"."visits"',
    ]


def test_all_of_them_run(opened: Callable[..., DuckDBDatabase]) -> None:
    database = opened(f'{PEOPLE} CREATE SCHEMA s; CREATE TABLE s."odd name" ("a ""b" INT, "select" TEXT);')
    for sql in blind_queries(database.schema, frozenset(database.schema.tables)):
        assert isinstance(database.run(query(database, sql)), Table), sql


def test_a_wide_table_has_few(opened: Callable[..., DuckDBDatabase]) -> None:
    columns = ", ".join(f"c{i} INT" for i in range(50))
    database = opened(f"CREATE TABLE wide ({columns})")
    assert len(blind_queries(database.schema, frozenset({"wide"}))) == len(CONSTANTS) + 2 + MAX_COLUMNS
