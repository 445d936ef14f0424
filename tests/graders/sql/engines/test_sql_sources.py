import json
import os
import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from stopwatch import within

from rewardkit import Unscored
from rewardkit.graders.sql.engines.duckdb_sources import copy_folder, create_tables
from rewardkit.graders.sql.engines.sources import Source, source_of

PEOPLE = {"people": [{"id": 1, "name": "Ann"}, {"id": 2, "name": None}]}


def tables_of(database: object) -> duckdb.DuckDBPyConnection:
    """A connection that holds what `database` says."""
    source = source_of(database)
    connection = duckdb.connect(":memory:")
    if source.path is not None:
        copy_folder(connection, source.path)
    if source.tables is not None:
        create_tables(connection, source.tables)
    return connection


def make_sqlite(file: Path) -> None:
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (x)")
    connection.close()


def make_duckdb(file: Path) -> None:
    duckdb.connect(str(file)).close()


def make_text(file: Path) -> None:
    file.write_text("SELECT 1;")


@pytest.mark.parametrize(
    ("name", "make", "kind"),
    [
        ("a.sqlite", make_sqlite, "sqlite"),
        ("b.db", make_sqlite, "sqlite"),
        ("c.sql", make_sqlite, "sqlite"),
        ("d.duckdb", make_duckdb, "duckdb"),
        ("e.db", make_duckdb, "duckdb"),
        ("f.sql", make_text, "sql"),
        ("G.SQL", make_text, "sql"),
    ],
)
def test_a_file_is_told_by_its_first_bytes_and_a_dump_by_its_name(
    tmp_path: Path, name: str, make: Callable[[Path], None], kind: str
) -> None:
    make(tmp_path / name)
    source = source_of(str(tmp_path / name))
    assert (source.kind, source.name, source.path) == (kind, name, (tmp_path / name).resolve())
    assert source_of(tmp_path / name) == source


def test_a_name_that_lies_nowhere_here_may_be_a_bundled_fixture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bundled = source_of("shop.sql")
    assert bundled.path is not None
    assert bundled.path.parent.name == "fixtures"
    make_text(tmp_path / "shop.sql")
    assert source_of("shop.sql").path == (tmp_path / "shop.sql").resolve()


def test_the_same_relative_path_in_another_folder_is_another_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = set()
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        make_text(folder / "same.sql")
        os.utime(folder / "same.sql", ns=(1, 1))
        monkeypatch.chdir(folder)
        keys.add(source_of("same.sql").key)
    assert len(keys) == 2


def test_the_key_follows_the_content_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "f.sql"
    make_text(file)
    first = source_of(str(file)).key
    assert source_of(str(file)).key == first
    os.utime(file, ns=(1, 1))
    assert source_of(str(file)).key != first


def test_the_key_follows_every_table_of_a_folder_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n")
    first = source_of(str(tmp_path)).key
    (tmp_path / "README.md").write_text("about")
    (tmp_path / "._a.csv").write_text("left by a Mac")
    assert source_of(str(tmp_path)).key == first
    (tmp_path / "b.csv").write_text("y\n2\n")
    second = source_of(str(tmp_path)).key
    (tmp_path / "a.csv").write_text("x\n1\n2\n")
    assert len({first, second, source_of(str(tmp_path)).key}) == 3


def test_tables_have_one_key_in_every_form_of_the_same_content() -> None:
    source = source_of(PEOPLE)
    assert (source.kind, source.path) == ("tables", None)
    assert source_of(json.dumps(PEOPLE)) == source
    assert source_of("  " + json.dumps(PEOPLE)) == source
    assert source_of({"people": [{"id": 1, "name": "Bob"}]}).key != source.key


def test_tables_may_be_changed_after_they_were_read() -> None:
    tables = {"t": [{"x": 1}]}
    first = source_of(tables)
    tables["t"].append({"x": 2})
    assert first.tables is not None
    assert first.tables["t"].rows == [(1,)]
    assert source_of(tables).key != first.key


def test_rows_of_dicts_and_columns_with_rows_are_the_same_table() -> None:
    lists = {"people": {"columns": ["id", "name"], "rows": [[1, "Ann"], [2, None]]}}
    assert source_of(PEOPLE).tables == source_of(lists).tables


def test_types_follow_the_values_and_text_stays_text() -> None:
    moment = datetime(2024, 1, 2, 3)
    rows = [
        [1, 1, True, True, "2024-01-02", b"z", date(2024, 1, 2), moment, Decimal("1.50"), None],
        [None, 2.5, False, 2, "3", None, None, date(2024, 1, 2), -100, None],
    ]
    connection = tables_of({"t": {"columns": list("abcdefghij"), "rows": rows}})
    result = connection.execute("FROM t")
    assert [str(column[1]) for column in result.description] == [
        "BIGINT", "DOUBLE", "BOOLEAN", "BIGINT", "VARCHAR", "BLOB", "DATE", "TIMESTAMP", "DECIMAL(5,2)", "VARCHAR",
    ]  # fmt: skip
    assert result.fetchall() == [
        (1, 1.0, True, 1, "2024-01-02", b"z", date(2024, 1, 2), moment, Decimal("1.50"), None),
        (None, 2.5, False, 2, "3", None, None, datetime(2024, 1, 2), Decimal(-100), None),
    ]


@pytest.mark.parametrize("number", ["NaN", "1E-50", "1E+50", "123456789012345678901234567890.123456789"])
def test_decimals_that_no_column_holds_become_floats(number: str) -> None:
    (row,) = tables_of({"t": [{"x": Decimal(number)}]}).execute("FROM t").fetchall()
    assert isinstance(row[0], float)


def test_names_are_taken_as_they_are() -> None:
    connection = tables_of({'my "t"': [{"a b": 1, "select": 2}]})
    assert connection.execute('SELECT "a b", "select" FROM "my ""t"""').fetchall() == [(1, 2)]


def test_a_table_may_be_empty_where_its_columns_are_given() -> None:
    connection = tables_of({"t": {"columns": ["x", "y"], "rows": []}})
    assert connection.execute("SELECT count(x) FROM t").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({}, "holds no tables"),
        ("{}", "holds no tables"),
        ("{'t': 1}", "not readable as JSON: .*allowed: a .sql dump"),
        ({"t": 3}, "table 't' is not a list of rows; write "),
        ({"t": [3]}, "table 't' is not a list of rows"),
        ({"t": [{}]}, "table 't' is not a list of rows"),
        ({"t": []}, "table 't' has no rows, so its columns are not known; write "),
        ({"t": {"columns": "xy", "rows": []}}, "not a list of rows"),
        ({"t": {"columns": ["x"], "rows": [[1, 2]]}}, "table 't', row 1: 2 values for 1 columns"),
        ({"t": {"columns": ["x", "X"], "rows": []}}, "two columns are called 'X'"),
        ({"t": {"columns": [""], "rows": []}}, "'' is no column name"),
        ({"t": [{"x": 1}], "T": [{"x": 1}]}, "two tables are called 'T'"),
        ({1: [{"x": 1}]}, "1 is no table name"),
        ({"t": [{"x": 1}, {"y": 1}]}, "row 2 has no 'x'; give every row the same columns"),
        ({"t": [{"x": 1}, {"x": 1, "y": 2}]}, "row 2 has 'y', which row 1 does not have"),
        ({"t": [{"x": 1}, {"x": "1"}]}, "column 'x' mixes text and whole numbers"),
        ({"t": [{"x": [1]}]}, "column 'x' holds a list; allowed: None, bool"),
        ({"t": [{"x": 2**63}]}, "more than 64 bits"),
        ({"t": [{"x": "\ud800"}]}, "half a character"),
        ({"t": [{"x": datetime.fromisoformat("2024-01-01 00:00+02:00")}]}, "time zone"),
    ],
)
def test_malformed_tables_are_a_bad_reference_that_says_what_to_write(tables: object, why: str) -> None:
    with pytest.raises(Unscored, match=why) as raised:
        source_of(tables)
    assert raised.value.cause == "bad_reference"


@pytest.mark.parametrize("database", [None, 3, ["shop.sql"], b"shop.sql"])
def test_what_is_neither_path_nor_tables_is_a_bad_reference(database: object) -> None:
    with pytest.raises(Unscored, match=r"is of type \w+; allowed: a \.sql dump"):
        source_of(database)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("none.sql", None, r"'.*none\.sql' is not a file or folder \(looked in /.*allowed: a \.sql dump"),
        ("empty.db", b"", "is empty; allowed"),
        ("photo.png", b"\x89PNG" + b"x" * 20, r"none of these \('\.png'\), or the file is damaged"),
        ("one.csv", b"a,b\n", "a single table; give the folder that holds it: /"),
        ("damaged.sqlite", b"SQLite format 2", "damaged"),
        ("nul\0", None, "cannot be opened: embedded null"),
        ("x" * 5000, None, "cannot be opened: File name too long"),
    ],
)  # fmt: skip
def test_a_path_that_leads_to_no_database_says_what_is_allowed(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Unscored, match=why) as raised:
        source_of(str(tmp_path) + "/" + name)
    assert raised.value.cause == "bad_reference"


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_path_is_not_the_current_folder(text: str) -> None:
    with pytest.raises(Unscored, match="database is empty; allowed"):
        source_of(text)


def test_a_folder_needs_tables_with_different_names(tmp_path: Path) -> None:
    with pytest.raises(Unscored, match=r"folder without \.csv or \.parquet files"):
        source_of(str(tmp_path))
    (tmp_path / "a.csv").write_text("x\n")
    (tmp_path / "A.parquet").write_bytes(b"")
    with pytest.raises(Unscored, match=r"A\.parquet and a\.csv, which are the same table; leave one"):
        source_of(str(tmp_path))


def test_a_folder_of_csv_and_parquet_becomes_tables(tmp_path: Path) -> None:
    # [ ] * ? are patterns to DuckDB's readers, and year=2024 would become a column.
    folder = tmp_path / "we[i]rd*?" / "year=2024"
    folder.mkdir(parents=True)
    (folder / "it's.CSV").write_text('id;name;zip\n1;"Ann";00712\n2;"";\n', encoding="utf-8-sig")
    duckdb.sql("SELECT DATE '2024-01-02' AS day").write_parquet(str(tmp_path / "days.parquet"))
    (tmp_path / "days.parquet").rename(folder / "days.parquet")
    connection = tables_of(str(folder))
    assert connection.execute('FROM "it\'s"').fetchall() == [(1, "Ann", "00712"), (2, "", None)]
    assert connection.execute("FROM days").fetchall() == [(date(2024, 1, 2),)]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("latin.csv", b"a,b\n\xe9,1\n", r"latin\.csv: .*utf-8"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n", r"ragged\.csv: line 3 has 3 fields, but the first line names 2"),
        ("short.csv", b"a,b\n1,2\n1\n", r"short\.csv: line 3 has 1 fields"),
        ("quote.csv", b'a,b\n"x,1\n', r"quote\.csv: line 2: "),
        ("empty.csv", b"", r"empty\.csv: is empty"),
        ("blank.csv", b"\na,b\n1,2\n", r"blank\.csv: .*begins with an empty line"),
        ("bad.parquet", b"nope", r"bad\.parquet: .*too small to be a Parquet file"),
    ],
)
def test_a_damaged_file_of_a_folder_is_named_with_its_line(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=why):
        tables_of(str(tmp_path))


@pytest.mark.timed
def test_sixty_thousand_rows_load_in_a_moment(tmp_path: Path) -> None:
    rows = [{"i": i, "r": i / 2, "s": f"n{i}"} for i in range(60_000)]
    (tmp_path / "t.csv").write_text("i,r,s\n" + "".join(f"{r['i']},{r['r']},{r['s']}\n" for r in rows))
    with within(3):
        for database in (str(tmp_path), {"t": rows}):
            assert tables_of(database).execute("SELECT count(*), sum(r) FROM t").fetchall() == [
                (60_000, 899_985_000.0)
            ]


@pytest.mark.timed
def test_a_source_asked_for_again_costs_little(tmp_path: Path) -> None:
    make_text(tmp_path / "f.sql")
    source = source_of(str(tmp_path / "f.sql"))
    with within(0.2):  # 11 ms on a quiet machine
        again: list[Source] = [source_of(str(tmp_path / "f.sql")) for _ in range(1_000)]
    assert all(each is source for each in again)
