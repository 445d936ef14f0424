"""`extra_columns="allow"` lets extra columns pass and changes no other mark."""

import pytest

from rewardkit.calling import call
from rewardkit.graders.sql import sql_grader, text_to_sql

GOLD = "SELECT name, born FROM people ORDER BY born"
ALLOWING = sql_grader(extra_columns="allow", name="allowing")

ANSWERS = [
    GOLD,
    "SELECT name, born FROM people ORDER BY name",
    "SELECT name, born FROM people WHERE city = 'Oslo' ORDER BY born",
    "SELECT name FROM people ORDER BY born",
    "SELECT * FROM people",
    "SELECT count(*) FROM people",
]


def value(allowing: bool, answer: str, database: str, gold: str = GOLD) -> float:
    columns = {"completion": answer, "reference": gold, "database": database}
    return call(ALLOWING if allowing else text_to_sql, columns).value or 0


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_without_extra_columns_earns_what_it_earns_by_default(
    people_file: str, answer: str
) -> None:
    assert value(True, answer, people_file) == value(False, answer, people_file)


def test_an_answer_with_extra_columns_is_right(people_file: str) -> None:
    answer = "SELECT name, city, born, pay FROM people ORDER BY born"
    assert value(True, answer, people_file) == 1
    assert value(False, answer, people_file) < 1


@pytest.mark.parametrize(
    "blind", ["SELECT * FROM people", "SELECT * FROM people, visits", "SELECT * FROM visits"]
)
@pytest.mark.parametrize("gold", [GOLD, "SELECT name, born FROM people WHERE city = 'Oslo' AND pay > 10"])
def test_dumping_a_table_is_still_blind(people_file: str, gold: str, blind: str) -> None:
    assert value(True, blind, people_file, gold) <= 0.12


def test_expected_rows_are_measured_alike(people_file: str) -> None:
    rows = '[["Ann", "1990-01-02"], ["Bob", "1985-07-08"]]'
    assert 0.12 < value(True, GOLD, people_file, rows) == value(False, GOLD, people_file, rows) < 0.7
