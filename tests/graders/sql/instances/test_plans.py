"""In which order tables are filled, and where their columns' values come from."""

from collections.abc import Callable

import pytest
from made_instances import plan

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.instances.plans import Plan, TablePlan

Opened = Callable[..., DuckDBDatabase]

SHOP = """
CREATE TABLE lines (shop INT, number INT, item TEXT REFERENCES items (code), PRIMARY KEY (shop, number));
CREATE TABLE items (code TEXT PRIMARY KEY, kind INT NOT NULL, maker TEXT);
CREATE TABLE kinds (id INT PRIMARY KEY, name TEXT UNIQUE);
ALTER TABLE items ADD FOREIGN KEY (kind) REFERENCES kinds (id);
CREATE TABLE makers (name TEXT, town TEXT);
CREATE VIEW towns AS SELECT town FROM makers;
INSERT INTO makers VALUES ('A', 'Oslo'), ('B', 'Oslo');
INSERT INTO kinds VALUES (1, 'x'); INSERT INTO items VALUES ('i1', 1, 'A'), ('i2', 1, 'A');
"""


@pytest.fixture
def shop(opened: Opened) -> DuckDBDatabase:
    return opened(SHOP)


def table(found: Plan, name: str) -> TablePlan:
    return next(table for table in found.tables if table.name == name)


def pointers(found: Plan, name: str) -> set[tuple[tuple[int, ...], str, tuple[int, ...], bool]]:
    return {(p.columns, p.table, p.references, p.strict) for p in table(found, name).pointers}


def test_tables_come_after_those_they_point_to(shop: DuckDBDatabase) -> None:
    names = [each.name for each in plan(shop, "SELECT 1 FROM lines").tables]
    assert names.index("kinds") < names.index("items") < names.index("lines")


def test_views_are_not_filled(shop: DuckDBDatabase) -> None:
    assert {each.name for each in plan(shop, "SELECT 1 FROM towns").tables} == {
        "lines",
        "items",
        "kinds",
        "makers",
    }


def test_in_a_circle_the_table_that_may_wait_comes_first(opened: Opened) -> None:
    database = opened("""
        CREATE TABLE staff (id INT PRIMARY KEY, team INT NOT NULL REFERENCES teams (id));
        CREATE TABLE teams (id INT PRIMARY KEY, head INT REFERENCES staff (id));
    """)
    assert [each.name for each in plan(database, "SELECT 1 FROM staff").tables] == ["teams", "staff"]


def test_declared_foreign_keys_are_strict_pointers(shop: DuckDBDatabase) -> None:
    assert pointers(plan(shop, "SELECT 1 FROM items"), "items") == {((1,), "kinds", (0,), True)}


def test_a_join_to_a_key_that_nobody_declared_is_a_soft_pointer(people: DuckDBDatabase) -> None:
    found = plan(people, "SELECT 1 FROM visits v JOIN people p ON p.id = v.person")
    assert pointers(found, "visits") == {((0,), "people", (0,), False)}


def test_a_join_to_a_column_that_was_unique_is_a_soft_pointer_too(shop: DuckDBDatabase) -> None:
    found = plan(shop, "SELECT 1 FROM items JOIN makers ON items.maker = makers.name")
    assert ((2,), "makers", (0,), False) in pointers(found, "items")
    assert table(found, "makers").likely_keys == {0}


def test_columns_joined_without_a_key_share_their_values(shop: DuckDBDatabase) -> None:
    found = plan(shop, "SELECT 1 FROM items JOIN makers ON items.maker = makers.town")
    assert table(found, "items").domains == {2: 0}
    assert table(found, "makers").domains == {1: 0}
    assert len(found.domains[0]) == 2


def test_a_declared_pointer_is_not_doubled_by_a_join(shop: DuckDBDatabase) -> None:
    found = plan(shop, "SELECT 1 FROM items JOIN kinds ON items.kind = kinds.id")
    assert pointers(found, "items") == {((1,), "kinds", (0,), True)}


def test_keys_and_what_may_be_null_are_those_of_the_schema(shop: DuckDBDatabase) -> None:
    found = plan(shop, "SELECT 1 FROM lines")
    assert table(found, "lines").keys == ((0, 1),)
    assert table(found, "lines").nullable == (False, False, True)
    assert table(found, "kinds").keys == ((0,), (1,))


def test_what_the_gold_reads_is_marked(shop: DuckDBDatabase) -> None:
    found = plan(shop, "SELECT code FROM items WHERE (SELECT count(*) FROM lines) > 7")
    assert table(found, "items").used == {0}
    assert (table(found, "lines").read, table(found, "lines").used) == (True, frozenset())
    assert not table(found, "kinds").read
    assert found.most_counted == 7


def test_given_rows_are_models_and_feed_the_pools(shop: DuckDBDatabase) -> None:
    found = table(plan(shop, "SELECT 1 FROM items"), "items")
    assert found.templates == (("i1", 1, "A"), ("i2", 1, "A"))
    assert found.pools[0].shipped == ("i1", "i2")


def test_constants_of_check_constraints_feed_the_pools(opened: Opened) -> None:
    database = opened(
        "CREATE TABLE t (stars INT CHECK (stars BETWEEN 1 AND 5), mood TEXT CHECK (mood IN ('a', 'b')))"
    )
    stars, mood = table(plan(database, "SELECT 1 FROM t"), "t").pools
    assert stars.shipped == (1, 5)
    assert mood.shipped == ("a", "b")


def test_a_column_joined_beside_a_pointer_follows_it(opened: Opened) -> None:
    database = opened("""
        CREATE TABLE users (id INT PRIMARY KEY, town TEXT);
        CREATE TABLE posts (author INT REFERENCES users (id), place TEXT);
    """)
    found = plan(database, "SELECT 1 FROM posts p JOIN users u ON p.author = u.id AND p.place = u.town")
    assert [(f.column, f.table, f.reference) for f in table(found, "posts").followers] == [(1, "users", 1)]
