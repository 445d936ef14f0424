import sqlite3
from contextlib import closing

import pytest

from rewardkit.graders.sql.engines.schema import Column, ForeignKey, TableSchema
from rewardkit.graders.sql.engines.sqlite_schema import Layout, layout_of, unsorted


def layout(script: str) -> Layout:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return layout_of(connection)


def table(script: str, name: str = "t") -> TableSchema:
    return layout(script).schema.tables[name]


def test_columns_have_their_declared_types_and_may_be_null_unless_declared_or_key() -> None:
    assert table("CREATE TABLE T (Id INTEGER PRIMARY KEY, a VARCHAR(9) NOT NULL, b)").columns == (
        Column("Id", "INTEGER", nullable=False), Column("a", "VARCHAR(9)", nullable=False), Column("b", "", nullable=True),
    )  # fmt: skip


def test_tables_are_found_by_lower_case_names_in_the_order_in_which_they_were_made() -> None:
    found = layout('CREATE TABLE B (x); CREATE TABLE "a b" (x); CREATE VIEW C AS SELECT x FROM B;')
    assert list(found.schema.tables) == ["b", "a b", "c"]
    assert [facts.name for facts in found.schema.tables.values()] == ["B", "a b", "C"]
    assert [facts.view for facts in found.schema.tables.values()] == [False, False, True]
    assert {facts.schema for facts in found.schema.tables.values()} == {"main"}


@pytest.mark.parametrize(
    ("columns", "keys"),
    [
        ("a INTEGER PRIMARY KEY, b UNIQUE", (("a",), ("b",))),
        ("a, b, c, PRIMARY KEY (c, a)", (("c", "a"),)),
        ("a UNIQUE, b PRIMARY KEY, c, UNIQUE (a, c)", (("b",), ("a",), ("a", "c"))),
        ("a, b, PRIMARY KEY (a)) WITHOUT ROWID; CREATE TABLE u (x", (("a",),)),
        ("a, b, c); CREATE UNIQUE INDEX i ON t (b, c); CREATE INDEX j ON t (a", (("b", "c"),)),
        ("a, b); CREATE UNIQUE INDEX i ON t (lower(a)); CREATE UNIQUE INDEX j ON t (a) WHERE (b > 1", ()),
    ],
)
def test_keys_are_the_primary_one_first_and_then_what_is_unique_over_all_rows(
    columns: str, keys: tuple[tuple[str, ...], ...]
) -> None:
    assert table(f"CREATE TABLE t ({columns});").keys == keys


def test_foreign_keys_point_to_the_named_columns_or_to_the_primary_key() -> None:
    script = """
        CREATE TABLE P (id INTEGER PRIMARY KEY, a, b, UNIQUE (a, b));
        CREATE TABLE t (x REFERENCES p, y REFERENCES P (id), z, w REFERENCES nowhere (id), FOREIGN KEY (y, z) REFERENCES p (a, b));
    """
    assert table(script).foreign == (
        ForeignKey(("x",), "p", ("id",)), ForeignKey(("y",), "p", ("id",)), ForeignKey(("y", "z"), "p", ("a", "b")),
    )  # fmt: skip


def test_check_conditions_of_columns_and_tables_are_given_as_sql() -> None:
    assert set(table("CREATE TABLE t (a CHECK (a > 0), b, CHECK (a <> b))").checks) == {"a > 0", "a <> b"}
    assert table("CREATE TABLE t (a, b AS (a + 1) CHECK (b GLOB '[0-9]*'))").columns[1].name == "b"


def test_generated_columns_are_columns_without_values_of_their_own() -> None:
    found = layout("CREATE TABLE t (a, b AS (a + 1), c AS (a + 2) STORED, d)")
    assert [column.name for column in found.schema.tables["t"].columns] == ["a", "b", "c", "d"]
    assert found.stored == {"t": (0, 3)}


def test_a_view_of_what_is_not_there_is_left_out() -> None:
    found = layout(
        "CREATE TABLE t (x); CREATE VIEW v AS SELECT * FROM gone; CREATE VIEW w AS SELECT x + 1 AS y FROM t"
    )
    assert list(found.schema.tables) == ["t", "w"]
    assert found.views == ("CREATE VIEW w AS SELECT x + 1 AS y FROM t",)


def test_virtual_tables_and_what_they_keep_are_left_out() -> None:
    found = layout("CREATE TABLE t (x); CREATE VIRTUAL TABLE docs USING fts5 (body)")
    assert list(found.schema.tables) == ["t"]
    assert {"docs", "docs_content"} <= found.hidden


@pytest.mark.parametrize(
    "script", ["", "CREATE VIEW v AS SELECT * FROM gone", "CREATE VIRTUAL TABLE docs USING fts5 (body)"]
)
def test_a_database_without_tables_is_none(script: str) -> None:
    with pytest.raises(ValueError, match="holds no tables"):
        layout(script)


@pytest.mark.parametrize(
    ("statement", "unsorted_one"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT)", "CREATE TABLE t (id INT PRIMARY KEY , x TEXT)"),
        ("CREATE TABLE t (id integer, n INTEGER, PRIMARY KEY (id))", "CREATE TABLE t (id INT, n INT, PRIMARY KEY (id))"),
        ("CREATE TABLE [INTEGER] (\"integer\" TEXT DEFAULT 'INTEGER' /* an INTEGER */)", None),
    ],
)  # fmt: skip
def test_a_table_can_be_made_whose_key_sorts_nothing(statement: str, unsorted_one: str | None) -> None:
    assert unsorted(statement) == (unsorted_one or statement)
    connection = sqlite3.connect(":memory:")
    connection.execute(unsorted(statement))
