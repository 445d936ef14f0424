"""Postgres queries on DuckDB. Every expected result is what PostgreSQL 15.18 answered to the query as it stands here."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import duckdb
import pytest

from rewardkit.graders.sql.translating.dialects import Translation, Untranslatable, translate

TABLES = """
CREATE TABLE owners (id INT PRIMARY KEY, name TEXT, email TEXT);
INSERT INTO owners VALUES (1, 'Ann Lee', 'ann@x.org'), (2, 'bob', NULL);
CREATE TABLE tasks (id INT PRIMARY KEY, owner INT, due DATE, start TIMESTAMP, done TIMESTAMP, cost NUMERIC(10, 2), points INT, weight FLOAT8,
    tags TEXT);
INSERT INTO tasks VALUES
    (1, 1, '2024-01-31', '2024-01-05 09:03:07', '2024-01-06 10:00:00', 1234.50, 7, 2.5, 'a,b'),
    (2, 1, '2024-02-29', '2024-02-28 23:59:59.5', '2024-03-02 00:00:00', 0.05, 2, 3.0, 'c'),
    (3, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""
SCHEMA = {
    "owners": {"id": "INTEGER", "name": "VARCHAR", "email": "VARCHAR"},
    "tasks": {
        "id": "INTEGER", "owner": "INTEGER", "due": "DATE", "start": "TIMESTAMP", "done": "TIMESTAMP", "cost": "DECIMAL(10,2)",
        "points": "INTEGER", "weight": "DOUBLE", "tags": "VARCHAR",
    },
}  # fmt: skip
KEYS = {"owners": [["id"]], "tasks": [["id"]]}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(TABLES)
        yield connection


def translated(text: str) -> str:
    translation = translate(text, read="postgres", write="duckdb", schema=SCHEMA, keys=KEYS)
    assert isinstance(translation, Translation), translation
    return translation.sql


def answers(database: duckdb.DuckDBPyConnection, text: str) -> list[tuple[object, ...]]:
    return database.execute(translated(text)).fetchall()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT to_char(start, 'YYYY-MM-DD HH24:MI:SS') FROM tasks", ["2024-01-05 09:03:07", "2024-02-28 23:59:59", None]),
        ("SELECT to_char(due, 'FMDD Mon YYYY') FROM tasks", ["31 Jan 2024", "29 Feb 2024", None]),
        ("SELECT to_char(due, 'Month|MON|dy|FMDay') FROM tasks", ["January  |JAN|wed|Wednesday", "February |FEB|thu|Thursday", None]),
        ("SELECT to_char(due, 'YYYY-\"Q\"Q, IW, D, 100%') FROM tasks", ["2024-Q1, 05, 4, 100%", "2024-Q1, 09, 5, 100%", None]),
        ("SELECT to_char(start, 'HH12:MI am') FROM tasks", ["09:03 am", "11:59 pm", None]),
        ("SELECT to_char(start::time, 'HH24.MI') FROM tasks", ["09.03", "23.59", None]),
        ("SELECT to_char(done - start, 'DD HH24:MI') FROM tasks", ["01 00:56", "02 00:00", None]),
        ("SELECT to_char(due, 'YYYY') || 'é' || to_char(due, 'MM') FROM tasks", ["2024é01", "2024é02", None]),
        ("SELECT to_char(cost, '9,999.99') FROM tasks", [" 1,234.50", "      .05", None]),
        ("SELECT to_char(cost, 'FM$9,990.00') FROM tasks", ["$1,234.50", "$0.05", None]),
        ("SELECT to_char(cost, 'FM999.9') FROM tasks", ["###.#", ".1", None]),
        ("SELECT to_char(points, '000') FROM tasks", [" 007", " 002", None]),
        ("SELECT to_number('1,234.5', '9,999.9')", [1234.5]),
        ("SELECT to_date('05 March 2024', 'DD Month YYYY')", [date(2024, 3, 5)]),
        ("SELECT extract(month FROM to_date('May', 'Mon'))", [5]),
        ("SELECT to_char(to_timestamp(1700000000), 'YYYY-MM-DD HH24')", ["2023-11-14 22"]),
        ("SELECT to_timestamp('2024-03-05 14:07', 'YYYY-MM-DD HH24:MI')::timestamp", [datetime(2024, 3, 5, 14, 7)]),
    ],
)  # fmt: skip
def test_patterns_mean_what_they_do_in_postgres(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[object]
) -> None:
    assert answers(database, text) == [(cell,) for cell in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT points / 2, 7 / 2.0, (1 + count(*)) / 2 FROM tasks WHERE id = 1 GROUP BY points", (3, 3.5, 1)),
        ("SELECT (done::date - start::date) / 2 FROM tasks WHERE id = 2", (1,)),
        ("SELECT extract(year FROM due) / 10 FROM tasks WHERE id = 1", (202.4,)),
        ("SELECT n / 2 FROM (SELECT count(*) AS n FROM tasks) t", (1,)),
        ("SELECT sum(points) / 2 FROM tasks HAVING sum(points) / 2 = 4", (4,)),
        ("SELECT round(weight), round(2.5) FROM tasks WHERE id = 1", (2, 3)),
        ("SELECT (avg(points) + 1)::int, weight::int FROM tasks WHERE id < 3 GROUP BY weight ORDER BY 1 DESC LIMIT 1", (8, 2)),
        ("SELECT extract(second FROM start), date_part('milliseconds', start) FROM tasks WHERE id = 2", (59.5, 59500)),
        ("SELECT 59.5 / extract(second FROM start), - extract(second FROM start) FROM tasks WHERE id = 2", (1, -59.5)),
        ("SELECT due - '2024-01-01', '2024-03-01' - due FROM tasks WHERE id = 1", (30, 30)),
        ("SELECT due + interval '1 mon', due + interval '1 month - 1 day' FROM tasks WHERE id = 1", (datetime(2024, 2, 29), datetime(2024, 2, 28))),
        ("SELECT due + interval 'P1DT2H', due + interval '1 day 12:30:00' FROM tasks WHERE id = 1", (datetime(2024, 2, 1, 2), datetime(2024, 2, 1, 12, 30))),
        ("SELECT due + make_interval(days => points), start - make_interval(0, 0, 1) FROM tasks WHERE id = 1", (datetime(2024, 2, 7), datetime(2023, 12, 29, 9, 3, 7))),
        ("SELECT sum(done - start), extract(day FROM sum(done - start)) FROM tasks", (timedelta(days=3, seconds=3413.5), 3)),
        ("SELECT date '2024-01-31'::text, timestamp '2024-01-31 10:00'::date", ("2024-01-31", date(2024, 1, 31))),
        ("SELECT date_bin('15 minutes', start, '2024-01-01') FROM tasks WHERE id = 1", (datetime(2024, 1, 5, 9),)),
        ("SELECT name::varchar(2), 3.0::float8::text, 3.0::float8 || '!', format('%s-%s', name, email) FROM owners WHERE id = 2", ("bo", "3", "3!", "bob-")),
        ("SELECT array_remove(ARRAY[1, NULL, 2], NULL), to_hex(255)", ([1, 2], "ff")),
        ("SELECT every(points > 1) FROM tasks WHERE points IS NOT NULL", (True,)),
        ("SELECT string_agg(name, '; ' ORDER BY name DESC), array_agg(id ORDER BY id) FROM owners", ("bob; Ann Lee", [1, 2])),
        ("SELECT jsonb_build_object('a', 1) ->> 'a'", ("1",)),
        ("SELECT max - min FROM (SELECT max(points), min(points) FROM tasks) t", (5,)),
        ("SELECT start FROM (SELECT start::date FROM tasks WHERE id = 1) t", (date(2024, 1, 5),)),
        ("SELECT name FROM public.owners WHERE public.owners.id = 2", ("bob",)),
    ],
)  # fmt: skip
def test_numbers_dates_and_names_mean_what_they_do_in_postgres(
    database: duckdb.DuckDBPyConnection, text: str, expected: tuple[object, ...]
) -> None:
    assert answers(database, text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT id FROM owners WHERE name SIMILAR TO '(A|b)%'", [(1,), (2,)]),
        ("SELECT id FROM owners WHERE name SIMILAR TO 'b_b' OR name LIKE ALL (ARRAY['A%', '%e'])", [(1,), (2,)]),
        ("SELECT id FROM owners WHERE name ILIKE ANY (ARRAY['a%', 'x%'])", [(1,)]),
        (r"SELECT id FROM owners WHERE name ~* '\yLEE\y'", [(1,)]),
        ("SELECT (regexp_match(email, '(.)@(.)'))[2], substring(email FROM '@(.*)') FROM owners", [("x", "x.org"), (None, None)]),
        ("SELECT id, (regexp_matches(tags, '[ab]', 'g'))[1] FROM tasks", [(1, "a"), (1, "b")]),
        ("SELECT id, regexp_matches(tags, '^(.),(.)') FROM tasks", [(1, ["a", "b"])]),
        ("SELECT tag FROM tasks, regexp_split_to_table(tags, ',') AS tag ORDER BY tag", [("a",), ("b",), ("c",)]),
        ("SELECT generate_series('2024-01-31'::date, '2024-03-31'::date, '1 month')::date", [(date(2024, 1, 31),), (date(2024, 2, 29),), (date(2024, 3, 29),)]),
        ("SELECT d::date FROM generate_series(date '2024-01-01', date '2024-01-02', interval '1 day') AS d", [(date(2024, 1, 1),), (date(2024, 1, 2),)]),
        ("SELECT owner, count(*) FROM tasks GROUP BY owner ORDER BY count DESC", [(1, 2), (2, 1)]),
        ("SELECT id FROM tasks ORDER BY points DESC", [(3,), (1,), (2,)]),
        ("SELECT DISTINCT ON (owner) owner, id FROM tasks ORDER BY owner, id DESC", [(1, 2), (2, 3)]),
        ("SELECT o.id, l.id FROM owners o CROSS JOIN LATERAL (SELECT id FROM tasks WHERE owner = o.id ORDER BY due LIMIT 1) l ORDER BY 1", [(1, 1), (2, 3)]),
    ],
)  # fmt: skip
def test_rows_are_those_of_postgres(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[tuple[object, ...]]
) -> None:
    assert answers(database, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT name, count(*) FROM owners JOIN tasks ON owner = owners.id GROUP BY owners.id ORDER BY email NULLS FIRST", [("bob", 1), ("Ann Lee", 2)]),
        ("SELECT o.*, max(points) FROM owners o JOIN tasks ON owner = o.id GROUP BY o.id HAVING email IS NOT NULL", [(1, "Ann Lee", "ann@x.org", 7)]),
        ("SELECT id AS key, name FROM owners GROUP BY key ORDER BY id", [(1, "Ann Lee"), (2, "bob")]),
        ("SELECT upper(name), (SELECT count(*) FROM tasks WHERE owner = o.id AND o.email IS NULL) FROM owners o GROUP BY 1, id ORDER BY 1", [("ANN LEE", 0), ("BOB", 1)]),
        ("WITH t AS (SELECT o.name, sum(points) AS s FROM owners o JOIN tasks ON owner = o.id GROUP BY o.id) SELECT name FROM t WHERE s / 2 = 4", [("Ann Lee",)]),
    ],
)  # fmt: skip
def test_columns_that_follow_from_a_grouped_key_may_be_named(
    database: duckdb.DuckDBPyConnection, text: str, expected: list[tuple[object, ...]]
) -> None:
    assert answers(database, text) == expected


def test_without_a_key_nothing_follows() -> None:
    text = "SELECT name, count(*) FROM owners GROUP BY id"
    translation = translate(text, read="postgres", write="duckdb", schema=SCHEMA)
    assert isinstance(translation, Translation)
    assert "name" not in translation.sql.partition("GROUP BY")[2]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SELECT to_char(due, 'DDth') FROM tasks", "the part 'th' of a pattern"),
        ("SELECT to_char(due, 'J') FROM tasks", "the part 'J' of a pattern"),
        ("SELECT to_char(due, tags) FROM tasks", "to_char() with a pattern that is not a plain text"),
        ("SELECT to_char(cost, 'L999') FROM tasks", "the number pattern 'L999'"),
        ("SELECT to_char(cost, '9,9999') FROM tasks", "the number pattern '9,9999'"),
        ("SELECT to_char(done - start, 'Month') FROM tasks", "an interval's pattern"),
        ("SELECT regexp_matches(tags, '(a)(b)', 'g') FROM tasks", "regexp_matches() with 'g' and several groups"),
        ("SELECT regexp_match(tags, 'a', 'n') FROM tasks", "regexp_match() with the flags 'n'"),
        ("SELECT to_date(tags, 'YYYY Q') FROM tasks", "the part 'Q' of a pattern to read by"),
        ("SELECT to_char(due) FROM tasks", "to_char()"),
        ("SELECT date_bin(start) FROM tasks", "date_bin() with these arguments"),
        ("SELECT name SIMILAR TO email FROM owners", "SIMILAR TO with a pattern"),
        ("SELECT regexp_match(name, email) FROM owners", "a regular expression that is not a plain text"),
        ("SELECT format('%I', name) FROM owners", "format() with more than %s"),
        ("SELECT sum(done - start) OVER () FROM tasks", "a sum of intervals with OVER"),
        ("SELECT id FROM tasks FOR UPDATE", "FOR UPDATE"),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_reported_with_its_reason(text: str, why: str) -> None:
    translation = translate(text, read="postgres", write="duckdb", schema=SCHEMA, keys=KEYS)
    assert isinstance(translation, Untranslatable), translation
    assert why in translation.why
    assert translation.why.startswith("cannot be translated from postgres: ")


def test_nested_patterns_do_not_make_a_query_grow_without_end() -> None:
    text = "SELECT " + "to_char(" * 12 + "start" + ", 'Month DAY')" * 12 + " FROM tasks"
    assert isinstance(translate(text, read="postgres", write="duckdb", schema=SCHEMA), Untranslatable)


def test_aliases_that_name_each_other_do_not_take_long() -> None:
    sums = ", ".join(f"a{i} + a{i} AS a{i + 1}" for i in range(40))
    text = f"SELECT {sums} FROM (SELECT points AS a0 FROM tasks) t"
    assert isinstance(translate(text, read="postgres", write="duckdb", schema=SCHEMA), Translation)
