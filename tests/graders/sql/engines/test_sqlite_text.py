import pytest
from hypothesis import given
from hypothesis import strategies as st
from stopwatch import within

from rewardkit.graders.sql.engines.engine import Refusal
from rewardkit.graders.sql.engines.sqlite_text import bare_query


def doubling(parts: int, name: str = "c{}") -> str:
    """Each part uses the one before twice: 2 ** parts copies."""
    bodies = [
        f"{name.format(i)} AS (SELECT a.x FROM {name.format(i - 1)} a, {name.format(i - 1)} b)"
        for i in range(1, parts)
    ]
    return f"WITH {name.format(0)} AS (SELECT 1 AS x), {', '.join(bodies)} SELECT count(*) FROM {name.format(parts - 1)}"


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("  SELECT 1 ;; ", "SELECT 1"),
        ("-- a\nSELECT 1 /* b; */ ; -- c", "SELECT 1"),
        ("SELECT 'a;b', \"c;d\", [e;f], `g;h` -- i;", "SELECT 'a;b', \"c;d\", [e;f], `g;h`"),
        ("SELECT 'it''s -- no comment'", "SELECT 'it''s -- no comment'"),
        ("SELECT 1 /* open", "SELECT 1"),
        ("values (1), (2)", "values (1), (2)"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"),
        ('SELECT "update", updated_at FROM t', 'SELECT "update", updated_at FROM t'),
        (
            "SELECT replace(a, 'insert into', 'delete') FROM t",
            "SELECT replace(a, 'insert into', 'delete') FROM t",
        ),
        ("SELECT " + "likes, " * 50 + "1", "SELECT " + "likes, " * 50 + "1"),
    ],
)
def test_one_reading_statement_comes_without_what_surrounds_it(text: str, sql: str) -> None:
    assert bare_query(text) == sql


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no SQL found"),
        (" ;; ", "no SQL found"),
        ("/* only */ -- comments", "no SQL found"),
        ("EXPLAIN SELECT 1", "starts with 'EXPLAIN'; a query starts with SELECT, WITH or VALUES"),
        ("PRAGMA user_version", "starts with 'PRAGMA'"),
        ("(SELECT 1)", "starts with '(SELECT'"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT 1; -- x\n DROP TABLE t", "more than one statement"),
        ("WITH a AS (SELECT 1) DELETE FROM t", "DELETE inside the query: only reading is allowed"),
        ("WITH a AS (SELECT 1) /**/ update/**/t SET a = 1", "UPDATE inside the query"),
        ("SELECT '\ud800'", "lone surrogate"),
        ("SELECT '\0'", "a NUL"),
        ("SELECT 1 IN (" + "1, " * 200_000 + "1)", "allowed: 10000"),
        ("SELECT " + "(" * 61 + "1" + ")" * 61, "brackets nested 61 deep; allowed: 60"),
        ("SELECT " + "abs(1), " * 301 + "1", "301 calls and brackets; allowed: 300"),
        ("SELECT 1 " + "OR 'a' LIKE 'b' " * 21, "21 times LIKE or GLOB; allowed: 20"),
    ],
)
def test_other_texts_are_refused_with_the_reason(text: str, why: str) -> None:
    refusal = bare_query(text)
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


@pytest.mark.parametrize("name", ["c{}", "'c{}'", '"c{}"', "[c{}]", "`C{}`", '"as""{}"'])
def test_with_parts_that_multiply_are_refused_however_they_are_named(name: str) -> None:
    # SQLite would copy a million parts, uninterruptibly, before it compiles the first.
    refusal = bare_query(doubling(20, name))
    assert isinstance(refusal, Refusal)
    assert "WITH parts are used more than 1000 times" in refusal.why
    assert isinstance(bare_query(doubling(6, name)), str)


@pytest.mark.parametrize("words", ["AS NOT MATERIALIZED (", "AS MATERIALIZED (", "as/**/("])
def test_with_parts_that_multiply_are_seen_behind_other_words(words: str) -> None:
    assert isinstance(bare_query(doubling(20).replace("AS (", words)), Refusal)
    named = doubling(20).replace(" AS (", "(x) AS (")
    assert isinstance(bare_query(named), Refusal)


def test_parts_that_build_on_each_other_and_name_their_columns_pass() -> None:
    parts = [
        f"p{i} AS (SELECT p{i - 1}.a, p{i - 1}.b FROM p{i - 1} WHERE p{i - 1}.a > p{i - 1}.b)"
        for i in range(1, 30)
    ]
    sql = f"WITH p0 AS (SELECT a, b FROM t), {', '.join(parts)} SELECT p29.a, p29.b FROM p29"
    assert bare_query(sql) == sql


@given(st.text(alphabet="SELCTWIHVAU selctwihva'\"`[]();-/*\n,.as1é", max_size=80))
def test_no_text_raises_and_what_passes_is_part_of_it(text: str) -> None:
    for given_text in (text, f"SELECT {text}", f"WITH {text}"):
        sql = bare_query(given_text)
        assert isinstance(sql, Refusal) or sql in given_text


@pytest.mark.timed
def test_the_longest_text_is_read_in_a_moment() -> None:
    with within(1):
        for filler in ("a", "(", "'", "--\n", "/*", "[", "as (", "x as (", "with "):
            bare_query("WITH " + filler * (9_900 // len(filler)))
