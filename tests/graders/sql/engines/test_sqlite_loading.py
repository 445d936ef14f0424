import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from stopwatch import within

from rewardkit import Unscored
from rewardkit.graders.sql.engines.engine import Query, Row, Table
from rewardkit.graders.sql.engines.schema import Column, ForeignKey
from rewardkit.graders.sql.engines.sources import source_of
from rewardkit.graders.sql.engines.sqlite_databases import SqliteDatabase, open_sqlite

LARGE = "CREATE TABLE t (x); INSERT INTO t VALUES " + ", ".join([f"('{'y' * 900}')"] * 100)


def load(database: object) -> SqliteDatabase:
    return open_sqlite(
        source_of(str(database) if isinstance(database, Path) else database), clock="2024-08-14 12:00:00"
    )


def rows(database: SqliteDatabase, sql: str) -> list[Row]:
    table = database.run(Query(sql, "sqlite"))
    assert isinstance(table, Table), table
    return table.rows


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def make(file: Path, script: str) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)
    return file.read_bytes()


def test_a_file_is_read_where_it_lies_and_nothing_is_made_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "it's 100% [odd].sqlite"
    # A file in WAL mode makes SQLite write two others, even for reading.
    before = make(file, "PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (1);")
    with closing(load(file)) as database:
        assert rows(database, "SELECT x FROM t") == [(1,)]
        assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == before


def test_a_file_without_the_right_to_write_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "t.sqlite"
    make(file, "CREATE TABLE t (x); INSERT INTO t VALUES (1);")
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        assert rows(load(file), "SELECT x FROM t") == [(1,)]
    finally:
        tmp_path.chmod(0o755)


def test_a_file_that_is_being_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.executescript("PRAGMA journal_mode = wal; CREATE TABLE t (x); INSERT INTO t VALUES (1);")
        with pytest.raises(
            Unscored, match=r"t\.sqlite-wal beside it holds changes that are not in it yet; close"
        ):
            load(file)
    write(tmp_path, "t.sqlite-journal", b"x")
    with pytest.raises(Unscored, match=r"t\.sqlite-journal beside it"):
        load(file)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda whole: whole[:16] + b"x" * 5_000, "file is not a database"),
        (lambda whole: whole[: len(whole) // 2], "malformed"),
    ],
)
def test_a_damaged_file_is_a_bad_reference(
    tmp_path: Path, damage: Callable[[bytes], bytes], why: str
) -> None:
    file = tmp_path / "t.sqlite"
    whole = make(file, LARGE)
    file.write_bytes(damage(whole))
    with pytest.raises(Unscored, match=rf"{file}: .*{why}"):
        load(file)


def test_damage_that_only_a_query_meets_is_a_bad_reference_and_no_wrong_answer(tmp_path: Path) -> None:
    file = tmp_path / "t.sqlite"
    whole = make(file, LARGE)
    file.write_bytes(whole[:8192] + b"\x00\xff" * ((len(whole) - 8192) // 2))
    database = load(file)
    with pytest.raises(Unscored, match=r"database t\.sqlite is damaged: .*malformed") as raised:
        rows(database, "SELECT max(x) FROM t")
    assert raised.value.cause == "bad_reference"


def test_a_file_without_tables_is_a_bad_reference(tmp_path: Path) -> None:
    make(tmp_path / "t.sqlite", "PRAGMA user_version = 1")
    with pytest.raises(Unscored, match="holds no tables"):
        load(tmp_path / "t.sqlite")


def test_tables_of_a_sample_have_the_types_of_sqlite() -> None:
    row = {
        "i": 1,
        "r": Decimal("2.00"),
        "s": "2",
        "d": date(2024, 1, 2),
        "m": datetime(2024, 1, 2, 3),
        "b": True,
        "y": b"z",
        "n": None,
    }
    database = load({"my t": [row]})
    assert [column.type for column in database.schema.tables["my t"].columns] == [
        "INTEGER", "REAL", "TEXT", "DATE", "TIMESTAMP", "BOOLEAN", "BLOB", "TEXT",
    ]  # fmt: skip
    assert rows(database, 'SELECT *, r / 4 FROM "my t"') == [
        (1, 2.0, "2", "2024-01-02", "2024-01-02 03:00:00", 1, b"z", None, 0.5)
    ]


def test_a_name_that_sqlite_keeps_for_itself_is_a_bad_reference() -> None:
    with pytest.raises(Unscored, match="the sample's tables: object name reserved"):
        load({"sqlite_x": [{"a": 1}]})


def test_a_folder_of_csv_and_parquet_becomes_tables(tmp_path: Path) -> None:
    write(tmp_path, "people.csv", 'id,name,born,zip\n1,Ann,2024-01-02,00712\n2,"",,\n')
    duckdb.sql("SELECT 1 AS id, 2.5::DECIMAL(9, 2) AS fee, [1, 2] AS tags").write_parquet(
        str(tmp_path / "fees.parquet")
    )
    database = load(tmp_path)
    assert rows(database, "SELECT * FROM people") == [(1, "Ann", "2024-01-02", "00712"), (2, "", None, None)]
    assert rows(database, "SELECT fee / 2, tags ->> 1 FROM fees") == [(1.25, 2)]


@pytest.mark.timed
def test_sixty_thousand_rows_of_a_folder_load_in_a_moment(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", "i,r,s\n" + "".join(f"{i},{i / 2},n{i}\n" for i in range(60_000)))
    with within(3):  # 0.3 s on a quiet machine
        database = load(tmp_path)
    assert rows(database, "SELECT count(*), sum(r), max(s) FROM t") == [(60_000, 899_985_000.0, "n9999")]


def test_a_damaged_csv_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", "a,b\n1,2\n3\n")
    with pytest.raises(Unscored, match=r"t\.csv: line 3 has 1 fields"):
        load(tmp_path)


def test_a_duckdb_file_comes_with_its_keys_and_its_views_as_tables(tmp_path: Path) -> None:
    file = tmp_path / "it's.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("""
            CREATE SCHEMA s;
            CREATE TABLE p (id INTEGER PRIMARY KEY, name VARCHAR UNIQUE NOT NULL, price DECIMAL(8, 2), big HUGEINT);
            CREATE TABLE q (p INTEGER REFERENCES p (id), moment TIMESTAMP, zoned TIMESTAMPTZ, clock TIME, flag BOOLEAN, raw BLOB,
                tags INTEGER[], part STRUCT(a INTEGER), id UUID, span INTERVAL, day DATE, doc JSON);
            CREATE TABLE s.r (x TINYINT);
            CREATE VIEW v AS SELECT id + 1 AS next FROM p;
            INSERT INTO p VALUES (1, 'a', 1.50, 99999999999999999999);
            INSERT INTO q VALUES (1, '2024-01-02 03:04:05.5', '2024-01-02 03:00:00+02', '03:04:05', true, 'ab'::BLOB, [1, 2], {'a': 1},
                '12345678-1234-1234-1234-123456789012', INTERVAL 1 DAY, '2024-01-02', '{"x": 1}');
        """)
    before = file.read_bytes()
    database = load(file)
    assert rows(database, "SELECT * FROM p, v") == [(1, "a", 1.5, 1e20, 2)]
    assert rows(database, "SELECT * FROM q") == [
        (1, "2024-01-02 03:04:05.5", "2024-01-02 01:00:00", "03:04:05", 1, b"ab", "[1,2]", '{"a":1}',
         "12345678-1234-1234-1234-123456789012", "1 day", "2024-01-02", '{"x": 1}'),
    ]  # fmt: skip
    assert rows(database, "SELECT count(*) FROM r") == [(0,)]
    assert database.schema.tables["p"].keys == (("id",), ("name",))
    assert database.schema.tables["p"].columns[1] == Column("name", "TEXT", nullable=False)
    assert database.schema.tables["q"].foreign == (ForeignKey(("p",), "p", ("id",)),)
    assert file.read_bytes() == before


def test_rows_of_a_duckdb_file_may_point_to_rows_of_the_same_table(tmp_path: Path) -> None:
    file = tmp_path / "staff.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("""
            CREATE TABLE staff (id INTEGER PRIMARY KEY, boss INTEGER REFERENCES staff (id), badge INTEGER);
            CREATE UNIQUE INDEX badges ON staff (badge);
            INSERT INTO staff VALUES (1, NULL, 7);
            INSERT INTO staff VALUES (2, 1, 8);
        """)
    staff = load(file).schema.tables["staff"]
    assert staff.foreign == (ForeignKey(("boss",), "staff", ("id",)),)
    assert staff.keys == (("id",), ("badge",))


def test_a_dump_of_sqlite_loads_as_sqlite_wrote_it(tmp_path: Path) -> None:
    script = """
        CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT, seen DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE log (x); CREATE INDEX i ON t (a);
        CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); DELETE FROM log WHERE x = 'gone'; END;
        INSERT INTO t (a) VALUES ('x;''y -- z'), ('gone'), ('a "quote');
        CREATE VIEW v AS SELECT a, 'trigger; /*' AS b FROM t;
    """
    with closing(sqlite3.connect(":memory:")) as origin:
        origin.executescript(script)
        dump = "PRAGMA foreign_keys=OFF;\n" + "\n".join(origin.iterdump())
    for content in (script, dump, b"\xef\xbb\xbf" + script.encode()):
        database = load(write(tmp_path, "t.sql", content))
        assert rows(database, "SELECT a FROM v ORDER BY a") == [('a "quote',), ("gone",), ("x;'y -- z",)]
        assert rows(database, "SELECT count(*) FROM log") == [(2,)]
    assert rows(load(write(tmp_path, "u.sql", script)), "SELECT DISTINCT seen FROM t") == [
        ("2024-08-14 12:00:00",)
    ]


@pytest.mark.parametrize(
    ("dump", "why"),
    [
        ("", "holds no tables"),
        ("CREATE TABLE t (x);\n\n-- two\nINSERT INTO t VALUES (1, 2);", "line 4: table t has 1 columns"),
        ("CREATE TABLE t (x);\nINSERT INTO t VALUES ('open", "line 2: unrecognized token"),
        ("ATTACH '{folder}/evil.db' AS e; CREATE TABLE e.t (x);", "line 1: not authorized"),
        ("CREATE TABLE t (x);\nVACUUM INTO '{folder}/evil.db';", "line 2: "),
        ("CREATE TABLE t (x); SELECT load_extension('x');", "line 1: not authorized"),
        (
            "CREATE TABLE t (id SERIAL PRIMARY KEY);",
            "SERIAL column, .* write INTEGER PRIMARY KEY, or use engine='duckdb'",
        ),
        ("CREATE TABLE t (x);\0", "null character"),
        ("CREATE TABLE t (x); -- \u00e9\udce9", "utf-8"),
    ],
)
def test_a_dump_that_cannot_be_used_says_where(tmp_path: Path, dump: str, why: str) -> None:
    content = dump.replace("{folder}", str(tmp_path)).encode("utf-8", "surrogateescape")
    file = write(tmp_path, "bad.sql", content)
    with pytest.raises(Unscored, match=rf"bad\.sql: {why}" if why.startswith("line") else why) as raised:
        load(file)
    assert raised.value.cause == "bad_reference"
    assert [each.name for each in tmp_path.iterdir()] == ["bad.sql"]


@pytest.mark.timed
def test_a_large_dump_loads_in_a_moment(tmp_path: Path) -> None:
    one = "".join(f"INSERT INTO t VALUES ({i}, 'a;b', 'it''s');\n" for i in range(20_000))
    many = "INSERT INTO t VALUES " + ",".join(f"({i}, 'a;b -- c', 'x')" for i in range(40_000)) + ";"
    with within(3):
        database = load(write(tmp_path, "t.sql", "CREATE TABLE t (i, s, u);" + one + many))
    assert rows(database, "SELECT count(*) FROM t") == [(60_000,)]
