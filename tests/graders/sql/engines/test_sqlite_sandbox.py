import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from stopwatch import within

from rewardkit.graders.sql.engines.engine import Failure, Query, Refusal, Table
from rewardkit.graders.sql.engines.sources import source_of
from rewardkit.graders.sql.engines.sqlite_authorizer import FUNCTIONS, Authorizer
from rewardkit.graders.sql.engines.sqlite_clock import clock_functions
from rewardkit.graders.sql.engines.sqlite_databases import SqliteDatabase, open_sqlite
from rewardkit.graders.sql.engines.sqlite_functions import bounded_functions
from rewardkit.graders.sql.engines.sqlite_limits import Bounds, limit
from rewardkit.graders.sql.engines.sqlite_loading import connect

SCRIPT = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c);
    CREATE VIEW chance AS SELECT random() AS r FROM t;
    CREATE VIEW loads AS SELECT load_extension('x') AS r FROM t;
    CREATE VIRTUAL TABLE docs USING fts5 (body);
"""
LIMIT_MS = 300


@pytest.fixture
def hardened(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Forty rows in a file; afterwards it answers, and neither it nor its folder has changed."""
    file = tmp_path / "t.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCRIPT)
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", [(i, i, i, f"n{i}") for i in range(40)])
        connection.commit()
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with closing(
        open_sqlite(source_of(str(file)), clock="2024-08-14 12:00:00", limit_ms=LIMIT_MS)
    ) as database:
        yield database
        for instance in database._instances:
            database._bounds.start()
            assert database.run(Query("SELECT count(*), max(lower(c)) FROM t", "sqlite"), instance) == Table(
                ("count(*)", "max(lower(c))"), [(40, "n9")]
            )
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert [each.name for each in tmp_path.iterdir()] == ["t.sqlite"]


def outcome(database: SqliteDatabase, sql: str) -> Refusal | Failure | Table:
    query = database.read(sql)
    return query if isinstance(query, Refusal) else database.run(query)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT load_extension('evil')", "load_extension() is not allowed"),
        ("SELECT fts3_tokenizer('simple')", "fts3_tokenizer() is not allowed"),
        ("SELECT random()", "random() is not allowed"),
        ("SELECT hex(randomblob(4))", "randomblob() is not allowed"),
        ("SELECT last_insert_rowid()", "last_insert_rowid() is not allowed"),
        ("SELECT changes(), total_changes()", "changes() is not allowed"),
        ("SELECT sqlite_version()", "sqlite_version() is not allowed"),
        ("SELECT sqlite_compileoption_get(1)", "sqlite_compileoption_get() is not allowed"),
        ("SELECT * FROM chance", "random() is not allowed"),
        ("SELECT * FROM sqlite_master", "reads sqlite_master"),
        ("SELECT count(*) FROM SQLITE_schema", "reads SQLITE_schema"),
        ("SELECT * FROM sqlite_temp_master", "reads sqlite_temp_master"),
        ("SELECT * FROM pragma_table_info('t')", "reads from a table function; allowed: json_each, json_tree"),
        ("SELECT * FROM dbstat", "reads from a table function"),
        ("WITH x AS (SELECT 1) REPLACE INTO t VALUES (99, 1, 1, 1)", "INSERT is not allowed: only reading is"),
        ("WITH x AS (SELECT 1) INSERT INTO t SELECT 99, 1, 1, 1", "INSERT inside the query"),
        ("WITH x AS (SELECT 1) UPDATE t SET a = 1", "UPDATE inside the query"),
        ("WITH x AS (SELECT 1) DELETE FROM t", "DELETE inside the query"),
        ("SELECT 1; DELETE FROM t", "more than one statement"),
        ("SELECT ?", "has a placeholder for a parameter"),
        ("SELECT :name, @name, $name", "has a placeholder for a parameter"),
        ("SELECT ?999", "has a placeholder for a parameter"),
        ("SELECT a FORM t", "does not parse: near"),
        ("SELECT 'open", "does not parse: a quote is not closed: 'open"),
        ("SELECT a FROM", "does not parse: incomplete input"),
        ("SELECT " + "- " * 4_000 + "1", "is too large: parser stack overflow"),
        ("SELECT 1 " + "UNION SELECT 1 " * 600, "is too large: too many terms in compound SELECT"),
        ("SELECT " + " + ".join("1" * 250), "is too large: Expression tree"),
        ("SELECT * FROM " + ", ".join(f"t t{i}" for i in range(100)), "is too large: at most 64 tables in a join"),
        ("SELECT " + ", ".join("1" * 2_000), "is too large: too many columns"),
        ("SELECT x FROM " + "(SELECT x + x + x + x AS x FROM " * 12 + "(SELECT a AS x FROM t" + ")" * 13, "to compile"),
    ],
)  # fmt: skip
def test_what_may_not_run_is_refused_with_the_reason(hardened: SqliteDatabase, sql: str, why: str) -> None:
    refusal = hardened.read(sql)
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


@pytest.mark.parametrize(
    "sql", ["SELECT body FROM docs", "SELECT count(*) FROM docs_content", "SELECT r FROM loads"]
)
def test_virtual_tables_and_views_that_load_code_are_not_there(hardened: SqliteDatabase, sql: str) -> None:
    failure = outcome(hardened, sql)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.why[:13]) == ("unbound", "no such table")
    assert isinstance(hardened.run(Query(sql, "sqlite")), Failure)


WRITING = [
    "ATTACH '{folder}/evil.db' AS evil",
    "ATTACH ':memory:' AS evil",
    "VACUUM",
    "VACUUM INTO '{folder}/evil.db'",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA hard_heap_limit = 0",
    "PRAGMA temp_store_directory = '{folder}'",
    "INSERT INTO t VALUES (99, 1, 1, 1)",
    "UPDATE t SET a = 1",
    "DELETE FROM t",
    "CREATE TABLE evil (x)",
    "CREATE TEMP TABLE t (x)",
    "CREATE TEMP VIEW t AS SELECT 1",
    "CREATE VIRTUAL TABLE evil USING fts5 (x)",
    "CREATE TRIGGER evil AFTER INSERT ON t BEGIN SELECT 1; END",
    "ALTER TABLE t RENAME TO u",
    "DROP TABLE t",
    "REINDEX",
    "ANALYZE",
    "BEGIN IMMEDIATE",
    "SAVEPOINT evil",
]


@pytest.mark.parametrize("sql", WRITING)
def test_the_text_alone_shows_what_is_no_query(hardened: SqliteDatabase, tmp_path: Path, sql: str) -> None:
    refusal = hardened.read(sql.format(folder=tmp_path))
    assert isinstance(refusal, Refusal)
    assert "a query starts with SELECT, WITH or VALUES" in refusal.why


@pytest.mark.parametrize("sql", WRITING)
def test_the_authorizer_stops_it_without_the_look_at_the_text(
    hardened: SqliteDatabase, tmp_path: Path, sql: str
) -> None:
    rows = [(i, i, i, f"n{i}") for i in range(40)]
    hardened.add_instance("a", {"t": rows})
    for instance in ("", "a"):
        failure = hardened.run(Query(sql.format(folder=tmp_path), "sqlite"), instance)
        assert isinstance(failure, Failure)
        assert failure.kind == "error"


@pytest.mark.parametrize("sql", WRITING[8:18])
def test_query_only_stops_writing_without_the_authorizer(sql: str) -> None:
    with closing(connect({})) as connection:
        connection.execute("CREATE TABLE t (id, a, b, c)")
        limit(connection, Bounds(2_000), columns=4)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute(sql)


@pytest.mark.parametrize("sql", [sql for sql in WRITING[8:20] if "TEMP" not in sql and sql != "REINDEX"])
def test_the_read_only_file_stops_writing_without_either(
    hardened: SqliteDatabase, tmp_path: Path, sql: str
) -> None:
    connection = sqlite3.connect(f"file:{tmp_path}/t.sqlite?mode=ro&immutable=1", uri=True)
    with closing(connection), pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute(sql)


def test_no_file_can_be_attached_without_the_authorizer(tmp_path: Path) -> None:
    with closing(connect({})) as connection:
        limit(connection, Bounds(2_000), columns=1)
        with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
            connection.execute(f"ATTACH '{tmp_path}/evil.db' AS evil")
        with pytest.raises(sqlite3.OperationalError, match="not authorized"):
            connection.execute("SELECT load_extension('evil')")


def test_only_functions_of_their_arguments_are_on_the_list() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        names = {
            str(name) for (name,) in connection.execute("SELECT DISTINCT name FROM pragma_function_list")
        }
    left_out = names - FUNCTIONS
    assert {
        "random",
        "randomblob",
        "load_extension",
        "changes",
        "last_insert_rowid",
        "sqlite_version",
    } <= left_out
    ordinary = {
        "count",
        "sum",
        "group_concat",
        "row_number",
        "json_extract",
        "->>",
        "strftime",
        "substr",
        "like",
        "iif",
        "round",
    }
    assert ordinary <= FUNCTIONS & names


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM T",
        "WITH n AS (SELECT a FROM t WHERE a > 3), m AS (SELECT a FROM n) SELECT count(*) FROM n, m",
        "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 9) SELECT count(*), sum(i) FROM r",
        "SELECT count(*) FROM (SELECT 1 FROM t) AS t2",
        "SELECT e.value, j.key FROM json_each('[1, 2]') e, json_tree('{\"a\": 1}') j",
        "SELECT rank() OVER (PARTITION BY a % 2 ORDER BY b), sum(a) FILTER (WHERE a > 1) OVER () FROM t",
        "SELECT rowid, main.t.a FROM main.t WHERE c LIKE 'N%' AND c GLOB 'n*' COLLATE NOCASE",
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM t x WHERE x.a = t.b) THEN iif(a > 1, 'x', 'y') END FROM t",
        "VALUES (1, 'a'), (2, 'b')",
        "SELECT a FROM t UNION SELECT b FROM t EXCEPT SELECT 3 INTERSECT SELECT 4 ORDER BY 1 LIMIT 2 OFFSET 1",
        "SELECT group_concat(c, ', '), total(a), avg(b), printf('%.2f', max(a)), replace(min(c), 'n', 'm') FROM t",
        "SELECT t.a, u.a FROM t LEFT JOIN t AS u ON u.a = t.a + 1 CROSS JOIN (SELECT 1) NATURAL JOIN (SELECT 2)",
        "SELECT CAST(a AS TEXT) || x'61', typeof(a), abs(-a), a IS NOT DISTINCT FROM b FROM t",
    ],
)
def test_ordinary_queries_run(hardened: SqliteDatabase, sql: str) -> None:
    assert isinstance(outcome(hardened, sql), Table)


NUMBERS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
LONG = "replace(hex(zeroblob(24000)), '0', 'a')"  # 48,000 characters; 50,000 are allowed
HALF = "replace(hex(zeroblob(12000)), '0', 'a')"
COPIES = f"WITH s AS MATERIALIZED (SELECT {LONG} AS x, '%' || substr({LONG}, 1, 90) || 'b' AS p)"
LIST = f"WITH s AS MATERIALIZED (SELECT '[' || substr(replace({HALF}, 'a', '1,'), 1, 45000) || '1]' AS x)"


@pytest.mark.parametrize(
    "sql",
    [
        f"{NUMBERS} SELECT count(*) FROM r",
        f"{NUMBERS} SELECT n FROM r ORDER BY -n",
        f"{NUMBERS} SELECT group_concat(n) FROM r",
        f"{NUMBERS} SELECT json_group_array(n) FROM r",
        f"{NUMBERS} SELECT n, sum(n) OVER (ORDER BY n) FROM r",
        "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT q.x FROM r q, t, t u) SELECT count(*) FROM r",
        "WITH RECURSIVE r(x) AS (SELECT 'x' UNION ALL SELECT x || x FROM r) SELECT max(length(x)) FROM r",
        "WITH RECURSIVE r(n, x) AS (SELECT 1, '' UNION SELECT n + 1, hex(zeroblob(20000)) || n FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM t a, t b, t c, t d, t e, t f",
        "SELECT count(*) FROM " + ", ".join(f"t t{i}" for i in range(60)),
        "SELECT count(DISTINCT a.a * b.a * c.a * d.a + e.a) FROM t a, t b, t c, t d, t e",
        "SELECT count(*) OVER (ORDER BY y.b ROWS BETWEEN 999 PRECEDING AND 999 FOLLOWING EXCLUDE TIES) FROM t x, t y, t z",
        "SELECT count(*) FROM t a, t b, t c, t d, t e WHERE a.c || b.c || c.c || d.c || e.c = 'x' COLLATE NOCASE",
        "SELECT zeroblob(49000) FROM t a, t b, t c, t d",
        "SELECT " + ", ".join(f"zeroblob(49000 - {i})" for i in range(290)) + " FROM t, t b, t c",
        f"SELECT {LONG} || a.a || b.a || c.a AS x FROM t a, t b, t c ORDER BY x",
        f"SELECT length(group_concat({HALF})) FROM t a, t b, t c GROUP BY a.a + b.a * 41",
        "SELECT zeroblob(2e9), hex(zeroblob(2000000000))",
        "SELECT printf('%2000000000d', 1)",
        "SELECT printf('%.*c', 2000000000, 'x')",
        "SELECT length(printf('%.100000000f', 1.0)), printf('%,.99999f', 1e300)",
        "SELECT length(" + "replace(" * 12 + "'x'" + ", 'x', 'xxxxxxxxxx')" * 12 + ")",
        f"SELECT sum(instr(x.c || {LONG}, {HALF} || 'b')) FROM t x, t y, t z, t u",
        f"SELECT sum(length(replace(x.c || {LONG}, {HALF} || 'b', 'c'))) FROM t x, t y, t z, t u",
        f"SELECT sum(length(trim({LONG} || x.c, {HALF} || 'b'))) FROM t x, t y, t z, t u",
        f"SELECT 'a' LIKE {LONG}, 'a' GLOB {LONG}",
        f"{COPIES} SELECT count(*) FROM s, t, t y, t z WHERE x LIKE p || y.a",
        f"{COPIES} SELECT count(*) FROM s, t, t y WHERE " + " OR ".join(["x LIKE p || y.a"] * 19),
        f"{COPIES} SELECT count(*) FROM s, t, t y, t z WHERE x GLOB replace(p, '%', '*') || y.a",
        f"{COPIES} SELECT " + ", ".join(f"upper(x || {i})" for i in range(140)) + " FROM s, t, t y",
        f"{LIST} SELECT count(json_array_length(x || ' ')) FROM s, t, t y, t z",
        f"{LIST} SELECT " + ", ".join(f"json_extract(x || ' ', '$[{i}]')" for i in range(140)) + " FROM s, t",
        f"{LIST} SELECT count(*) FROM s, json_each(s.x) a, json_each(s.x) b",
        f"SELECT json_valid(replace({LONG}, 'a', '[')), json(replace({LONG}, 'a', '['))",
        "WITH RECURSIVE r(n, x) AS (SELECT 1, '[]' UNION ALL SELECT n + 1, json_array(json(x)) FROM r) SELECT max(length(x)) FROM r",
        f"SELECT length(strftime(replace({HALF}, 'a', '%Y'), 'now'))",
        f"SELECT count(date(x.a || {LONG}, y.b || '')) FROM t x, t y, t z, t u",
        "SELECT * FROM t WHERE a IN (" + ", ".join("1" * 3_300) + ")",
        "SELECT " + "abs(" * 55 + "1" + ")" * 55,
        "SELECT a FROM t WHERE " + " OR ".join(f"a = {i}" for i in range(199)),
        "SELECT count(*) FROM t x, t y WHERE "
        + " OR ".join(f"(x.a = {i} AND y.b = x.b)" for i in range(150)),
    ],
)
def test_what_runs_away_ends_soon(hardened: SqliteDatabase, sql: str) -> None:
    with within(5):  # 0.3 s asked for
        outcome(hardened, sql)


def test_a_runaway_ends_within_the_limit_of_every_database(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "t.sqlite")) as connection:
        connection.executescript(SCRIPT)
    database = open_sqlite(source_of(str(tmp_path / "t.sqlite")), clock="2024-08-14 12:00:00")
    start = time.monotonic()
    with within(5):
        failure = outcome(database, f"{NUMBERS} SELECT max(n) FROM r")
    assert isinstance(failure, Failure)
    assert failure.kind == "timeout"
    assert time.monotonic() - start > 1.9


def test_a_query_may_not_compile_for_long() -> None:
    bounds = Bounds(0)
    authorizer = Authorizer(["t"], [], bounds)
    with closing(connect({})) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.set_authorizer(authorizer)
        bounds.start()
        with pytest.raises(sqlite3.DatabaseError):
            connection.execute("SELECT a FROM t")
    assert authorizer.denied == "takes too long to compile"


@pytest.mark.parametrize(
    "make", [lambda bounds: clock_functions(datetime(2024, 1, 1)), bounded_functions, lambda bounds: {}]
)
def test_the_limits_are_those_of_every_connection(
    make: Callable[[Bounds], dict[tuple[str, int], Callable[..., object]]],
) -> None:
    bounds = Bounds(2_000)
    bounds.longest = 77_777
    with closing(connect(make(bounds))) as connection:  # type: ignore[arg-type]
        limit(connection, bounds, columns=3)
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == 77_777
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED) == 0
        assert connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) == 0
        settings = {"query_only": 1, "temp_store": 2, "hard_heap_limit": 256 * 2**20}
        assert {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings} == settings
