from collections.abc import Callable

import pytest

from rewardkit import Unscored
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.references import MAX_TASKS, Task, task_of
from rewardkit.graders.sql.settings import Settings

Opener = Callable[..., DuckDBDatabase]

SMALL = Settings(instances=1)


def task(reference: object, database: DuckDBDatabase, settings: Settings = SMALL) -> Task:
    return task_of(reference, database, settings)


def test_several_accepted_queries_are_cut_at_semicolons(people: DuckDBDatabase) -> None:
    assert len(task("SELECT id FROM people; SELECT ';' AS x FROM people;", people).golds) == 2


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("SELECT nope FROM people", "there is no column 'nope'"),
        ("SELECT nmae FROM people", "there is no column 'nmae'; nearest: people.name"),
        (
            "SELECT to_char(born, 'YYYY') FROM people",
            'no function .to_char.; it runs with dialect="postgres"',
        ),
        ("SELECT name FROM people WHERE city = 'Oslo", "a quote is not closed: 'Oslo"),
        ("SELECT 1; SELECT nope FROM people", "nope"),
        ("DROP TABLE people", "starts with 'drop'"),
        ("SELECT random()", "random\\(\\) is not allowed"),
        ("SELECT name::INT FROM people", "Conversion"),
        ("SELECT * FROM range(20000)", "more than 10,000 rows"),
        ("", "empty"),
        ("[[1], [2", "no JSON"),
        ('{"a": 1}', "a list"),
        (42, "a list"),
        ([1, 2], "a list of lists"),
        ([[1], [1, 2]], "one length"),
        ([{"a": 1}, {"b": 1}], "different keys"),
        ([], "empty"),
        ("SELECT name FROM people WHERE id > 99", "returns no rows"),
    ],
)
def test_a_reference_that_does_not_work_says_why(people: DuckDBDatabase, reference: object, why: str) -> None:
    with pytest.raises(Unscored, match=why) as raised:
        task(reference, people)
    assert raised.value.cause == "bad_reference"


def test_a_reference_is_prepared_once(people: DuckDBDatabase) -> None:
    assert task("SELECT name FROM people", people) is task("SELECT name FROM people", people)
    assert task([["Ann"]], people) is task([["Ann"]], people)
    assert task([["Ann"]], people) is not task([["Bob"]], people)


def test_a_reference_that_does_not_work_is_tried_once(people: DuckDBDatabase) -> None:
    errors = []
    for _ in range(2):
        with pytest.raises(Unscored) as caught:
            task("SELECT name FROM people WHERE id > 99", people)
        errors.append(caught.value)
    assert errors[0] is errors[1]


def test_a_gold_may_ask_for_what_no_given_row_lacks() -> None:
    database = open_database({"people": [{"id": 1, "city": "Oslo"}, {"id": 2, "city": "Rome"}]})
    found = task_of("SELECT id FROM people WHERE city IS NULL", database, Settings())
    assert any(table.rows for table in found.golds[0].tables)


def test_expected_rows_may_be_lists_objects_or_their_json(people: DuckDBDatabase) -> None:
    for reference in ([["Ann", 1]], [{"name": "Ann", "n": 1}], '[["Ann", 1]]', '[{"name": "Ann", "n": 1}]'):
        (gold,) = task(reference, people).golds
        assert gold.tables[0].rows == [("Ann", 1)]


def test_what_a_blind_answer_reaches_is_known_beforehand(people: DuckDBDatabase) -> None:
    (gold,) = task("SELECT * FROM people WHERE id < 4", people).golds
    assert gold.chance[0] == pytest.approx(6 / 7)
    assert task("SELECT count(*) FROM people", people).golds[0].chance[0] == 1.0


def test_tasks_of_a_database_that_was_closed_since_are_forgotten(
    people: DuckDBDatabase, opened: Opener
) -> None:
    # Fewer databases are kept open than tasks: after many databases, the oldest tasks belong to closed ones.
    task("SELECT name FROM people", people, Settings())
    people.close()
    assert not people.is_alive()
    other = opened()
    for number in range(MAX_TASKS + 1):
        assert task(f"SELECT {number} AS n FROM people", other).golds
