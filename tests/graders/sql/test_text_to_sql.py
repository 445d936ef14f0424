"""The whole grader: levels, sandbox and gate together, and what blind strategies earn."""

from collections.abc import Callable, Sequence
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stopwatch import within

from rewardkit import Item, Score, Scorer
from rewardkit.calling import call
from rewardkit.cases import Case, Order, Probe
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.phases import listening

Grade = Callable[..., Score]

GOLD = "SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY n DESC"


@pytest.fixture
def grade(people_file: str) -> Grade:
    def run(completion: str, reference: object = GOLD, **columns: object) -> Score:
        return call(
            text_to_sql,
            {"completion": completion, "reference": reference, "database": people_file, **columns},
        )

    return run


def test_the_cases_beside_the_grader_hold() -> None:
    def value(completion: str, columns: object) -> float | None:
        return call(text_to_sql, {"completion": completion, **dict(columns)}).value  # type: ignore[call-overload]

    for mark in text_to_sql.marks:
        if isinstance(mark, Case) and isinstance(mark.expect, str):
            assert value(mark.completion, mark.columns) == text_to_sql.levels.get(mark.expect), mark
        elif isinstance(mark, Case):
            assert value(mark.completion, mark.columns) == mark.expect, mark
        elif isinstance(mark, Probe):
            assert (value(mark.completion, mark.columns) or 0) <= mark.ceiling, mark
        elif isinstance(mark, Order):
            values = [value(completion, mark.columns) or 0 for completion in mark.completions]
            assert values == sorted(set(values)), mark


@pytest.mark.parametrize(
    ("completion", "score"),
    [
        ("", 0.0),
        ("I do not know.", 0.0),
        (GOLD + "; DROP TABLE people", 0.0),
        ("SELECT town FROM people", 0.02),
        ("SELECT 1", 0.05),
        ("SELECT city, count(*) AS n, 1 / 0 > 'x' FROM people GROUP BY city ORDER BY n DESC", (0.02, 0.15)),
        ("SELECT city, count(*) FROM people GROUP BY city ORDER BY 2", (0.15, 0.70)),
        ("SELECT city, count(id) FROM people GROUP BY 1 ORDER BY 2 DESC", 1.0),
        (f"<think>SELECT 1</think>Sure!\n```sql\n{GOLD};\n```\nIt counts.", 1.0),
    ],
)
def test_each_level_is_worth_what_it_says(
    grade: Grade, completion: str, score: float | tuple[float, float]
) -> None:
    value = grade(completion).value
    low, high = score if isinstance(score, tuple) else (score, score)
    assert value is not None
    assert low - 1e-9 <= value <= high + 1e-9


def test_every_level_is_a_component_and_says_why_it_was_missed(grade: Grade) -> None:
    score = grade("SELECT city FROM people")
    assert [part.name for part in score.components] == ["parses", "binds", "linked", "rows", "exact"]
    assert score.component("exact").reason == "1 column; expected 2 ('city', 'n'); 4 rows; expected 3"


def test_an_empty_gold_tells_nothing_and_is_unscored_on_the_given_rows_alone(grade: Grade) -> None:
    gold = "SELECT name FROM people WHERE id > 99"
    score = grade(gold, gold, instances="given")
    assert score.cause == "bad_reference"
    assert "returns no rows" in score.reason


def test_generated_instances_make_a_gold_gradable_that_is_empty_on_the_given_rows(grade: Grade) -> None:
    gold = "SELECT name FROM people WHERE id > 99"
    assert grade(gold, gold).value == 1.0
    assert (grade("SELECT name FROM people WHERE id > 100", gold).value or 0) < 1.0
    assert (grade("SELECT name FROM people WHERE 1 = 0", gold).value or 0) <= 0.15


def test_empty_expected_rows_tell_nothing_and_are_unscored(grade: Grade) -> None:
    score = grade("SELECT name FROM people WHERE id > 99", [])
    assert score.cause == "bad_reference"
    assert "empty" in score.reason


def test_a_result_that_a_constant_meets_must_be_read_from_the_right_tables(grade: Grade) -> None:
    gold = "SELECT count(*) FROM visits WHERE place = 'moon'"
    assert grade(gold, gold).value == 1.0
    assert grade("SELECT 0", gold).value == 0.05
    assert (grade("SELECT count(*) FROM nothing", gold).value or 0) <= 0.15


def test_rows_written_into_the_query_earn_nothing(grade: Grade) -> None:
    rows = "VALUES ('Oslo', 2), ('Rome', 1), (NULL, 1)"
    assert (grade(rows).value or 0) <= 0.05
    assert (grade(rows, [["Oslo", 2], ["Rome", 1], [None, 1]]).value or 0) <= 0.15


def test_what_a_whole_table_holds_of_the_answer_is_no_credit(grade: Grade) -> None:
    gold = "SELECT * FROM people WHERE id < 4"
    assert (grade("SELECT * FROM people", gold).value or 0) <= 0.15
    assert (grade("SELECT * FROM people WHERE id < 3 OR id = 4", gold, instances="given").value or 0) <= 0.15
    assert grade("SELECT * FROM people WHERE id < 4 AND id <> 99", gold).value == 1.0


def test_expected_rows_are_a_bag_unless_ordered(grade: Grade) -> None:
    rows = [["Bob"], ["Ann"]]
    answer = "SELECT name FROM people WHERE id < 3 ORDER BY id"
    assert grade(answer, rows).value == 1.0
    assert grade(answer, rows, ordered=True).value == 0.7


def test_cells_of_a_csv_file_are_understood(grade: Grade) -> None:
    answer, rows = "SELECT name FROM people WHERE id < 3 ORDER BY id", '[["Bob"], ["Ann"]]'
    assert grade(answer, rows, ordered="", dialect="", clock="").value == 1.0
    assert grade(answer, rows, ordered="False").value == 1.0
    assert grade(answer, rows, ordered="true").value == 0.7
    assert grade(answer, rows, ordered="perhaps").cause == "bad_reference"


def test_any_of_several_golds_is_enough(grade: Grade) -> None:
    golds = "SELECT id FROM people; SELECT name FROM people;"
    assert grade("SELECT name FROM people", golds).value == 1.0
    assert grade("SELECT id FROM people", golds).value == 1.0


def test_a_broken_gold_is_unscored_whatever_the_answer(grade: Grade) -> None:
    for completion in ("SELECT 1", "", GOLD):
        assert grade(completion, "SELECT nope FROM people").cause == "bad_reference"


def test_a_missing_database_is_unscored() -> None:
    score = call(text_to_sql, {"completion": GOLD, "reference": GOLD, "database": "no/such.sql"})
    assert score.cause == "bad_reference"
    assert "no/such.sql" in score.reason


def test_postgres_is_translated_only_when_asked_and_then_said(grade: Grade) -> None:
    gold = "SELECT to_char(at, 'YYYY-MM') AS month, count(*) FROM visits GROUP BY 1"
    score = grade(gold, gold, dialect="postgres")
    assert score.value == 1.0
    assert "rewritten from postgres: TO_CHAR" in score.component("binds").reason
    assert grade(gold, gold).cause == "bad_reference"


def test_a_postgres_query_that_means_the_same_as_written_is_left_alone(grade: Grade) -> None:
    gold = "SELECT city, count(*) FROM people GROUP BY city"
    assert grade(gold, gold, dialect="postgres").component("binds").reason == ""


def test_a_gold_in_another_dialect_is_translated_once(grade: Grade) -> None:
    # DuckDB sorts NULLs last, Postgres first where it sorts downwards: read twice, the gold would mean the opposite.
    gold = "SELECT TO_CHAR(born, 'YYYY') AS y, city, count(*) FROM people GROUP BY 1, 2 ORDER BY city DESC NULLS LAST LIMIT 2"
    assert grade(gold, gold, dialect="postgres", instances="auto:6").value == 1


def test_under_a_dialect_a_query_means_what_it_means_there(grade: Grade) -> None:
    # DuckDB divides integers into fractions, Postgres does not: 7 / 2 is 3.
    gold = "SELECT id, id / 2 AS half FROM people"
    assert (grade("SELECT id, id // 2 FROM people", gold).value or 0) < 1
    assert grade("SELECT id, floor(id / 2.0)::INTEGER FROM people", gold, dialect="postgres").value == 1


def test_an_unknown_dialect_is_refused_by_name(grade: Grade) -> None:
    score = grade(GOLD, dialect="postgers")
    assert score.cause == "bad_reference"
    assert "Did you mean 'postgres'?" in score.reason


@pytest.mark.parametrize(
    "attack",
    [
        "DELETE FROM people",
        "WITH d AS (DELETE FROM people RETURNING *) SELECT * FROM d",
        "CREATE TEMP TABLE people AS SELECT 99 AS id",
        "CREATE MACRO count(x) AS 0",
        "SELECT 1; UPDATE people SET city = 'x'",
        "SET threads = 9",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE hash(a.range, b.range) = 3",
        "SELECT repeat('x', 2000000000)",
        "SELECT " + "(" * 4000,
        "SELECT " + "-" * 9_000 + "1",
        "SELECT " + "CASE WHEN 1 THEN " * 500,
        "\x00\ud800",
        "SELECT '\x00'",
    ],
)
def test_no_attack_changes_the_grade_of_the_next_answer(grade: Grade, attack: str) -> None:
    score = grade(attack)
    assert score.value is not None
    assert score.value <= 0.15
    assert grade(GOLD).value == 1.0


def test_a_fixture_that_broke_is_opened_again(grade: Grade, people_file: str) -> None:
    assert grade(GOLD).value == 1.0
    open_database(people_file).connection.close()
    assert grade(GOLD).value == 1.0


QUESTIONS = [
    "SELECT name FROM customers WHERE country = 'Peru'",
    "SELECT country, count(*) FROM customers GROUP BY country",
    "SELECT c.name, sum(o.total) FROM customers c JOIN orders o USING (customer_id) GROUP BY c.name",
    "SELECT title, price FROM products WHERE category = 'kitchen' ORDER BY price",
    "SELECT avg(total) FROM orders WHERE status = 'shipped'",
    "SELECT p.title, sum(l.quantity) FROM products p JOIN order_lines l USING (product_id) GROUP BY p.title HAVING sum(l.quantity) > 1",
    "SELECT count(*) FROM orders WHERE ordered_at >= CURRENT_DATE - INTERVAL '30 days'",
    "SELECT category, max(price) FROM products GROUP BY category ORDER BY 2 DESC LIMIT 2",
]


@pytest.mark.parametrize(
    "strategy",
    [
        "SELECT 1",
        "SELECT NULL",
        "SELECT * FROM customers WHERE 1 = 0",
        "SELECT * FROM customers",
        "SELECT * FROM orders",
        "SELECT count(*) FROM orders",
        "SELECT * FROM customers, products, orders, order_lines",
        "SELECT name FROM customers UNION ALL SELECT country FROM customers UNION ALL SELECT title FROM products",
        "SELECT 1 WHERE EXISTS (SELECT * FROM customers, products, orders, order_lines)",
    ],
)
def test_strategies_that_ignore_the_question_stay_below_a_fifth(strategy: str) -> None:
    values = [
        call(text_to_sql, {"completion": strategy, "reference": gold, "database": "shop.sql"}).value
        for gold in QUESTIONS
    ]
    assert mean(value or 0 for value in values) <= 0.20


def test_every_question_earns_full_marks_with_its_own_query() -> None:
    for gold in QUESTIONS:
        assert call(text_to_sql, {"completion": gold, "reference": gold, "database": "shop.sql"}).value == 1.0


def mean_of(change: Callable[[str], str], golds: Sequence[str] = QUESTIONS) -> float:
    return mean(
        call(text_to_sql, {"completion": change(g), "reference": g, "database": "shop.sql"}).value or 0
        for g in golds
    )


def test_half_right_strategies_rank_between_blind_and_right() -> None:
    rows_twice = mean_of(lambda gold: f"SELECT * FROM ({gold}) UNION ALL SELECT * FROM ({gold})")
    nothing = mean_of(lambda gold: f"SELECT * FROM ({gold}) WHERE 1 = 0")
    assert nothing <= 0.20 < rows_twice <= 0.70


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(f"{GOLD} ( ) , ' \" ; * UNION WITH JOIN ON 1 -- /* NULL".split()), max_size=25
    ).map(" ".join)
)
def test_odd_text_gets_a_score_and_the_same_one_twice(grade: Grade, completion: str) -> None:
    score = grade(completion)
    assert score.value is not None, score.reason
    assert grade(completion) == score


def test_the_fixture_and_the_gold_have_a_clock_of_their_own(grade: Grade) -> None:
    changes: list[str] = []
    with listening(changes.append):
        assert grade(GOLD).value == 1.0
    assert [change for change in changes if change.startswith("prepare")] == ["prepare", "prepared"]


@pytest.mark.parametrize(
    "completion",
    ["SELECT pg_sleep(100)", "SELECT replace(" * 8 + "'x'" + ", 'x', 'xxxxxxxxxx')" * 8],
)
def test_a_call_that_nothing_can_interrupt_is_refused_at_once(grade: Grade, completion: str) -> None:
    with within(5):
        assert grade(completion).value == 0.0


@pytest.mark.slow
def test_a_worker_has_room_for_an_ordinary_answer_and_for_one_that_takes_all_it_may(people_file: str) -> None:
    greedy = "SELECT max(length(s)) FROM (SELECT DISTINCT repeat(name, 1000) || i AS s FROM people, range(1000000) r(i))"
    with Scorer(workers=1) as scorer:
        items = [Item(sql, {"reference": GOLD, "database": people_file}) for sql in (GOLD, greedy, GOLD)]
        first, second, third = scorer.score(text_to_sql, items)
    assert (first.value, third.value) == (1.0, 1.0)
    assert second.value is not None
    assert second.value <= 0.15
