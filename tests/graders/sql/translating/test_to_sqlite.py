import sqlite3
from collections.abc import Iterator

import pytest

from rewardkit.graders.sql.translating.dialects import Translation, Untranslatable, translate

TABLES = """
CREATE TABLE tasks (id INT, name TEXT, due DATE, start TIMESTAMP, done TIMESTAMP, cost NUMERIC(10, 2), points INT);
INSERT INTO tasks VALUES
    (1, 'Ann', '2024-01-31', '2024-01-05 09:03:07', '2024-01-06 10:03:07', 20.00, 7), (2, 'bob', NULL, NULL, NULL, NULL, NULL);
"""
SCHEMA = {
    "tasks": {
        "id": "INT", "name": "TEXT", "due": "DATE", "start": "TIMESTAMP", "done": "TIMESTAMP", "cost": "NUMERIC(10, 2)", "points": "INT",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("read", "columns", "expected"),
    [
        ("postgres", "to_char(start, 'YYYY-MM-DD HH24:MI')", "2024-01-05 09:03"),
        ("postgres", "extract(year FROM due)", 2024),
        ("postgres", "extract(year FROM due) / 10", 202.4),
        ("postgres", "date_part('dow', due)", 3),
        ("postgres", "extract(quarter FROM due)", 1),
        ("postgres", "extract(year FROM due) || '!' || points::text", "2024!7"),
        ("postgres", "extract(epoch FROM (done - start)) / 3600", 25.0),
        ("postgres", "extract(day FROM done - start)", 1),
        ("postgres", "due + interval '1 month'", "2024-02-29"),  # SQLite's own '+1 month' is the 2nd of March
        ("postgres", "due - interval '1 year 2 days'", "2023-01-29"),
        ("postgres", "start + interval '1 month - 3 hours'", "2024-02-05 06:03:07"),
        ("postgres", "interval '2 hours' + start", "2024-01-05 11:03:07"),
        ("postgres", "start + '1 day'", "2024-01-06 09:03:07"),
        ("postgres", "due + 3", "2024-02-03"),
        ("postgres", "due - 3", "2024-01-28"),
        ("postgres", "due - date '2024-01-01'", 30),
        ("postgres", "'2024-03-01' - due", 30),
        ("postgres", "date_trunc('month', start)", "2024-01-01"),
        ("postgres", "date_trunc('quarter', due)", "2024-01-01"),
        ("postgres", "date_trunc('week', due)", "2024-01-29"),
        ("postgres", "date_trunc('hour', start)", "2024-01-05 09:00:00"),
        ("postgres", "start::date", "2024-01-05"),
        ("postgres", "start::time", "09:03:07"),
        ("postgres", "points / 2", 3),
        ("postgres", "cost / 3 > 6.6", 1),  # 20.00 is the integer 20 in SQLite
        ("postgres", "2.5::int", 3),
        ("postgres", "2.346::numeric(10, 2)", 2.35),
        ("postgres", "name::varchar(2)", "An"),
        ("postgres", "now() > start", 1),
        ("postgres", "left(name, 1) || right(name, 2)", "Ann"),
        ("postgres", "concat(name, NULL, 'x')", "Annx"),
        ("postgres", "name LIKE 'a%'", 0),
        ("postgres", "name ILIKE 'a%'", 1),
        ("postgres", "name LIKE '_n%'", 1),
        ("mysql", "DATE_FORMAT(start, '%Y-%m')", "2024-01"),
        ("mysql", "YEAR(due) + MONTH(due)", 2025),
        ("mysql", "DATE_ADD(due, INTERVAL 1 MONTH)", "2024-02-29"),
        ("mysql", "DATEDIFF('2024-03-01', due)", 30),
        ("mysql", "points / 2", 3.5),
        ("mysql", "CONCAT(name, '!')", "Ann!"),
        ("mysql", "name LIKE 'a%'", 1),
        ("mysql", "IFNULL(IF(points > 3, 'y', 'n'), '-')", "y"),
        ("tsql", "name + '!'", "Ann!"),
    ],
)  # fmt: skip
def test_common_constructs_keep_their_meaning(
    database: sqlite3.Connection, read: str, columns: str, expected: object
) -> None:
    text = f"SELECT {columns} FROM tasks WHERE id = 1"
    translation = translate(text, read=read, write="sqlite", schema=SCHEMA)
    assert isinstance(translation, Translation), translation
    assert database.execute(translation.sql).fetchall() == [(expected,)]


def test_outputs_keep_the_names_that_postgres_gives_them(database: sqlite3.Connection) -> None:
    text = "SELECT max FROM (SELECT max(points) FROM public.tasks) t"
    translation = translate(text, read="postgres", write="sqlite", schema=SCHEMA)
    assert isinstance(translation, Translation)
    assert database.execute(translation.sql).fetchall() == [(7,)]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ("to_char(due, 'Mon')", "'%b' is no part of SQLite's strftime"),
        ("to_char(cost, '999.99')", "to_char()"),
        ("to_date(name, 'YYYY')", "to_date()"),
        ("done - start", "the time between two timestamps"),
        ("interval '1 day'", "an interval that is not added to a date"),
        ("due + interval '1 lustrum'", "an interval of 'lustrum'"),
        ("due + interval '1.5 days'", "the interval '1.5 days'"),
        ("date_trunc('decade', due)", "truncation to 'decade'"),
        ("extract(isoyear FROM due)", "the field 'isoyear'"),
        ("substring(name FROM '^A')", "substring() with a regular expression"),
        ("cost::text", "a number that is not whole as a text"),
        ("'cost: ' || cost", "a number that is not whole as a text"),
        ("concat(cost, '!')", "a number that is not whole as a text"),
        ("cost % 3", "the remainder of a number that is not whole"),
        ("DISTINCT ON (name) *", "DISTINCT ON beside *"),
    ],
)  # fmt: skip
def test_what_would_silently_be_wrong_is_refused(columns: str, why: str) -> None:
    translation = translate(f"SELECT {columns} FROM tasks", read="postgres", write="sqlite", schema=SCHEMA)
    assert isinstance(translation, Untranslatable), translation
    assert why in translation.why


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ("TIMESTAMPDIFF(MONTH, due, start), DATEDIFF(month, due, start)", "a difference in months"),
        ("DATEADD(day, points, due)", "a number of days that is not written out"),
    ],
)
def test_what_other_dialects_count_differently_is_refused(columns: str, why: str) -> None:
    translation = translate(f"SELECT {columns} FROM tasks", read="snowflake", write="sqlite", schema=SCHEMA)
    assert isinstance(translation, Untranslatable), translation
    assert why in translation.why


def test_the_notes_name_the_change() -> None:
    translation = translate(
        "SELECT extract(year FROM due) FROM tasks", read="postgres", write="sqlite", schema=SCHEMA
    )
    assert isinstance(translation, Translation)
    assert translation.notes == ("EXTRACT(YEAR FROM due) -> CAST(STRFTIME('%Y', due) AS INTEGER)",)
