"""A text that does not run says why, and the gold's says in which dialect it would."""

import pytest

from rewardkit.graders.sql.answers import Failed, Ran, run_everywhere
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import GIVEN, Refusal


def why(database: DuckDBDatabase, text: str, *, dialect: str = "", advise: bool = True) -> str:
    ran = run_everywhere(text, database, (GIVEN,), dialect, advise=advise)
    assert not isinstance(ran, Ran)
    return ran.failure.why if isinstance(ran, Failed) else ran.why


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("SELECT to_char(born, 'YYYY') FROM people", '"postgres" or '),
        ("SELECT date_format(born, '%Y') FROM people", '"mysql" or '),
        ("SELECT TOP 2 name FROM people", '"tsql"'),
        ("SELECT `name` FROM people", '"mysql" or '),
    ],
)
def test_a_text_of_another_dialect_is_told_by_what_runs(
    people: DuckDBDatabase, text: str, advice: str
) -> None:
    assert f"; it runs with dialect={advice}" in why(people, text)


@pytest.mark.parametrize(
    "text", ["SELECT nope(born) FROM people", "SELECT nmae FROM people", "SELECT random()"]
)
def test_no_dialect_is_named_that_would_not_help(people: DuckDBDatabase, text: str) -> None:
    assert "dialect" not in why(people, text)


def test_nothing_is_advised_where_a_dialect_is_given_or_a_completion_asks(people: DuckDBDatabase) -> None:
    text = "SELECT date_format(born, '%Y') FROM people"
    assert why(people, text, dialect="postgres") == "there is no function 'date_format'"
    assert why(people, text, advise=False) == "there is no function 'date_format'"


def test_a_missing_name_is_told_with_the_nearest(people: DuckDBDatabase) -> None:
    assert why(people, "SELECT nmae FROM people") == "there is no column 'nmae'; nearest: people.name"


def test_a_refusal_stays_one(people: DuckDBDatabase) -> None:
    assert isinstance(run_everywhere("DROP TABLE people", people, (GIVEN,)), Refusal)
