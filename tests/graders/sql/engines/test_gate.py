import re

import pytest
from sqlglot.errors import SqlglotError

from rewardkit.graders.sql.engines.engine import Refusal
from rewardkit.graders.sql.engines.gate import check, split_statements, unclosed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "FROM t",
        "TABLE t",
        "VALUES (1), (2)",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "WITH RECURSIVE r AS (SELECT 1 x UNION ALL SELECT x + 1 FROM r WHERE x < 9) SELECT * FROM r",
        "SELECT a FROM t ORDER BY a LIMIT 3;;",
        "-- a comment; with a semicolon\nSELECT ';' AS x -- and one more;",
        "SELECT * FROM generate_series(1, 10)",
        "SELECT now(), current_date, lpad(a, 3, '0'), printf('%05d', b) FROM t",
        'SELECT x.delete, "drop" FROM t AS x',
        "SELECT unnest([1, 2]), list_transform([1], lambda x: x + 1)",
    ],
)
def test_one_reading_query_passes(sql: str) -> None:
    assert isinstance(check(sql), str)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("", "no SQL"),
        (" ;; ", "no SQL"),
        ("-- nothing", "no SQL"),
        ("The answer is 42.", "starts with 'the'"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT 1; DROP TABLE t", "more than one statement"),
        ("DROP TABLE t", "starts with 'drop'"),
        ("INSERT INTO t VALUES (1)", "starts with 'insert'"),
        ("UPDATE t SET x = 1", "starts with 'update'"),
        ("DELETE FROM t", "starts with 'delete'"),
        ("CREATE TEMP TABLE t AS SELECT 1", "starts with 'create'"),
        ("CREATE MACRO lower(x) AS 'hacked'", "starts with 'create'"),
        ("ATTACH 'x.db'", "starts with 'attach'"),
        ("COPY t TO 'x.csv'", "starts with 'copy'"),
        ("EXPORT DATABASE 'x'", "starts with 'export'"),
        ("INSTALL httpfs", "starts with 'install'"),
        ("LOAD httpfs", "starts with 'load'"),
        ("SET threads = 8", "starts with 'set'"),
        ("RESET max_execution_time", "starts with 'reset'"),
        ("PRAGMA database_list", "starts with 'pragma'"),
        ("CALL pragma_version()", "starts with 'call'"),
        ("EXPLAIN ANALYZE SELECT 1", "starts with 'explain'"),
        ("DESCRIBE t", "starts with 'describe'"),
        ("SHOW TABLES", "starts with 'show'"),
        ("SUMMARIZE t", "starts with 'summarize'"),
        ("PREPARE p AS SELECT 1", "starts with 'prepare'"),
        ("EXECUTE p", "starts with 'execute'"),
        ("BEGIN", "starts with 'begin'"),
        ("USE other", "starts with 'use'"),
        ("CHECKPOINT", "starts with 'checkpoint'"),
        ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "DELETE inside"),
        ("WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d", "INSERT inside"),
        ("WITH d AS (UPDATE t SET x = 1 RETURNING *) SELECT * FROM d", "UPDATE inside"),
        ("SELECT * FROM (DESCRIBE t)", "DESCRIBE inside"),
        ("SELECT 1 INTO t", "INTO inside"),
        ("SELECT ?", "placeholder"),
        ("SELECT $1", "placeholder"),
        ("SELECT x FROM t USING SAMPLE 3", "samples rows"),
        ("SELECT x FROM t TABLESAMPLE 10%", "samples rows"),
        ("SELECT system.main.now()", "schema 'system'"),
        ("SELECT pg_catalog.now()", "schema 'pg_catalog'"),
        ("SELECT (((", "does not parse"),
        ("SELECT 'open", "does not parse"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_reason(sql: str, why: str) -> None:
    refusal = check(sql)
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT '" + "x" * 10_000 + "'", "characters of SQL"),
        ("SELECT " + "1," * 2_100 + "1", "tokens of SQL"),
        ("SELECT " + "(" * 61 + "1" + ")" * 61, "nested 61 deep"),
        ("SELECT 1 IN (" + ",".join("1" * 1_001) + ")", "a list of 1001 values"),
        ("SELECT " + "1+" * 1_600 + "1", "more than 3000 parts"),
        ("VALUES " + ",".join(["(1)"] * 900), None),
        (
            "SELECT " + "NOT " * 2_400 + "true",
            "",
        ),  # one long chain: refused by depth or by parts, never a crash
    ],
)
def test_the_size_of_a_query_is_bounded(sql: str, why: str | None) -> None:
    result = check(sql)
    assert isinstance(result, str) if why is None else isinstance(result, Refusal) and why in result.why


def test_the_text_runs_as_written_without_its_end_mark() -> None:
    assert check("  SELECT  a -- why\n FROM t ; -- done") == "SELECT  a -- why\n FROM t"


def test_a_script_is_cut_at_semicolons_but_not_inside_strings() -> None:
    assert split_statements("SELECT ';'; -- a;b\nSELECT 2;;", dialect="duckdb") == ["SELECT ';'", "SELECT 2"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT a FROM t WHERE b = 'Oslo", "a quote is not closed: 'Oslo"),
        ("SELECT 'it''s', 'b FROM t\nWHERE c = 1", "a quote is not closed: 'b FROM t"),
        ("SELECT 'it's' FROM t", "a quote is not closed: ' FROM t"),
        ('SELECT "a FROM t', 'a quote is not closed: "a FROM t'),
        ("SELECT 1 /* it's FROM t", "a comment is not closed: /* it's FROM t"),
        ("SELECT 'a' -- it's\n, $$b", "a quote is not closed: $$b"),
    ],
)
def test_a_quote_or_comment_without_an_end_is_shown(sql: str, why: str) -> None:
    assert check(sql) == Refusal(f"does not parse: {why}")
    with pytest.raises(SqlglotError, match=re.escape(why)):
        split_statements(sql, dialect="duckdb")


@pytest.mark.parametrize("sql", ["", "SELECT 'a''b' -- it's", "SELECT \"a'\" /* ' */ $q$ it's $q$"])
def test_every_quote_has_its_end(sql: str) -> None:
    assert unclosed(sql) == ""


def test_a_lone_surrogate_is_refused_before_duckdb_sees_it() -> None:
    assert isinstance(check("SELECT '\ud800'"), Refusal)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT city, count(*) FROM people GROUP -- by town\nBY city",
        "SELECT name FROM people ORDER /* from */ BY name",
        "SELECT row_number() OVER (PARTITION /* a; b */ BY city ORDER -- c\n BY name) FROM people",
        "SELECT '-- no comment' FROM people GROUP /* one */ BY ALL",
    ],
)
def test_comments_may_stand_inside_words_that_belong_together(sql: str) -> None:
    assert check(sql) == sql


def test_a_comment_hides_nothing_from_the_second_try() -> None:
    refusal = check("WITH d AS (DELETE FROM people RETURNING *) SELECT count(*) FROM d GROUP /* x */ BY 1")
    assert isinstance(refusal, Refusal)
    assert refusal.why == "DELETE inside the query: only reading is allowed"
