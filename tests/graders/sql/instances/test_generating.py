"""Made-up rows honour the constraints of their tables, whatever the regime and the seed."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_instances import broken, plan
from sql_databases import load, rows

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.instances.generating import generate, without_orphans
from rewardkit.graders.sql.instances.plans import Plan
from rewardkit.graders.sql.instances.regimes import REGIMES, Regime, Stressed, mixed_regime, stresses_of

# A dump, and a query that reads all of it. The tables of most are empty: nothing but the schema tells what may be.
SCHEMAS = {
    "keys of every kind": (
        """CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT UNIQUE, day DATE UNIQUE, at TIMESTAMP UNIQUE, cost DECIMAL(4, 2) UNIQUE, u UUID UNIQUE,
            small TINYINT NOT NULL UNIQUE, n TEXT NOT NULL);
           INSERT INTO a VALUES (1, 'k1', '2024-01-01', '2024-01-01', 1.25, NULL, 126, 'x');""",
        "SELECT * FROM a WHERE code = 'k7' AND id > 3",
    ),
    "foreign keys": (
        """CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT UNIQUE);
           CREATE TABLE b (id INTEGER PRIMARY KEY REFERENCES a (id), code TEXT NOT NULL REFERENCES a (code), n TEXT);
           CREATE TABLE c (b INTEGER REFERENCES b (id), a INTEGER NOT NULL REFERENCES a (id));
           INSERT INTO a VALUES (1, 'x'), (2, 'y'); INSERT INTO b VALUES (1, 'x', 'm');""",
        "SELECT a.id, n FROM a JOIN b ON a.id = b.id JOIN c ON c.b = b.id WHERE a.code = 'x'",
    ),
    "a tree": (
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff (id), name TEXT NOT NULL)",
        "SELECT s.name FROM staff s JOIN staff b ON s.boss = b.id WHERE b.name = 'Ann'",
    ),
    "a tree whose root is its own parent": (
        "CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER NOT NULL REFERENCES staff (id))",
        "SELECT count(*) FROM staff s JOIN staff b ON s.boss = b.id",
    ),
    "a tree for each tenant": (
        """CREATE TABLE nodes (tenant INTEGER, id INTEGER, parent INTEGER, PRIMARY KEY (tenant, id),
            FOREIGN KEY (tenant, parent) REFERENCES nodes (tenant, id))""",
        "SELECT n.id FROM nodes n JOIN nodes p ON n.tenant = p.tenant AND n.parent = p.id",
    ),
    "a circle": (
        """CREATE TABLE staff (id INTEGER PRIMARY KEY, team INTEGER NOT NULL REFERENCES teams (id));
           CREATE TABLE teams (id INTEGER PRIMARY KEY, head INTEGER REFERENCES staff (id));""",
        "SELECT s.id FROM staff s JOIN teams t ON t.head = s.id",
    ),
    "a circle that is nowhere open": (
        """CREATE TABLE staff (id INTEGER PRIMARY KEY, team INTEGER NOT NULL REFERENCES teams (id));
           CREATE TABLE teams (id INTEGER PRIMARY KEY, head INTEGER NOT NULL UNIQUE REFERENCES staff (id));""",
        "SELECT s.id FROM staff s JOIN teams t ON t.head = s.id",
    ),
    "keys of several columns": (
        """CREATE TABLE a (x INTEGER, y TEXT, z INTEGER NOT NULL, PRIMARY KEY (x, y), UNIQUE (y, z));
           CREATE TABLE b (id INTEGER PRIMARY KEY, x INTEGER, y TEXT, FOREIGN KEY (x, y) REFERENCES a (x, y));
           INSERT INTO a VALUES (1, 'q', 1), (1, 'r', 2);""",
        "SELECT z FROM a JOIN b ON a.x = b.x AND a.y = b.y",
    ),
    "a junction table": (
        """CREATE TABLE students (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE courses (id INTEGER PRIMARY KEY, title TEXT);
           CREATE TABLE takes (student INTEGER REFERENCES students (id), course INTEGER REFERENCES courses (id), grade INTEGER,
            PRIMARY KEY (student, course));""",
        "SELECT name FROM students s JOIN takes t ON t.student = s.id JOIN courses c ON c.id = t.course WHERE title = 'Art' AND grade > 4",
    ),
    "foreign keys that overlap": (
        """CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (id), k INTEGER, PRIMARY KEY (a, k));
           CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id), k INTEGER, FOREIGN KEY (a, k) REFERENCES b (a, k));
           INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1), (2, 1); INSERT INTO c VALUES (1, 1, 1);""",
        "SELECT c.id FROM a JOIN b ON a.id = b.a JOIN c ON c.a = b.a AND c.k = b.k",
    ),
    "odd types": (
        """CREATE TYPE mood AS ENUM ('sad', 'ok');
           CREATE TABLE a (id UUID PRIMARY KEY, mood mood NOT NULL, t TIME NOT NULL, j JSON NOT NULL, l INTEGER[] NOT NULL, b BLOB NOT NULL,
            i INTERVAL NOT NULL, s STRUCT(x INTEGER), z TIMESTAMPTZ NOT NULL, h HUGEINT NOT NULL, y UTINYINT NOT NULL, p DECIMAL(2, 2) NOT NULL);""",
        "SELECT id FROM a WHERE mood = 'ok' AND y = 255 AND p > 0.5",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[DuckDBDatabase, Plan]]]:
    folder = tmp_path_factory.mktemp("schemas")
    made: dict[str, tuple[DuckDBDatabase, Plan]] = {}
    for name, (dump, sql) in SCHEMAS.items():
        file = folder / f"{name}.sql"
        file.write_text(dump, encoding="utf-8")
        database = load(file)
        made[name] = (database, plan(database, sql))
    yield made
    for database, _ in made.values():
        database.close()


def regimes(found: Plan) -> list[Regime]:
    """The fixed ones, and a mixed one for each stress."""
    mixed = [mixed_regime(random.Random(i), stressed) for i, stressed in enumerate(stresses_of(found))]
    return [*REGIMES, *mixed, mixed_regime(random.Random(0))]


@pytest.mark.parametrize("name", SCHEMAS)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.text("abc", max_size=4))
def test_no_constraint_is_violated_under_any_regime(
    plans: dict[str, tuple[DuckDBDatabase, Plan]], name: str, seed: str
) -> None:
    database, found = plans[name]
    for regime in regimes(found):
        assert broken(database.schema, generate(found, regime, seed)) == set(), regime


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_table_stays_empty(plans: dict[str, tuple[DuckDBDatabase, Plan]], name: str) -> None:
    _, found = plans[name]
    for number, regime in enumerate(regimes(found)):
        assert all(generate(found, regime, str(number)).values()), regime


@pytest.mark.parametrize("name", SCHEMAS)
def test_rows_load_under_every_regime(plans: dict[str, tuple[DuckDBDatabase, Plan]], name: str) -> None:
    database, found = plans[name]
    for regime in regimes(found):
        made = generate(found, regime, "0")
        database.add_instance("made", made)
        for table, members in made.items():
            assert rows(database, f"SELECT count(*) FROM {table}", "made") == [(len(members),)]


@given(st.integers())
def test_a_mixed_regime_has_shares_that_can_be_met(seed: int) -> None:
    regime = mixed_regime(random.Random(seed))
    assert regime.neighbours + regime.copies + regime.templates < 2
    assert regime.rows >= 3


HASH_SEED = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from made_instances import plan
from sql_databases import load
from rewardkit.graders.sql.instances.generating import generate
from rewardkit.graders.sql.instances.regimes import REGIMES
database = load(Path({file!r}))
print(repr([generate(plan(database, {sql!r}), regime, "7") for regime in REGIMES]))
"""


def test_rows_are_the_same_in_every_process(tmp_path: Path) -> None:
    # Sets of names have another order in each process; several columns share a domain here, and several are called id.
    file = tmp_path / "domains.sql"
    file.write_text(
        """CREATE TABLE a (id INT, town TEXT); CREATE TABLE b (id INT, place TEXT); CREATE TABLE c (id INT, spot TEXT);
        INSERT INTO a VALUES (1, 'x'), (1, 'x'); INSERT INTO b VALUES (2, 'y'), (2, 'y'); INSERT INTO c VALUES (3, 'z'), (3, 'z');"""
    )
    sql = "SELECT a.id FROM a JOIN b ON a.town = b.place JOIN c ON c.spot = b.place WHERE town LIKE 'x%'"
    code = HASH_SEED.format(path=[*sys.path], file=str(file), sql=sql)
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_another_seed_makes_other_rows(people: DuckDBDatabase) -> None:
    found = plan(people, "SELECT * FROM people")
    assert generate(found, REGIMES[0], "1") == generate(found, REGIMES[0], "1")
    assert generate(found, REGIMES[0], "1") != generate(found, REGIMES[0], "2")


GOLD = "SELECT name FROM people p JOIN visits v ON v.person = p.id WHERE city = 'Bern' AND pay > 7"


@pytest.mark.parametrize(
    ("how", "share"),
    [
        ("null", lambda cities: cities.count(None) / len(cities)),
        ("same", lambda cities: max(map(cities.count, cities)) / len(cities)),
        ("distinct", lambda cities: len(set(cities)) / len(cities)),
        ("beside", lambda cities: sum(city in ("BERN", "Berns", "xBern", "Ber") for city in cities) / len(cities)),
    ],
)  # fmt: skip
def test_a_stressed_column_is_taken_to_its_extreme(people: DuckDBDatabase, how: str, share: object) -> None:
    regime = replace(REGIMES[4], neighbours=0.0, copies=0.0, templates=0.0)
    stressed = replace(regime, stressed=Stressed("people", 2, how))  # type: ignore[arg-type]
    found = plan(people, GOLD)
    usual, extreme = (
        share([row[2] for row in generate(found, each, "1")["people"]])  # type: ignore[operator]
        for each in (regime, stressed)
    )
    assert extreme > usual + 0.15


def test_every_stress_is_of_a_column_that_the_gold_reads(people: DuckDBDatabase) -> None:
    found = {(stressed.table, stressed.position) for stressed in stresses_of(plan(people, GOLD))}
    assert found == {("people", 0), ("people", 1), ("people", 2), ("people", 4), ("visits", 0)}


def test_the_gold_finds_rows_where_they_meet_its_conditions(people: DuckDBDatabase) -> None:
    regime = next(regime for regime in REGIMES if regime.label == "rows that meet the conditions")
    gold = "SELECT name FROM people p JOIN visits v ON v.person = p.id WHERE city = 'Bern' AND place LIKE '%zoo%'"
    for seed in range(10):
        people.add_instance("made", generate(plan(people, gold), regime, str(seed)))
        assert rows(people, gold, "made")


def test_a_table_has_more_rows_than_a_count_that_the_gold_asks_for(people: DuckDBDatabase) -> None:
    found = plan(people, "SELECT city FROM people GROUP BY city HAVING count(*) > 20")
    assert len(generate(found, REGIMES[3], "1")["people"]) > 20


def test_rows_that_point_nowhere_are_taken_out_with_those_that_point_to_them(
    plans: dict[str, tuple[DuckDBDatabase, Plan]],
) -> None:
    _, found = plans["foreign keys"]
    made = {
        "a": [(1, "x"), (2, "y")],
        "b": [(1, "x", "m"), (3, "x", None)],
        "c": [(1, 1), (3, 1), (None, 2)],
    }
    assert without_orphans(found, made) == {
        "a": made["a"],
        "b": [(1, "x", "m")],
        "c": [(1, 1), (None, 2)],
    }
