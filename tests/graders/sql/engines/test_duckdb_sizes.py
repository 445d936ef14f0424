"""How long texts and lists may get, estimated before anything runs."""

import pytest

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Query, Refusal


def nested(call: str, depth: int, start: str = "'x'") -> str:
    """A text with `call` around itself: "replace({}, 'x', 'xx')"."""
    text = start
    for _ in range(depth):
        text = call.format(text)
    return text


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (nested("replace({}, 'x', 'xxxxxxxxxx')", 8), "up to 1,000,000"),
        (nested("regexp_replace({}, '.', 'xxxxxxxxx', 'g')", 8), "up to 1,000,000"),
        (nested("({0} || {0})", 5, "repeat(name, 40)"), "up to 128,000"),
        (nested("concat({0}, {0}, {0}, {0})", 2, "repeat(name, 100)"), "up to 160,000"),
        (nested("[{0}, {0}]", 5, "repeat(name, 40)"), "up to 128,000"),
        (nested("bin({})", 4, "name"), "up to 409,600"),
        (nested("url_encode({})", 7, "name"), "up to 218,700"),
        ("repeat('x', 2000000000)", "up to 2,000,000,000"),
        ("repeat('x', 1000 * 1000)", "not a plain number"),
        ("repeat('x', '9'::INTEGER)", "not a plain number"),
        ("repeat(repeat('x', 9000), 9000)", "up to 81,000,000"),
        ("lpad('x', 2000000000, 'y')", "up to 2,000,000,000"),
        ("bitstring('1', 2000000000)", "up to 2,000,000,000"),
        ("list_resize([1], 2000000000)", "up to 2,000,000,000"),
        ("printf('%2000000000d', 1)", "up to 2,000,000,000"),
        ("format('{:2000000000d}', 1)", "up to 2,000,000,000"),
        ("printf('%*d', 2000000000, 1)", "width from an argument"),
        ("format('{:{}}', 1, 2000000000)", "width from an argument"),
        ("printf('%' || '9999' || '9999d', 1)", "not a plain text"),
        ("range(1e9)", "allowed: 100,000"),
        ("list_transform(range(10000), lambda x: repeat('x', 10000))", "up to 100,000,000"),
        ("list_reduce(range(40)::TEXT[], lambda a, b: a || a)", "may double"),
        ("levenshtein(repeat('x', 9000), repeat('y', 9000))", "levenshtein() of a text"),
    ],
)
def test_a_value_that_would_get_too_long_is_refused(
    people: DuckDBDatabase, expression: str, why: str
) -> None:
    refusal = people.read(f"SELECT {expression} FROM people")
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT repeat('x', 1000) AS s), b AS (SELECT replace(s, 'x', 'yyyyyyyyyy') AS s FROM a) SELECT replace(s, 'y', '{z}') FROM b",
        "SELECT replace(s, 'y', '{z}') FROM (SELECT replace(repeat('x', 1000), 'x', 'yyyyyyyyyy') AS s)",
        "SELECT replace(t.s, 'y', '{z}') FROM people, LATERAL (SELECT repeat(name, 100) AS s) t",
        "SELECT repeat(name, 100) AS s, replace(s, 'y', '{z}') FROM people",
        "SELECT name FROM people WHERE length(replace(repeat(name, 100), 'y', '{z}')) > 3",
        "SELECT name FROM people ORDER BY replace(repeat(name, 100), 'y', '{z}')",
    ],
)
def test_what_a_subquery_or_an_alias_has_grown_counts(people: DuckDBDatabase, sql: str) -> None:
    refusal = people.read(sql.replace("{z}", "z" * 20))
    assert isinstance(refusal, Refusal)
    assert "replace() makes a value of up to" in refusal.why


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + nested("replace({}, '-', '')", 12, "name") + " FROM people",
        "SELECT " + nested("regexp_replace({}, '[^0-9]+', ' ', 'g')", 5, "name") + " FROM people",
        "SELECT " + " || ', ' || ".join(["name", "city"] * 20) + " FROM people",
        "SELECT repeat(name, 100) AS s, upper(s), length(s) FROM people",
        "SELECT lpad(id::TEXT, 10, '0'), printf('%05d', id), format('{:>8}', name), repeat('#', 20) FROM people",
        "SELECT list_transform(list_transform([1, 2], lambda x: x + 1), lambda x: x * 2)",
        "SELECT list_reduce(['a', 'b'], lambda a, b: a || ',' || b)",
        "SELECT count(*) FROM range(1000000)",
        "SELECT levenshtein(name, 'Ann') FROM people",
        "WITH RECURSIVE r AS (SELECT name, 1 AS n FROM people UNION ALL SELECT name || '/' || n, n + 1 FROM r WHERE n < 5) FROM r",
    ],
)
def test_ordinary_work_on_texts_and_lists_passes(people: DuckDBDatabase, sql: str) -> None:
    assert isinstance(people.read(sql), Query)
