"""Where the columns of a query come from."""

from collections.abc import Callable

import pytest
from made_instances import query, resolved
from sql_databases import PEOPLE
from sqlglot import exp

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.instances.lineage import Place, tables_read


def places(database: DuckDBDatabase, sql: str) -> set[Place]:
    """The places of the first column of the outermost condition."""
    found = resolved(database, sql)
    where = found.tree.args["where"]
    column = next(where.find_all(exp.Column))
    return found.places(column, found.scope_of(column))


CITY, PLACE = ("people", "city"), ("visits", "place")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 1 FROM people WHERE city = 'Oslo'", {CITY}),
        ("SELECT 1 FROM people p WHERE p.CITY = 'Oslo'", {CITY}),
        ("SELECT 1 FROM main.people WHERE people.city = 'Oslo'", {CITY}),
        ("SELECT 1 FROM people p, visits v WHERE place = 'zoo'", {PLACE}),
        ("SELECT 1 FROM (SELECT city AS town FROM people) x WHERE town = 'Oslo'", {CITY}),
        ("SELECT 1 FROM (SELECT * FROM (SELECT * FROM people)) x WHERE city = 'Oslo'", {CITY}),
        ("WITH x AS (SELECT city AS town FROM people) SELECT 1 FROM x WHERE town = 'Oslo'", {CITY}),
        ("WITH x(town) AS (SELECT city FROM people) SELECT 1 FROM x WHERE town = 'Oslo'", {CITY}),
        ("WITH x AS (SELECT city FROM people), y AS (SELECT city AS z FROM x) SELECT 1 FROM y WHERE z = 'Oslo'", {CITY}),
        ("SELECT 1 FROM (SELECT city FROM people UNION SELECT place FROM visits) x WHERE city = 'Oslo'", {CITY, PLACE}),
        ("SELECT 1 FROM (SELECT concat(city, name) AS whole FROM people) x WHERE whole = 'a'", {CITY, ("people", "name")}),
        ("SELECT 1 FROM (SELECT count(*) AS n FROM people) x WHERE n = 4", set()),
    ],
)  # fmt: skip
def test_a_column_is_followed_to_its_tables(people: DuckDBDatabase, sql: str, found: set[Place]) -> None:
    assert places(people, sql) == found


def test_a_column_of_the_query_outside_is_found_from_inside(people: DuckDBDatabase) -> None:
    found = resolved(
        people, "SELECT 1 FROM people WHERE EXISTS (SELECT 1 FROM visits WHERE person = people.id)"
    )
    columns = [column for column in found.tree.find_all(exp.Column) if column.name == "id"]
    assert found.places(columns[0], found.scope_of(columns[0])) == {("people", "id")}


def test_what_sqlglot_cannot_resolve_is_found_by_name(people: DuckDBDatabase) -> None:
    found = resolved(people, "SELECT city FROM people UNION SELECT place FROM visits ORDER BY city")
    column = found.tree.args["order"].find(exp.Column)
    assert found.places(column, None) == {CITY}


def test_a_query_that_reads_itself_ends(people: DuckDBDatabase) -> None:
    sql = "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x WHERE n < 5) SELECT 1 FROM x WHERE n = 3"
    assert places(people, sql) == set()


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM visits)", {"people", "visits"}),
        ("SELECT 1", set()),
        ("WITH x AS (FROM visits) SELECT * FROM x", {"visits"}),
        ("SELECT * FROM towns", {"people", "visits", "nothing"}),  # a view may read any of them
    ],
)
def test_tables_whose_rows_are_only_counted_are_read_too(
    opened: Callable[[str], DuckDBDatabase], sql: str, tables: set[str]
) -> None:
    database = opened(f"{PEOPLE} CREATE VIEW towns AS SELECT DISTINCT city FROM people;")
    tree = query(database, sql).tree
    assert tree is not None
    assert tables_read(tree, database.schema) == tables
