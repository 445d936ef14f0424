from typing import Literal

import pytest
from sql_databases import run

from rewardkit.graders.sql.comparing.rules import Rules
from rewardkit.graders.sql.comparing.verdicts import judge
from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import GIVEN, Query, Table
from rewardkit.graders.sql.ordering import expected_from

# people: Ann 10.50 Oslo, Bob 20 Rome, Cyd 20 Oslo, Dee 5.25 NULL


def verdict(
    people: DuckDBDatabase, gold: str, answer: str, order: Literal["gold", "any", "exact"] = "gold"
) -> str:
    gold_table, answer_table = run(people, gold), run(people, answer)
    assert isinstance(gold_table, Table)
    assert isinstance(answer_table, Table), answer_table
    expected = expected_from(people, GIVEN, Query(gold, "duckdb"), gold_table, Rules(order=order))
    return judge([expected], [answer_table]).kind


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("SELECT name FROM people ORDER BY pay", "SELECT name FROM people ORDER BY pay, name DESC"),  # a tie of Bob and Cyd
        ("SELECT name, pay FROM people ORDER BY 2 DESC", "SELECT name, pay FROM people ORDER BY pay DESC, name DESC"),
        ("SELECT name FROM people ORDER BY pay DESC LIMIT 1", "SELECT name FROM people ORDER BY pay DESC, name DESC LIMIT 1"),
        ("SELECT name FROM people ORDER BY pay LIMIT 2 OFFSET 1", "SELECT name FROM people WHERE name IN ('Ann', 'Cyd') ORDER BY pay"),
        ("SELECT name FROM people LIMIT 2", "SELECT name FROM people ORDER BY id DESC LIMIT 2"),
        ("SELECT city, count(*) FROM people GROUP BY city ORDER BY max(pay)", "SELECT city, count(*) FROM people GROUP BY 1 ORDER BY max(pay), city"),
        ("SELECT DISTINCT city FROM people ORDER BY city", "SELECT city FROM people GROUP BY city ORDER BY city"),
        ("SELECT name FROM (SELECT * FROM people ORDER BY pay)", "SELECT name FROM people ORDER BY name DESC"),
        ("SELECT name FROM people WHERE name <> 'order by'", "SELECT name FROM people ORDER BY name DESC"),
        ("SELECT city FROM people UNION SELECT place FROM visits ORDER BY 1", "SELECT DISTINCT coalesce(c, c) x FROM (SELECT city c FROM people UNION ALL SELECT place FROM visits) ORDER BY x"),
    ],
)  # fmt: skip
def test_what_the_gold_query_leaves_open_is_forgiven(people: DuckDBDatabase, gold: str, answer: str) -> None:
    assert verdict(people, gold, answer) == ""


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("SELECT name FROM people ORDER BY pay", "SELECT name FROM people ORDER BY pay DESC"),
        ("SELECT name FROM people ORDER BY pay", "SELECT name FROM people"),
        ("SELECT name, pay FROM people ORDER BY 2 DESC", "SELECT name, pay FROM people ORDER BY 2"),
        ("SELECT city, count(*) FROM people GROUP BY city ORDER BY max(pay)", "SELECT city, count(*) FROM people GROUP BY 1 ORDER BY max(pay) DESC"),
        ("(SELECT name FROM people ORDER BY id)", "SELECT name FROM people ORDER BY id DESC"),
        ("SELECT city FROM people UNION SELECT place FROM visits ORDER BY 1", "SELECT city FROM people UNION SELECT place FROM visits ORDER BY 1 DESC"),
        ("SELECT DISTINCT city FROM people ORDER BY city", "SELECT DISTINCT city FROM people ORDER BY city DESC"),
    ],
)  # fmt: skip
def test_a_wrong_order_is_wrong_when_the_gold_query_orders(
    people: DuckDBDatabase, gold: str, answer: str
) -> None:
    assert verdict(people, gold, answer) == "order"


def test_at_a_limit_only_rows_with_the_same_key_may_replace_each_other(people: DuckDBDatabase) -> None:
    gold = "SELECT name FROM people ORDER BY pay DESC LIMIT 1"
    assert verdict(people, gold, "SELECT name FROM people WHERE name = 'Cyd'") == ""
    assert verdict(people, gold, "SELECT name FROM people WHERE name = 'Ann'") == "values"


def test_the_caller_may_overrule_the_order(people: DuckDBDatabase) -> None:
    gold, reverse = "SELECT name FROM people ORDER BY name", "SELECT name FROM people ORDER BY name DESC"
    assert verdict(people, gold, reverse, order="any") == ""
    assert verdict(people, "SELECT name FROM people", reverse, order="exact") != ""
