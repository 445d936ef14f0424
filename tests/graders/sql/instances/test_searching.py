"""The instances that a search finds tell the gold from wrong queries."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made_instances import broken, given_rows, query, results, searched
from sql_databases import PEOPLE, load, rows

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Database
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.instances.checks import forbidden
from rewardkit.graders.sql.instances.searching import Search, says_nothing

Opened = Callable[..., DuckDBDatabase]

GOLD = "SELECT name FROM people p JOIN visits v ON v.person = p.id WHERE city = 'Oslo' AND pay > 10"


@pytest.mark.parametrize(
    "gold",
    [
        "SELECT name FROM people WHERE city = 'Bern'",
        "SELECT name FROM people WHERE born::TEXT LIKE '1930-%'",
        "SELECT id FROM people WHERE id::TEXT LIKE '77%'",
        "SELECT name FROM people JOIN visits ON id = person WHERE place LIKE '%moon%'",
        "SELECT city FROM people GROUP BY city HAVING count(*) > 12",
        "SELECT name FROM people WHERE born >= CURRENT_DATE - INTERVAL '7 days'",
        "SELECT name FROM people WHERE id NOT IN (SELECT person FROM visits) AND pay BETWEEN 500 AND 600",
        "SELECT x FROM nothing WHERE x > 1000",
    ],
)
def test_a_gold_that_is_empty_on_the_given_rows_says_something_on_others(
    people: DuckDBDatabase, gold: str
) -> None:
    assert rows(people, gold) == []
    assert all(results(people, gold, searched(people, gold).instances[:1]))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBDatabase, Search]]:
    """The search for GOLD, made once."""
    file = tmp_path_factory.mktemp("searching") / "people.sql"
    file.write_text(PEOPLE, encoding="utf-8")
    database = load(file)
    yield database, searched(database, GOLD, wanted=4)
    database.close()


@pytest.mark.parametrize(
    "wrong",
    [
        GOLD.replace("> 10", ">= 10"),
        GOLD.replace("= 'Oslo'", "ILIKE 'oslo'"),
        GOLD.replace("SELECT", "SELECT DISTINCT"),
        GOLD.replace(" AND ", " OR "),
        GOLD.replace("v.person = p.id", "v.person >= p.id"),
        "SELECT name FROM people WHERE city = 'Oslo' AND pay > 10 AND id IN (SELECT person FROM visits)",
        "SELECT name FROM people WHERE city = 'Oslo' AND pay > 10",
    ],
)
def test_a_wrong_query_gives_something_else_on_an_instance(
    found: tuple[DuckDBDatabase, Search], wrong: str
) -> None:
    database, search = found
    right, other = (results(database, sql, search.instances) for sql in (GOLD, wrong))
    assert [Counter(rows) for rows in right] != [Counter(rows) for rows in other]


def test_only_what_means_the_same_is_left_of_the_mutants(found: tuple[DuckDBDatabase, Search]) -> None:
    _, search = found
    assert search.mutants > 30
    for mutant in search.survivors:
        # What is compared with a constant or joined is not NULL anyway, and the condition on the city drops what an outer join adds.
        assert re.search(r"NOT (city|pay|p\.id|v\.person) IS NULL|(LEFT|RIGHT|FULL) JOIN", mutant.sql), mutant


def test_a_search_is_the_same_each_time(people: DuckDBDatabase, found: tuple[DuckDBDatabase, Search]) -> None:
    assert searched(people, GOLD, wanted=4) == found[1]


def test_no_more_instances_are_found_than_wanted(people: DuckDBDatabase) -> None:
    sql = "SELECT name FROM people WHERE id > 3"
    assert [len(searched(people, sql, wanted=wanted).instances) for wanted in (0, 1, 3)] == [0, 1, 3]


def test_the_first_instance_is_one_on_which_the_gold_says_something(people: DuckDBDatabase) -> None:
    gold = "SELECT count(*) FROM people WHERE city = 'Bern' AND pay = 77"
    first, *_ = results(people, gold, searched(people, gold).instances)
    assert not says_nothing(first)


def test_every_instance_honours_the_constraints(opened: Opened) -> None:
    database = opened("""
        CREATE TABLE items (id INT PRIMARY KEY, stars INT NOT NULL CHECK (stars BETWEEN 1 AND 5), kind TEXT CHECK (kind IN ('a', 'b')));
        CREATE TABLE sales (item INT NOT NULL REFERENCES items (id), day DATE, until DATE, CHECK (until > day));
        INSERT INTO items VALUES (1, 5, 'a'); INSERT INTO sales VALUES (1, '2024-01-01', '2024-01-02');
    """)
    gold = "SELECT day FROM items JOIN sales ON id = item WHERE stars > 3 AND kind = 'a' AND until - day > 1"
    found = searched(database, gold).instances
    assert len(found) == 3
    for instance in found:
        assert broken(database.schema, instance.rows) == set()
        for name, table in database.schema.tables.items():
            assert forbidden(database, table, instance.rows[name]) == set()


SEARCH = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from made_instances import searched
from sql_databases import load
print(repr(searched(load(Path({file!r})), {gold!r}, wanted=2)))
"""


def test_a_search_is_the_same_in_every_process(people_file: str) -> None:
    code = SEARCH.format(path=[*sys.path], file=people_file, gold=GOLD)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert "Found(" in outputs.pop()


def test_a_table_whose_rows_are_only_counted_is_filled(
    people: DuckDBDatabase,
) -> None:
    found = searched(people, "SELECT name FROM people WHERE (SELECT count(*) FROM visits) > 1")
    assert found.instances
    assert all(instance.rows["visits"] for instance in found.instances)


def test_a_view_is_searched_through_its_tables(opened: Opened) -> None:
    database = opened(f"{PEOPLE} CREATE VIEW rich AS SELECT id, name AS who FROM people WHERE pay > 10;")
    gold = "SELECT who, place FROM rich JOIN visits ON id = person"
    found = searched(database, gold).instances
    assert len(found) == 3
    assert any(results(database, gold, found))


def test_columns_of_lists_do_not_stop_a_search(opened: Opened) -> None:
    database = opened(
        "CREATE TABLE posts (id INT, tags TEXT[], at TIME); INSERT INTO posts VALUES (1, ['a', 'b'], '10:00')"
    )
    assert len(searched(database, "SELECT id FROM posts WHERE id > 3").instances) == 3


def test_small_types_do_not_stop_a_search(opened: Opened) -> None:
    database = opened(
        "CREATE TABLE t (id UTINYINT PRIMARY KEY, share DECIMAL(2, 2)); INSERT INTO t VALUES (254, 0.99)"
    )
    assert len(searched(database, "SELECT id FROM t WHERE share >= 0.99").instances) == 3


def test_every_accepted_gold_runs_on_every_instance(people: DuckDBDatabase) -> None:
    # On most made-up rows several people live in a town; the second gold fails there, and the first one is right.
    golds = [
        "SELECT city FROM people WHERE name = 'Ann'",
        "SELECT (SELECT city FROM people WHERE name = 'Ann') AS city",
    ]
    found = searched(people, *golds)
    assert found.instances
    assert all(results(people, golds[1], found.instances))


def test_sqlite_is_searched_as_well(tmp_path: Path) -> None:
    file = tmp_path / "people.sql"
    file.write_text(PEOPLE.partition("CREATE TABLE nothing")[0])  # NOTHING is a word of SQLite's own
    database: Database = open_database(str(file), engine="sqlite")
    found = searched(
        database, "SELECT name FROM people WHERE born >= date('now', '-7 days') AND city LIKE 'O%'"
    )
    assert len(found.instances) == 3
    assert found.mutants - len(found.survivors) > 12


def test_sqlite_instances_honour_checks_too(tmp_path: Path) -> None:
    file = tmp_path / "stars.sql"
    file.write_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5)); INSERT INTO t VALUES (1, 3);"
    )
    found = searched(open_database(str(file), engine="sqlite"), "SELECT id FROM t WHERE stars > 3")
    assert len(found.instances) == 3
    assert {row[1] for instance in found.instances for row in instance.rows["t"]} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("found", "nothing"),
    [
        ([], True),
        ([(None,)], True),
        ([(0, "")], True),
        ([(1.0,)], True),
        ([(2,)], False),
        ([(0,), (0,)], False),
        ([("a",)], False),
    ],
)
def test_what_chance_could_meet_says_nothing(found: list[tuple[object, ...]], nothing: bool) -> None:
    assert says_nothing(found) is nothing


def test_only_the_first_rows_of_a_large_table_are_looked_at(opened: Opened) -> None:
    database = opened("CREATE TABLE t AS SELECT range AS x FROM range(5000)")
    assert len(given_rows(database)["t"]) == 2_000
    assert query(database, "SELECT x FROM t").tree is not None
