"""The edge cases that need a whole query: what is extracted, what is refused, and what a LIMIT leaves open."""

from collections.abc import Callable

import pytest

from rewardkit import Score
from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql

GOLD = "SELECT name FROM people WHERE pay > 6 ORDER BY name"

Grade = Callable[..., Score]


@pytest.fixture
def grade(people_file: str) -> Grade:
    def run(completion: str, reference: str = GOLD, **columns: object) -> Score:
        values = {
            "completion": completion,
            "reference": reference,
            "database": people_file,
            "instances": "given",
            **columns,
        }
        return call(text_to_sql, values)

    return run


@pytest.mark.parametrize(
    "completion",
    [
        f"{GOLD};",
        f"{GOLD} -- all; who earn /* enough */",
        GOLD.replace(" WHERE", "\n-- the condition\nWHERE"),
        f"/* nested /* comments */ are fine */ {GOLD}",
        f"Here:\n```sql\n{GOLD}\n```\nDone.",
        f"```sql\nSELECT 1\n```\nNo, rather:\n```sql\n{GOLD}\n```",
        f"```python\nprint(1)\n```\n```\n{GOLD}\n```",
        f"<think>```sql\nDROP TABLE people\n```</think>\n{GOLD}",
        f"The query is ```sql {GOLD}```",
    ],
)
def test_the_answer_is_found_in_its_wrapping(grade: Grade, completion: str) -> None:
    assert grade(completion).value == 1


@pytest.mark.parametrize(
    "completion",
    [
        f"```sql\n{GOLD}\n```\nor\n```sql\nSELECT 1\n```",
        f"```sql\n{GOLD}\n```\n" + "```sql\nSELECT name FROM people\n```",
    ],
)
def test_of_several_blocks_the_last_counts_never_the_best(grade: Grade, completion: str) -> None:
    assert (grade(completion).value or 0) < 1


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "   \n",
        "-- only a comment",
        "I cannot answer that.",
        f"{GOLD}; {GOLD}",
        f"{GOLD}; DROP TABLE people",
        "DELETE FROM people",
        "CREATE TABLE t AS SELECT 1",
        "PRAGMA database_list",
        "SET threads = 4",
        "CALL pragma_version()",
        f"EXPLAIN {GOLD}",
        "DESCRIBE people",
        "SHOW TABLES",
        "SELECT random()",
        "SELECT uuid()",
        "SELECT getvariable('x')",
        "SELECT nextval('s')",
    ],
)
def test_what_is_no_single_reading_query_earns_nothing(grade: Grade, completion: str) -> None:
    assert grade(completion).value == 0


@pytest.mark.parametrize(
    "gold",
    [
        "SELECT random() FROM people",
        "SELECT name FROM people USING SAMPLE 2",
        "SELECT uuid(), name FROM people",
    ],
)
def test_a_gold_that_gives_other_rows_each_time_is_refused(grade: Grade, gold: str) -> None:
    assert grade(GOLD, gold).cause == "bad_reference"


def test_the_clock_stands_still_so_a_gold_may_ask_for_it(grade: Grade) -> None:
    gold = "SELECT name FROM people WHERE born < CURRENT_DATE - INTERVAL '30 years'"
    assert grade(gold, gold).value == 1


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        # Bob and Cyd both earn 20: which of them comes first is open.
        ("SELECT name FROM people ORDER BY pay DESC LIMIT 1", "SELECT 'Cyd' FROM people WHERE name = 'Cyd'", True),
        ("SELECT name FROM people ORDER BY pay DESC LIMIT 1", "SELECT name FROM people WHERE name = 'Ann'", False),
        ("SELECT name FROM people ORDER BY pay DESC LIMIT 3", "SELECT name FROM people WHERE pay > 6 ORDER BY pay DESC, name DESC", True),
        ("SELECT name FROM people LIMIT 2", "SELECT name FROM people WHERE id > 2", True),
        ("SELECT name FROM people LIMIT 2", "SELECT name FROM people WHERE id > 3", False),
        ("SELECT name FROM people WHERE pay > 6 LIMIT 2", "SELECT name FROM people WHERE id IN (1, 4)", False),
    ],
)  # fmt: skip
def test_a_limit_without_a_total_order_accepts_any_rows_it_may_give(
    grade: Grade, gold: str, answer: str, right: bool
) -> None:
    assert (grade(answer, gold).value == 1) is right


def test_swapped_columns_of_one_kind_are_accepted_only_where_instances_tell_which_is_which(
    grade: Grade,
) -> None:
    gold = "SELECT city, min(pay) AS a, max(pay) AS b FROM people GROUP BY city"
    swapped = "SELECT city, max(pay) AS x, min(pay) AS y FROM people GROUP BY city"
    assert (grade(swapped, gold).value or 0) < 1
    assert grade(swapped, gold, instances="auto:4").value == 1


def test_swapped_columns_are_accepted_where_their_names_say_which_is_which(grade: Grade) -> None:
    gold = "SELECT city, min(pay) AS low, max(pay) AS high FROM people GROUP BY city"
    assert grade("SELECT city, max(pay) AS high, min(pay) AS low FROM people GROUP BY city", gold).value == 1
