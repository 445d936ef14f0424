"""Messages of both engines, as they come, told again with the nearest names of the schema."""

import sqlite3

import duckdb
import pytest

from rewardkit.graders.sql.comparing.unbound import explain_unbound
from rewardkit.graders.sql.engines.schema import Column, Schema, TableSchema

TABLES = {"people": ("id", "name", "age"), "orders": ("id", "person", "total")}
DUMP = "CREATE TABLE people (id INTEGER, name TEXT, age INTEGER); CREATE TABLE orders (id INTEGER, person INTEGER, total REAL);"
SCHEMA = Schema(
    {
        table: TableSchema(table, "main", tuple(Column(name, "INTEGER") for name in names))
        for table, names in TABLES.items()
    }
)


def told(sql: str, engine: str) -> str:
    """The message of a real engine on `sql`, told again."""
    if engine == "duckdb":
        with duckdb.connect() as connection, pytest.raises(duckdb.Error) as caught:
            connection.execute(DUMP).execute(sql)
    else:
        lite = sqlite3.connect(":memory:")
        lite.executescript(DUMP)
        with pytest.raises(sqlite3.Error) as caught:
            lite.execute(sql)
        lite.close()
    return explain_unbound(str(caught.value), SCHEMA, sql)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT nam FROM people", "there is no column 'nam'; nearest: people.name"),
        ("SELECT Nmae FROM people", "there is no column 'Nmae'; nearest: people.name"),
        ("SELECT p.nam FROM people p", "there is no column 'p.nam'; nearest: people.name"),
        ("SELECT people.nam FROM people", "table 'people' has no column 'nam'; nearest: name"),
        ("SELECT people.persn FROM people", "table 'people' has no column 'persn'; nearest: orders.person"),
        ("SELECT total FROM people", "column 'total' is not available there; it is in: orders"),
        ("SELECT zzz FROM people", "there is no column 'zzz'"),
        (
            "SELECT * FROM people JOIN orders USING (persn)",
            "there is no column 'persn'; nearest: orders.person",
        ),
        ("SELECT orders.id FROM people", "table 'orders' is not in the FROM clause there"),
        ("SELECT * FROM peple", "there is no table 'peple'; nearest: people"),
        ("SELECT * FROM other.people", "there is no table 'other.people'; nearest: people"),
        ("SELECT * FROM zzz", "there is no table 'zzz'"),
    ],
)
def test_a_missing_name_is_told_with_the_nearest_ones(sql: str, why: str, engine: str) -> None:
    assert told(sql, engine) == why


def test_duckdb_suggests_a_function_and_sqlite_none() -> None:
    assert told("SELECT suum(age) FROM people", "duckdb") == "there is no function 'suum'; nearest: sum"
    assert told("SELECT suum(age) FROM people", "sqlite") == "there is no function 'suum'"


def test_a_function_that_is_not_much_like_it_is_not_suggested() -> None:
    assert told("SELECT to_char(age, '9') FROM people", "duckdb") == "there is no function 'to_char'"


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            'SELECT id FROM people WHERE name = "Zoë"',
            "there is no column 'Zoë'; a text takes single quotes: 'Zoë'",
        ),
        (
            'SELECT id FROM people WHERE name = "nam"',
            "there is no column 'nam'; nearest: people.name; a text takes single quotes: 'nam'",
        ),
        ('SELECT people."zzz" FROM people', "table 'people' has no column 'zzz'"),
        ('SELECT "total" FROM people', "column 'total' is not available there; it is in: orders"),
    ],
)
def test_a_name_in_double_quotes_may_have_been_meant_as_a_text(sql: str, why: str) -> None:
    assert told(sql, "duckdb") == why


def test_other_messages_pass_through_cut_to_their_first_line() -> None:
    assert told("SELECT id FROM people, orders", "sqlite") == "ambiguous column name: id"
    assert explain_unbound(f"Binder Error: {'x' * 500}\nLINE 1", SCHEMA) == f"Binder Error: {'x' * 185}…"
    assert explain_unbound("", SCHEMA) == ""


def test_nearest_columns_are_at_most_three() -> None:
    many = Schema({f"t{i}": TableSchema(f"t{i}", "main", (Column("name", "TEXT"),)) for i in range(9)})
    assert explain_unbound("no such column: nam", many).count("name") == 3
