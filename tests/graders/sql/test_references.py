import pytest

from rewardkit import Unscored
from rewardkit.graders.sql.engines.duckdb_databases import Database
from rewardkit.graders.sql.references import golds_of


def test_several_accepted_queries_are_cut_at_semicolons(people: Database) -> None:
    assert len(golds_of("SELECT 1; SELECT ';' AS x;", people)) == 2


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("SELECT nope FROM people", "nope"),
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
    ],
)
def test_a_reference_that_does_not_work_says_why(people: Database, reference: object, why: str) -> None:
    with pytest.raises(Unscored, match=why) as raised:
        golds_of(reference, people)
    assert raised.value.cause == "bad_reference"


def test_a_reference_is_prepared_once(people: Database) -> None:
    assert golds_of("SELECT name FROM people", people) is golds_of("SELECT name FROM people", people)
    assert golds_of([["Ann"]], people) is golds_of([["Ann"]], people)
    assert golds_of([["Ann"]], people) is not golds_of([["Bob"]], people)


def test_expected_rows_may_be_lists_objects_or_their_json(people: Database) -> None:
    for reference in ([["Ann", 1]], [{"name": "Ann", "n": 1}], '[["Ann", 1]]', '[{"name": "Ann", "n": 1}]'):
        (gold,) = golds_of(reference, people)
        assert gold.table.rows == [("Ann", 1)]


def test_what_a_blind_answer_reaches_is_known_beforehand(people: Database) -> None:
    (gold,) = golds_of("SELECT * FROM people WHERE id < 4", people)
    assert gold.chance == pytest.approx(6 / 7)
    assert golds_of("SELECT count(*) FROM people", people)[0].chance == 1.0
