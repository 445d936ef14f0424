import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from sql_databases import load, rows
from stopwatch import within

from rewardkit import Unscored
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.engines.schema import ForeignKey

Opened = Callable[..., DuckDBDatabase]


def test_a_postgres_dump_loads(opened: Opened) -> None:
    database = opened("""
        SET statement_timeout = 0;
        CREATE TABLE public.teams (id SERIAL PRIMARY KEY, name TEXT NOT NULL);
        ALTER TABLE public.teams OWNER TO admin;
        CREATE SCHEMA IF NOT EXISTS sport;
        CREATE TABLE sport.games (id BIGINT PRIMARY KEY, team INT NOT NULL REFERENCES public.teams (id), day DATE,
            CONSTRAINT home FOREIGN KEY (team) REFERENCES public.teams (id));
        INSERT INTO public.teams (name) VALUES ('red; blue'), ('green');
        INSERT INTO sport.games VALUES (1, 2, '2024-01-05');
        INSERT INTO public.teams (name) VALUES (TO_CHAR(DATE '2024-03-09', 'Month DD, YYYY'));
        CREATE INDEX by_team ON sport.games (team);
        SELECT pg_catalog.setval('public.teams_id_seq', 2, true);
    """)
    assert rows(database, "SELECT * FROM teams ORDER BY id") == [
        (1, "red; blue"),
        (2, "green"),
        (3, "March 09, 2024"),
    ]
    assert rows(database, "SELECT g.day FROM sport.games g JOIN public.teams t ON g.team = t.id") == [
        (date(2024, 1, 5),)
    ]


def test_tables_of_every_schema_are_found_by_bare_names(opened: Opened) -> None:
    database = opened(
        'CREATE SCHEMA a; CREATE TABLE a.t AS SELECT 1 AS x; CREATE SCHEMA "b\'c"; CREATE TABLE "b\'c".u AS SELECT 2 AS y'
    )
    assert rows(database, "SELECT x + y FROM t, u") == [(3,)]


def test_a_broken_dump_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "bad.sql"
    file.write_text("CREATE TABLE t (x INTEGER);\n\n\nINSERT INTO t VALUES ('many');\n")
    with pytest.raises(Unscored, match=r"bad\.sql: line 4: .*many"):
        load(file)


def test_a_dump_of_copy_blocks_says_how_to_dump(tmp_path: Path) -> None:
    file = tmp_path / "copy.sql"
    file.write_text("CREATE TABLE t (x INTEGER);\nCOPY public.t (x) FROM stdin;\n1\n\\.\n")
    with pytest.raises(Unscored, match=r"line 2: .*--inserts"):
        load(file)


def test_a_dump_cannot_reach_files_either(tmp_path: Path) -> None:
    file = tmp_path / "evil.sql"
    file.write_text(f"CREATE TABLE t AS SELECT * FROM read_text('{file}');")
    with pytest.raises(Unscored, match="disabled"):
        load(file)


def test_a_duckdb_file_is_copied_with_its_schemas_and_views_and_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "it's.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE SCHEMA s; CREATE TABLE s.t AS SELECT 1 AS x; CREATE VIEW v AS SELECT x + 1 AS y FROM s.t"
        )
    before = file.read_bytes()
    database = load(file)
    assert rows(database, "SELECT x, y FROM t, v") == [(1, 2)]
    assert file.read_bytes() == before


PEOPLE_AND_CARS = """
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT UNIQUE, age INTEGER CHECK (age > 0), boss INTEGER REFERENCES people (id));
    CREATE TABLE cars (plate TEXT, owner INTEGER NOT NULL REFERENCES people (id), CHECK (plate <> '?'));
    CREATE UNIQUE INDEX plates ON cars (plate, owner);
    INSERT INTO people VALUES (1, 'Ann', 'a', 40, NULL);
    INSERT INTO people VALUES (2, 'Bob', 'b', 30, 1);
    INSERT INTO cars VALUES ('x', 2);
"""


def make_duckdb(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute(PEOPLE_AND_CARS)


def make_sqlite(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(PEOPLE_AND_CARS)


def make_dump(file: Path) -> None:
    file.write_text(PEOPLE_AND_CARS)


@pytest.mark.parametrize(
    ("name", "make"), [("a.duckdb", make_duckdb), ("a.sqlite", make_sqlite), ("a.sql", make_dump)]
)
def test_the_constraints_of_every_kind_of_file_are_kept(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    make(tmp_path / name)
    database = load(tmp_path / name)
    people, cars = database.schema.tables["people"], database.schema.tables["cars"]
    assert people.keys == (("id",), ("code",))
    assert [column.name for column in people.columns if not column.nullable] == ["id", "name"]
    assert people.foreign == (ForeignKey(("boss",), "people", ("id",)),)
    assert [check.strip("()") for check in people.checks] == ["age > 0"]
    assert cars.keys == (("plate", "owner"),)
    assert [column.name for column in cars.columns if not column.nullable] == ["owner"]
    assert cars.foreign == (ForeignKey(("owner",), "people", ("id",)),)
    assert len(cars.checks) == 1
    assert rows(database, "SELECT p.name FROM cars JOIN people p ON p.id = owner") == [("Bob",)]


def test_the_keys_that_pg_dump_adds_behind_the_rows_are_kept(opened: Opened) -> None:
    database = opened("""
        CREATE TABLE public.teams (id integer NOT NULL, name text);
        INSERT INTO public.teams VALUES (1, 'red');
        ALTER TABLE ONLY public.teams ADD CONSTRAINT teams_pkey PRIMARY KEY (id);
        CREATE UNIQUE INDEX by_name ON public.teams USING btree (name);
    """)
    assert database.schema.tables["teams"].keys == (("id",), ("name",))


@pytest.mark.parametrize(
    ("check", "kept"),
    [
        ("length(name) > 2", True),
        ("kind IN ('a', 'b')", True),
        ("typeof(age) = 'integer'", False),  # BIGINT in DuckDB
        ("born LIKE '____-__-__'", False),  # a DATE in DuckDB
        ("name LIKE 'a%'", False),  # in SQLite capitals make no difference
    ],
)
def test_a_check_of_a_sqlite_file_that_means_something_else_in_duckdb_is_left_out(
    tmp_path: Path, check: str, kept: bool
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.executescript(f"""
            CREATE TABLE t (name TEXT, kind TEXT, age INTEGER, born DATE, CHECK (age > 0), CHECK ({check}));
            INSERT INTO t VALUES ('Ann', 'a', 4, '2020-01-01');
        """)
    assert len(load(tmp_path / "a.sqlite").schema.tables["t"].checks) == 1 + kept


def test_a_duckdb_file_keeps_the_types_of_its_own(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(
            "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE SEQUENCE s; CREATE MACRO twice(x) AS 2 * x;"
            "CREATE TABLE t (id INTEGER DEFAULT nextval('s'), m mood, n INTEGER AS (id + 1));"
            "CREATE VIEW v AS SELECT twice(n) AS n FROM t; INSERT INTO t (m) VALUES ('glad')"
        )
    assert rows(load(tmp_path / "a.duckdb"), "SELECT t.*, v.n FROM t, v") == [(1, "glad", 2, 4)]


def test_a_duckdb_file_that_another_process_reads_can_be_opened_too(tmp_path: Path) -> None:
    file = tmp_path / "shared.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    code = f"import duckdb; held = duckdb.connect({str(file)!r}, read_only=True); print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "held\n"
        assert rows(load(file), "FROM t") == [(1,)]
        reader.communicate("\n")


def test_a_sqlite_file_gets_types_from_its_values(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute(
            'CREATE TABLE "my t" (i INTEGER, r REAL, s TEXT, d DATE, at DATETIME, b BLOB, mixed, none REAL, ok BOOLEAN)'
        )
        row = (1, 2.5, "x", "2024-01-02", "2024-01-02 03:04:05", b"z", "7", None, 1)
        connection.executemany(
            'INSERT INTO "my t" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [row, (*row[:6], 7, None, 0)]
        )
    database = load(file)
    assert rows(database, 'SELECT * FROM "my t" LIMIT 1') == [
        (1, 2.5, "x", date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), b"z", "7", None, True)
    ]
    assert rows(database, "SELECT count(*), sum(ok::INT) FROM \"my t\" WHERE mixed = '7'") == [(2, 1)]


def test_generated_columns_of_a_sqlite_file_are_copied(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.executescript(
            "CREATE TABLE t (a INT, b INT AS (a + 1), c TEXT); INSERT INTO t (a, c) VALUES (1, 'x')"
        )
    assert rows(load(tmp_path / "a.sqlite"), "FROM t") == [(1, 2, "x")]


@pytest.mark.timed
def test_a_large_sqlite_file_loads_in_the_time_of_one_answer(tmp_path: Path) -> None:
    # One parameter for each cell took 80 s for 600,000 rows; a list for each column takes 6 s.
    file = tmp_path / "large.sqlite"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", ((i, i / 2, None) for i in range(60_000)))
    with within(3):
        database = load(file)
    assert rows(database, "SELECT count(*), count(s), sum(r) FROM t") == [(60_000, 0, 899_985_000.0)]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.sql", None, "not a file"),
        ("empty.sql", b"", "no tables"),
        ("data.csv", b"a,b", "give the folder"),
        ("data.txt", b"a,b", "allowed: a .sql dump"),
        ("damaged.duckdb", b"DUCKDUCKDUCKDUCK", "damaged|database"),
        ("damaged.sqlite", b"SQLite format 3\x00" + b"x" * 100, "SQLite"),
        ("latin.sql", b"SELECT '\xe9'", "utf-8"),
    ],
)
def test_a_file_that_is_no_database_is_a_bad_reference(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Unscored, match=why) as raised:
        open_database(str(tmp_path / name))
    assert raised.value.cause == "bad_reference"


def test_a_fixture_is_opened_once_and_again_when_its_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "t.sql"
    file.write_text("CREATE TABLE t AS SELECT 1 AS x")
    first = open_database(str(file))
    assert open_database(str(file)) is first
    file.write_text("CREATE TABLE t AS SELECT 2 AS x")
    os.utime(file, ns=(1, 1))
    assert rows(open_database(str(file)), "FROM t") == [(2,)]


def test_the_clock_stands_still_for_the_data_and_for_every_way_to_ask(opened: Opened) -> None:
    database = opened(
        "CREATE TABLE t (moment TIMESTAMP DEFAULT now()); INSERT INTO t VALUES (NOW() - INTERVAL '1 day')",
        clock="2020-05-06 07:08:09",
    )
    now = datetime(2020, 5, 6, 7, 8, 9)
    timestamps = "now(), current_timestamp, get_current_timestamp(), transaction_timestamp(), localtimestamp, current_localtimestamp()"
    assert set(rows(database, f"SELECT {timestamps}")[0]) == {now}
    assert rows(database, "SELECT current_date, today()") == [(now.date(), now.date())]
    assert set(
        rows(database, "SELECT current_time, localtime, get_current_time(), current_localtime()")[0]
    ) == {now.time()}
    assert rows(
        database,
        "SELECT age(DATE '2020-05-05') = INTERVAL '1 day', age(moment, moment) = INTERVAL '0 day' FROM t",
    ) == [(True, True)]
    assert rows(database, "SELECT moment = current_timestamp - INTERVAL '1 day' FROM t") == [(True,)]


@pytest.mark.parametrize("clock", ["yesterday", "2020-01-01 00:00:00+02:00"])
def test_a_clock_that_is_no_utc_moment_is_a_bad_reference(opened: Opened, clock: str) -> None:
    with pytest.raises(Unscored, match="clock"):
        opened(clock=clock)


def test_instances_of_a_database_that_died_are_dropped_with_it(people: DuckDBDatabase) -> None:
    people.add_instance("other", {})
    people.connection.close()
    people.drop_instance("other")
    assert not people.is_alive()
