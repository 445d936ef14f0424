"""Whether results depend on the order in which rows are stored, and what follows for a gold whose results do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from made_instances import query, searched
from sql_databases import PEOPLE

from rewardkit import Score
from rewardkit.calling import call
from rewardkit.graders.sql import sql_grader, text_to_sql
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.opening import forget, open_database
from rewardkit.graders.sql.instances.searching import given_rows
from rewardkit.graders.sql.instances.steadiness import Golds
from rewardkit.graders.sql.references import task_of
from rewardkit.graders.sql.settings import Settings

Opened = Callable[..., DuckDBDatabase]


def is_steady(database: DuckDBDatabase, *golds: str, rules: Rules = DEFAULT_RULES) -> bool:
    queries = [query(database, gold) for gold in golds]
    return Golds(database, queries, rules).are_steady_on(given_rows(database))


UNSTEADY = [
    "SELECT city, first(name) FROM people GROUP BY city",
    "SELECT string_agg(name, ',') FROM people",
    "SELECT array_agg(name) FROM people",
    "SELECT avg(pay) FROM (SELECT * FROM people LIMIT 2)",
    "SELECT name, row_number() OVER () FROM people",
    "SELECT name, row_number() OVER (ORDER BY pay) FROM people",
    # Bob and Cyd earn the same; so which of them is the best paid one is open.
    "SELECT name FROM people WHERE id = (SELECT id FROM people ORDER BY pay DESC LIMIT 1)",
    "SELECT max_by(name, pay) FROM people",
    "SELECT DISTINCT ON (city) city, name FROM people",
    "SELECT name FROM people GROUP BY ALL ORDER BY max(pay)",  # the sort key cannot be shown, so no tie is forgiven
]


@pytest.mark.parametrize("gold", UNSTEADY)
def test_a_choice_that_the_query_leaves_open_is_unsteady(people: DuckDBDatabase, gold: str) -> None:
    assert not is_steady(people, gold)


@pytest.mark.parametrize(
    "gold",
    [
        "SELECT name FROM people",
        "SELECT name FROM people ORDER BY pay",
        "SELECT name FROM people LIMIT 2",  # any two are right
        "SELECT name FROM people ORDER BY pay DESC LIMIT 1",  # Bob or Cyd
        "SELECT city, avg(pay) FROM people GROUP BY city",
        "SELECT string_agg(name, ',' ORDER BY name) FROM people",
        "SELECT name, row_number() OVER (ORDER BY id) FROM people",
        "SELECT name FROM people WHERE id = (SELECT id FROM people ORDER BY pay LIMIT 1)",  # Dee alone earns the least
        "SELECT avg(pay) FROM (SELECT * FROM people ORDER BY id LIMIT 2)",
        "SELECT count(*) FROM people WHERE EXISTS (SELECT 1 FROM visits)",
    ],
)
def test_a_choice_that_any_right_answer_may_make_is_steady(people: DuckDBDatabase, gold: str) -> None:
    assert is_steady(people, gold)


def test_the_middle_of_three_rows_does_not_pass_for_steady(opened: Opened) -> None:
    # In reverse the first row is the same text again; shuffled it is not.
    database = opened("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('a'), ('b'), ('b'), ('b'), ('a')")
    assert not is_steady(database, "SELECT first(x) FROM t")


def test_one_unsteady_gold_of_several_is_enough(people: DuckDBDatabase) -> None:
    assert not is_steady(people, "SELECT name FROM people", UNSTEADY[0])


def test_a_view_is_filled_from_its_tables(opened: Opened) -> None:
    database = opened(f"{PEOPLE} CREATE VIEW rich AS SELECT * FROM people WHERE pay > 10;")
    assert is_steady(database, "SELECT name FROM rich JOIN visits ON id = person")


def test_the_author_is_told(people: DuckDBDatabase) -> None:
    for gold in UNSTEADY[:3]:
        (note,) = searched(people, gold).notes
        assert "other rows when the given rows are stored in another order" in note
    assert searched(people, "SELECT name FROM people").notes == ()


def test_the_given_rows_do_not_judge_an_unsteady_gold_where_others_can(people: DuckDBDatabase) -> None:
    found = searched(
        people, "SELECT name FROM people WHERE id = (SELECT id FROM people ORDER BY pay DESC LIMIT 1)"
    )
    assert found.instances
    assert not found.judges_given
    assert "they do not judge answers" in found.notes[0]


def test_the_given_rows_judge_an_unsteady_gold_where_nothing_else_can(people: DuckDBDatabase) -> None:
    found = searched(people, "SELECT name, row_number() OVER () FROM people", wanted=0)
    assert found.judges_given
    assert "a right answer may be taken for a wrong one" in found.notes[0]


@pytest.fixture
def grade(people_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Score]:
    monkeypatch.chdir(tmp_path)  # searches are kept in the current folder

    def run(completion: str, reference: str, **columns: object) -> Score:
        return call(
            text_to_sql,
            {"completion": completion, "reference": reference, "database": people_file, **columns},
        )

    return run


BEST_PAID = "SELECT name FROM people WHERE id = (SELECT id FROM people ORDER BY pay DESC LIMIT 1)"


def test_another_choice_on_the_given_rows_is_right_too(grade: Callable[..., Score]) -> None:
    assert grade(BEST_PAID, BEST_PAID).value == 1.0
    assert grade(BEST_PAID.replace("pay DESC", "pay DESC, id DESC"), BEST_PAID).value == 1.0
    assert (grade(BEST_PAID.replace("pay DESC", "pay"), BEST_PAID).value or 0) < 1


def test_on_the_given_rows_alone_the_gold_is_taken_at_its_word(grade: Callable[..., Score]) -> None:
    assert grade(BEST_PAID, BEST_PAID, instances="given").value == 1.0
    assert (grade(BEST_PAID.replace("DESC", "DESC, id DESC"), BEST_PAID, instances="given").value or 0) < 1


def test_a_right_answer_says_what_it_was_held_against(grade: Callable[..., Score]) -> None:
    reason = grade(BEST_PAID, BEST_PAID).component("exact").reason
    assert "given rows and" not in reason
    assert "they do not judge answers" in reason
    reason = grade("SELECT name FROM people", "SELECT name FROM people").component("exact").reason
    assert "right on the given rows and 5 generated instances" in reason


@pytest.mark.parametrize(
    ("gold", "other"),
    [
        ("SELECT name FROM people", "SELECT name FROM people ORDER BY name DESC"),
        ("SELECT name FROM people ORDER BY pay", "SELECT name FROM people ORDER BY pay, name DESC"),
    ],
)
def test_by_the_exact_order_the_given_rows_come_as_they_are_stored(
    people_file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gold: str, other: str
) -> None:
    monkeypatch.chdir(tmp_path)
    grader = sql_grader(database=people_file, order="exact")
    task = {"reference": gold, "database": people_file}
    right = call(grader, {"completion": gold, **task})
    assert right.value == 1.0
    assert "given rows and 5 generated instances" in right.component("exact").reason
    assert (call(grader, {"completion": other, **task}).value or 0) < 1
    assert call(text_to_sql, {"completion": other, **task}).value == 1.0


def test_a_task_leaves_out_the_given_rows_that_do_not_judge(people: DuckDBDatabase, grade: object) -> None:
    assert "" not in task_of(BEST_PAID, people, Settings()).instances
    assert task_of("SELECT name FROM people", people, Settings()).instances[0] == ""


@pytest.mark.parametrize(
    ("sql", "steady"),
    [
        ("SELECT max(name) FROM (SELECT name FROM people LIMIT 1)", False),
        ("SELECT group_concat(name) FROM people", False),
        ("SELECT city, name FROM people GROUP BY city", False),
        ("SELECT name FROM people ORDER BY id LIMIT 1", True),
        ("SELECT city, count(*) FROM people GROUP BY city", True),
        ("SELECT name FROM people", True),
    ],
)
def test_the_order_in_which_sqlite_keeps_a_table_by_its_key_does_not_count(
    tmp_path: Path, sql: str, steady: bool
) -> None:
    people = "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, pay REAL);"
    rows = "(1, 'Ann', 'Oslo', 2), (2, 'Bob', 'Oslo', 3), (3, 'Cyd', 'Rome', 4)"
    (tmp_path / "people.sql").write_text(f"{people} INSERT INTO people VALUES {rows};")
    database = open_database(str(tmp_path / "people.sql"), engine="sqlite")
    queries = [query(database, sql)]
    assert Golds(database, queries, DEFAULT_RULES).are_steady_on(given_rows(database)) is steady
    forget(database)


@pytest.mark.parametrize(
    ("gold", "noted"),
    [
        ("SELECT name FROM people LIMIT 2", True),
        ("SELECT name FROM people ORDER BY id LIMIT 2", False),
        ("SELECT name FROM people", False),
    ],
)
def test_a_limit_without_an_order_is_noted(people: DuckDBDatabase, gold: str, noted: bool) -> None:
    assert any("any rows of that number are right" in note for note in searched(people, gold).notes) is noted
