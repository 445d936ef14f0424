from datetime import date

import duckdb
import pytest

from rewardkit import Unscored
from rewardkit.graders.sql.translating.dialect_names import DIALECTS, dialect_of
from rewardkit.graders.sql.translating.dialects import Translation, Untranslatable, translate

SCHEMA = {
    "tasks": {"id": "INTEGER", "name": "VARCHAR", "due": "DATE", "start": "TIMESTAMP", "points": "INTEGER"}
}
KEYS = {"tasks": [["id"]]}
ROWS = """
CREATE TABLE tasks (id INT, name TEXT, due DATE, start TIMESTAMP, points INT);
INSERT INTO tasks VALUES (1, 'Ann', '2024-01-31', '2024-01-05 09:03:07', 7), (2, NULL, NULL, NULL, NULL);
"""


def translation_of(text: str, read: str = "postgres", write: str = "duckdb") -> Translation:
    translation = translate(text, read=read, write=write, schema=SCHEMA, keys=KEYS)
    assert isinstance(translation, Translation), translation
    return translation


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        ("mysql", "SELECT DATE_FORMAT(start, '%Y-%m'), DAYOFWEEK(due), WEEKDAY(due) FROM tasks WHERE id = 1", ("2024-01", 4, 2)),
        ("mysql", "SELECT TIMESTAMPDIFF(MONTH, due, '2024-03-30'), DATEDIFF('2024-03-30', due), 7 / 2 FROM tasks WHERE id = 1", (1, 59, 3.5)),
        ("mysql", "SELECT `name`, AVG(points > 3), max(points) FROM tasks GROUP BY id ORDER BY points LIMIT 1", (None, None, None)),
        ("mysql", "SELECT CONCAT(name, 'x'), GROUP_CONCAT(name SEPARATOR ';') FROM tasks WHERE id = 1 GROUP BY name", ("Annx", "Ann")),
        ("bigquery", "SELECT FORMAT_DATE('%Y', due), EXTRACT(DAYOFWEEK FROM due), points / 2 FROM tasks WHERE id = 1", ("2024", 4, 3.5)),
        ("bigquery", "SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-05 11:00:00', start, HOUR) FROM tasks WHERE id = 1", (1,)),
        ("snowflake", "SELECT TO_CHAR(due, 'MON DD'), IFF(points > 3, 'y', 'n'), DATEDIFF(month, start, due) FROM tasks WHERE id = 1", ("Jan 31", "y", 0)),
        ("oracle", "SELECT TO_CHAR(due, 'DD-MON-YYYY'), TO_CHAR(points, '99.0'), TO_CHAR(name) FROM tasks WHERE id = 1", ("31-JAN-2024", "  7.0", "Ann")),
        ("tsql", "SELECT TOP 1 points / 2, AVG(points), name + '!', CAST(points AS FLOAT) / 2 FROM tasks GROUP BY points, name ORDER BY points DESC", (3, 7, "Ann!", 3.5)),
        ("tsql", "SELECT CONVERT(VARCHAR(10), start, 120), LEN(name), CAST(name AS VARCHAR(2)) FROM tasks WHERE id = 1", ("2024-01-05", 3, "An")),
        ("spark", "SELECT date_format(due, 'MMM yyyy'), dayofweek(due), points div 2, points / 2 FROM tasks WHERE id = 1", ("Jan 2024", 4, 3, 3.5)),
        ("trino", "SELECT date_diff('month', due, DATE '2024-03-30'), points / 2, day_of_week(due) FROM tasks WHERE id = 1", (1, 3, 3)),
        ("redshift", "SELECT points / 2, TO_CHAR(due, 'Mon'), NVL(name, '-'), DATE_PART(year, due) FROM tasks WHERE id = 1", (3, "Jan", "Ann", 2024)),
        ("sqlite", "SELECT points / 2, ifnull(name, '-') FROM tasks WHERE id = 1", (3, "Ann")),
        ("duckdb", "FROM tasks SELECT due WHERE id = 1", (date(2024, 1, 31),)),
    ],
)  # fmt: skip
def test_queries_of_other_dialects_keep_their_meaning(
    read: str, text: str, expected: tuple[object, ...]
) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(ROWS)
        assert connection.execute(translation_of(text, read).sql).fetchall() == [expected]


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("SELECT to_char(due, 'YYYY-MM') FROM tasks", ("TO_CHAR(due, 'YYYY-MM') -> STRFTIME(due, '%Y-%m')",)),
        ("SELECT name, count(*) FROM tasks t GROUP BY t.id", ("GROUP BY t.id -> GROUP BY t.id, t.name",)),
        ("SELECT id FROM tasks ORDER BY points DESC", ("tasks ORDER BY points DESC -> tasks ORDER BY points DESC NULLS FIRST",)),
        ("SELECT points / 2 FROM tasks", ("SELECT points / 2 -> SELECT points // 2",)),
        ("SELECT sum FROM (SELECT sum(points) FROM tasks) t", ('SUM(points) -> SUM(points) AS "sum"',)),
        ("SELECT to_date('May', 'Mon')", ("TO_DATE('May', 'Mon') -> CAST(STRPTIME('May', '%b') - TO_YEARS(1900) AS DATE)",)),
    ],
)  # fmt: skip
def test_the_notes_say_what_was_rewritten(text: str, notes: tuple[str, ...]) -> None:
    assert translation_of(text).notes == notes


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select Name, due::text from tasks as t where start::date >= now() - interval '1 month'",
        "SELECT coalesce(name, '-') || 'x', due - 3, 7 / 2.0 FROM tasks ORDER BY points -- why",
        "SELECT name, count(*) FILTER (WHERE points > 3) FROM tasks GROUP BY 1 HAVING count(*) > 1",
        "SELECT DISTINCT ON (name) name, id FROM tasks ORDER BY name, id",
        "SELECT date_trunc('month', start), extract(year FROM due), age(due), array_agg(id ORDER BY id) FROM tasks GROUP BY 1, 2, 3",
    ],
)  # fmt: skip
def test_a_text_that_needs_no_change_has_no_notes(text: str) -> None:
    assert translation_of(text).notes == ()


def test_many_changes_are_counted_instead_of_listed() -> None:
    parts = ", ".join(f"to_char(due, 'YYYY {i}'), points + {i} + id + points + id + {i}" for i in range(9))
    notes = translation_of(f"SELECT {parts} FROM tasks").notes
    assert len(notes) == 7
    assert notes[-1] == "and 3 more"


def test_a_long_change_is_cut_in_the_middle() -> None:
    (note,) = translation_of(f"SELECT to_char(due, 'YYYY \"{'long ' * 40}\"') FROM tasks").notes
    assert len(note) < 200
    assert note.startswith("TO_CHAR(due, 'YYYY")
    assert " ... " in note


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        ("postgres", "SELECT (", "Required keyword"),
        ("postgres", "SELECT 'open", "Error tokenizing"),
        ("postgres", "", "not one query"),
        ("postgres", "SELECT 1; SELECT 2", "not one query"),
        ("postgres", "DELETE FROM tasks", "not one query"),
        ("postgres", "SELECT " + "(" * 500 + "1" + ")" * 500, "nested too deeply"),
        ("mysql", "SELECT WEEK(due) FROM tasks", "weeks that begin on Sunday"),
        ("bigquery", "SELECT EXTRACT(WEEK FROM due) FROM tasks", "weeks that begin on Sunday"),
        ("oracle", "SELECT TO_CHAR(due, name) FROM tasks", "TO_CHAR of an unknown type"),
        ("mysql", "SELECT DAYOFWEEK() FROM tasks", "not understood"),
        ("oracle", "SELECT TO_CHAR(due, 'FMMonth') FROM tasks", "the pattern 'FMMonth'"),
        ("snowflake", "SELECT TO_CHAR(points, '999') FROM tasks", "TO_CHAR"),
        ("spark", "SELECT date_format(due, 'yyyy-QQQ') FROM tasks", "the part '-QQQ' of a pattern"),
        ("tsql", "SELECT AVG(points) OVER () FROM tasks", "an average of integers with OVER"),
    ],
)  # fmt: skip
def test_what_cannot_be_translated_says_why(read: str, text: str, why: str) -> None:
    translation = translate(text, read=read, write="duckdb", schema=SCHEMA)
    assert isinstance(translation, Untranslatable), translation
    assert why in translation.why


def test_a_table_that_the_schema_lacks_is_left_to_the_engine() -> None:
    assert translation_of("SELECT to_char(x.y, 'YYYY') FROM x").sql == "SELECT STRFTIME(x.y, '%Y') FROM x"


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("postgres", "postgres"),
        ("PostgreSQL", "postgres"),
        ("pgsql", "postgres"),
        ("BigQuery", "bigquery"),
        ("sqlserver", "tsql"),
    ],
)
def test_a_dialect_has_several_names_in_any_case(name: str, dialect: str) -> None:
    assert dialect_of(name) == dialect


def test_an_unknown_dialect_is_refused_with_the_nearest_name_and_the_usual_ones() -> None:
    with pytest.raises(
        Unscored, match=r"dialect 'Postgressql'; allowed: postgres, .* Did you mean 'postgresql'"
    ) as raised:
        dialect_of("Postgressql")
    assert raised.value.cause == "bad_reference"
    assert len(str(raised.value)) < 200
    with pytest.raises(Unscored):
        dialect_of("")


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_translates_a_plain_query(name: str) -> None:
    if name in ("dax", "prql"):
        pytest.skip("no SQL")
    assert (
        translation_of("SELECT name FROM tasks WHERE id = 1", name).sql
        == "SELECT name FROM tasks WHERE id = 1"
    )
