"""The labelled pairs of benchmarks/sql_pairs, on a tiny schema of two tables."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from pathlib import Path

import pytest

from benchmarks.sql_pairs import __main__ as command
from benchmarks.sql_pairs.candidates import Labelled, Other, made, runnable_ones, tree_of
from benchmarks.sql_pairs.cells import normal, same, same_bags
from benchmarks.sql_pairs.clock import NOW, connect
from benchmarks.sql_pairs.databases import Databases, Result, Row
from benchmarks.sql_pairs.expected import Expected
from benchmarks.sql_pairs.facts import Schema
from benchmarks.sql_pairs.groups import Group, open_group
from benchmarks.sql_pairs.instances import generate
from benchmarks.sql_pairs.mutants import mutants
from benchmarks.sql_pairs.pools import pools
from benchmarks.sql_pairs.predicates import predicates
from benchmarks.sql_pairs.progress import Progress
from benchmarks.sql_pairs.questions import Gold, Question, expanded
from benchmarks.sql_pairs.schemas import load
from benchmarks.sql_pairs.verdicts import key
from benchmarks.sql_pairs.worlds import world

DUMP = """
CREATE TABLE shops (
  id SERIAL PRIMARY KEY,
  code VARCHAR(4) UNIQUE,
  city TEXT,
  size TEXT NOT NULL -- possible values: big, small
);

CREATE TABLE sales (
  id SERIAL PRIMARY KEY,
  shop_id INTEGER NOT NULL REFERENCES shops(id),
  amount NUMERIC(10,2),
  sold_on DATE NOT NULL
);

INSERT INTO shops VALUES (1, 'A1', 'York', 'big'), (2, 'B2', 'Bath', 'small'), (3, 'C3', NULL, 'small');
INSERT INTO sales VALUES (1, 1, 20.50, CURRENT_DATE), (2, 1, 9, '2024-08-01'), (3, 2, 9, '2024-08-10');
"""
GOLD = (
    "SELECT s.city, SUM(t.amount) AS total FROM shops s JOIN sales t ON t.shop_id = s.id "
    "WHERE t.sold_on >= CURRENT_DATE - INTERVAL '7 days' AND s.size = 'small' GROUP BY s.city"
)


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load("tiny", DUMP)


@pytest.fixture(scope="module")
def group(schema: Schema) -> Group:
    return group_of(schema, GOLD)


def group_of(schema: Schema, gold: str) -> Group:
    databases = Databases(schema)
    databases.add({table.name: table.rows for table in schema.tables.values()})
    found = open_group(Question("tiny", 0, (Gold(gold, "accepted"),)), schema, databases)
    assert found is not None
    return found


def label(group: Group, sql: str) -> Labelled:
    return next(group.labelled([Other("mutant", "by hand", sql, tree_of(sql))], []))


def instance(schema: Schema, number: int) -> dict[str, list[Row]]:
    connection = connect()
    asked = predicates(tree_of(GOLD), schema, connection)
    told = pools(schema, ["sales", "shops"], asked, [], connection, random.Random(0))
    return generate(schema, ["sales", "shops"], told, world("seed", number), used=["sales", "shops"])


@pytest.mark.parametrize("number", range(12))
def test_an_instance_keeps_keys_references_and_not_null(schema: Schema, number: int) -> None:
    rows = instance(schema, number)
    shops, sales = rows["shops"], rows["sales"]
    codes = [row[1] for row in shops if row[1] is not None]
    assert len({row[0] for row in shops}) == len(shops) >= 3
    assert len(set(codes)) == len(codes)
    assert {row[1] for row in sales} <= {row[0] for row in shops}
    assert all(row[3] is not None for row in sales)
    assert {row[3] for row in shops} <= {"big", "small"}
    Databases(schema).add(rows)  # DuckDB enforces the same


def test_an_instance_is_the_same_for_a_seed(schema: Schema) -> None:
    assert instance(schema, 5) == instance(schema, 5)
    assert instance(schema, 5) != instance(schema, 6)


def test_references_and_enumerations_are_read_from_the_dump(schema: Schema) -> None:
    assert [(r.child, r.parent) for r in schema.references] == [(("sales", "shop_id"), ("shops", "id"))]
    assert schema.column(("shops", "size")).choices == ("big", "small")


def test_time_stands_still(schema: Schema) -> None:
    assert schema.tables["sales"].rows[0][3] == NOW.date()


def test_an_equal_query_agrees_on_all_instances(group: Group) -> None:
    labelled = label(
        group,
        "SELECT city, SUM(amount) FROM sales, shops WHERE shops.id = shop_id AND NOT size <> 'small' "
        "AND sold_on > DATE '2024-08-06' GROUP BY 1",
    )
    assert labelled.tally.differing == 0
    assert labelled.tally.usable >= 50


@pytest.mark.parametrize(
    "edit",
    [
        ("'7 days'", "'8 days'"),
        (">=", ">"),
        ("SUM", "MAX"),
        ("GROUP BY", "GROUP BY s.id,"),
        ("'small'", "'big'"),
    ],
    ids=lambda edit: edit[1],
)
def test_a_different_query_differs_on_several_instances(group: Group, edit: tuple[str, str]) -> None:
    sql = GOLD.replace(*edit)
    assert (
        label(group, sql).tally.differing > 2 or "LEFT" in sql
    )  # every sale has a shop: LEFT changes nothing


def test_mutants_run_and_differ_and_rewrites_do_not(group: Group, schema: Schema) -> None:
    tried = [runnable_ones(found, group.databases) for found in made(group.tree, schema, "seed", "postgres")]
    others = [other for kept, _ in tried for other in kept]
    told = list(group.labelled(others, []))
    assert [lost.error for _, broken in tried for lost in broken] == []
    assert len([other for other in others if other.kind == "mutant"]) == 12
    differing = [labelled.tally.differing for labelled in told if labelled.other.kind == "mutant"]
    assert sum(count > 2 for count in differing) >= 10
    assert all(not labelled.tally.differing for labelled in told if labelled.other.kind == "rewrite")


def test_mutants_are_of_many_types_and_the_same_for_a_seed(group: Group, schema: Schema) -> None:
    first, again = (mutants(group.tree, schema, "seed") for _ in range(2))
    assert [mutant.tree.sql() for mutant in first] == [mutant.tree.sql() for mutant in again]
    assert len({mutant.type for mutant in first[:8]}) == 8


def test_order_counts_when_the_gold_sorts_and_ties_are_free(schema: Schema) -> None:
    sorted_ = group_of(schema, "SELECT city FROM shops ORDER BY size")
    assert label(sorted_, "SELECT city FROM shops ORDER BY size, id DESC").tally.differing == 0
    assert label(sorted_, "SELECT city FROM shops ORDER BY size DESC").tally.order > 2


def test_any_rows_of_the_group_that_limit_cuts_will_do() -> None:
    expected = Expected((((3,),), ((1,), (2,))), 2)
    assert expected.accepts([(3,), (2,)])
    assert not expected.accepts([(2,), (3,)])
    assert expected.accepts_unordered([(2,), (3,)])
    assert not expected.accepts_unordered([(1,), (2,)])


def test_columns_may_come_in_the_order_of_their_names(group: Group) -> None:
    swapped = GOLD.replace("s.city, SUM(t.amount) AS total", "SUM(t.amount) AS total, s.city")
    assert label(group, swapped).tally.differing == 0


def test_cells_are_compared_by_value() -> None:
    assert same(normal(Decimal("2.00")), normal(2.0))
    assert same(normal(0.1 + 0.2), normal(Decimal("0.3")))
    assert same(normal(NOW.date()), normal(NOW.replace(hour=0)))
    assert not same(normal(True), normal(1))
    assert not same(1680336000000, 1680336000001)
    assert same_bags([(1.0000001, "b"), (1.0, "a")], [(1, "b"), (1, "a")])


def test_a_query_that_fails_on_some_instances_differs(group: Group) -> None:
    failing = GOLD.replace("s.city,", "(SELECT city FROM shops WHERE size = 'small' AND city IS NOT NULL),")
    assert label(group, failing.replace("s.city", "size")).tally.failed > 0


def test_a_free_choice_of_columns_becomes_two_golds() -> None:
    golds = list(expanded("SELECT {a.x, a.y}, count(*) FROM a GROUP BY {};SELECT 1;"))
    assert [(gold.sql, gold.origin) for gold in golds] == [
        ("SELECT a.x, count(*) FROM a GROUP BY a.x", "accepted"),
        ("SELECT a.y, count(*) FROM a GROUP BY a.y", "choice"),
        ("SELECT 1", "accepted"),
    ]


def test_moments_with_a_zone_can_be_read(schema: Schema) -> None:
    databases = Databases(schema)
    databases.add({})
    assert databases.run(0, "SELECT now() AS t") == Result(("t",), ("TIMESTAMP WITH TIME ZONE",), [(NOW,)])


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "databases").mkdir()
    (tmp_path / "databases" / "tiny.sql").write_text(DUMP)
    rows = "".join(
        f'tiny,"{sql}"\n'
        for sql in ("SELECT id FROM sales", "SELECT city FROM shops", "SELECT oops FROM shops")
    )
    (tmp_path / "questions.csv").write_text("db_name,query\n" + rows)
    out = tmp_path / "out" / "pairs.jsonl"
    monkeypatch.setattr("sys.argv", ["sql_pairs", str(tmp_path), "--out", str(out)])
    command.main()
    whole = out.read_text()
    questions = out.with_name("questions.jsonl")
    questions.write_text(questions.read_text().splitlines()[0] + "\n{")
    command.main()
    assert out.read_text() == whole
    assert json.loads(out.with_name("skipped.jsonl").read_text())["question"] == 2


def test_a_verdict_is_found_by_a_hash_that_shows_no_text() -> None:
    assert key("tiny", "SELECT 1", "SELECT 2") != key("tiny", "SELECT 2", "SELECT 1")
    assert len(key("tiny", "SELECT 1", "SELECT 2")) == 20


def test_a_pair_that_was_read_takes_the_verdict(tmp_path: Path) -> None:
    out = tmp_path / "pairs.jsonl"
    out.with_name("questions.jsonl").write_text('{"database": "tiny", "question": 0}\n')
    out.with_name("review.jsonl").write_text(
        '{"database": "tiny", "question": 0, "key": "k", "label": "unread", "reason": ""}\n'
    )
    Progress(out).settle({"k": ("equal", "both count rows")})
    assert json.loads(out.read_text())["reason"] == "read: both count rows"
    assert out.with_name("review.jsonl").read_text() == ""
