"""Wrong queries made from a right one."""

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from made_instances import query
from sqlglot.errors import SqlglotError

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.schema import Column, ForeignKey, Schema, TableSchema
from rewardkit.graders.sql.instances.condition_edits import MAX_SKIPPED
from rewardkit.graders.sql.instances.mutants import Mutant, mutants_of, relaxed

SCHEMA = Schema({
    "people": TableSchema(
        "people", "main",
        (Column("id", "INTEGER", nullable=False), Column("name", "TEXT"), Column("city", "TEXT"), Column("pay", "INTEGER")),
        (("id",),),
    ),
    "visits": TableSchema(
        "visits", "main", (Column("person", "INTEGER"), Column("place", "TEXT")), (), (ForeignKey(("person",), "people", ("id",)),)
    ),
})  # fmt: skip


def mutants(sql: str, most: int = 10_000, seed: str = "") -> list[Mutant]:
    return mutants_of(sqlglot.parse_one(sql, dialect="duckdb"), SCHEMA, "duckdb", most=most, seed=seed)


@pytest.mark.parametrize(
    ("kind", "gold", "mutant"),
    [
        ("comparison", "SELECT id FROM people WHERE pay > 3", "SELECT id FROM people WHERE pay >= 3"),
        ("comparison", "SELECT pay - 1 FROM people", "SELECT 1 - pay FROM people"),
        ("condition", "SELECT id FROM people WHERE pay > 3 AND id > 1", "SELECT id FROM people WHERE (pay > 3 OR id > 1)"),
        ("condition", "SELECT id FROM people WHERE NOT pay > 3", "SELECT id FROM people WHERE pay > 3"),
        ("condition", "SELECT city FROM people GROUP BY city HAVING COUNT(*) > 1", "SELECT city FROM people GROUP BY city"),
        ("condition", "SELECT id FROM people WHERE id IN (1, 2)", "SELECT id FROM people WHERE id IN (2)"),
        ("condition", "SELECT id FROM people WHERE id IN (1, 2)", "SELECT id FROM people WHERE NOT id IN (1, 2)"),
        ("condition", "SELECT id FROM people WHERE NOT id IN (1, 2)", "SELECT id FROM people WHERE NOT id IN (1)"),
        ("constant", "SELECT id FROM people WHERE pay > 3", "SELECT id FROM people WHERE pay > 4"),
        ("constant", "SELECT id FROM people WHERE city = 'Oslo'", "SELECT id FROM people WHERE city = 'OSLO'"),
        ("constant", "SELECT id FROM people WHERE name LIKE '%a%'", "SELECT id FROM people WHERE name LIKE 'a%'"),
        ("constant", "SELECT id FROM people LIMIT 3", "SELECT id FROM people"),
        ("constant", "SELECT CURRENT_DATE - INTERVAL '7' DAY", "SELECT CURRENT_DATE - INTERVAL '8' DAY"),
        ("unit", "SELECT DATE_TRUNC('MONTH', CURRENT_DATE)", "SELECT DATE_TRUNC('YEAR', CURRENT_DATE)"),
        ("join", "SELECT id FROM people JOIN visits ON id = person", "SELECT id FROM people LEFT JOIN visits ON id = person"),
        ("aggregate", "SELECT COUNT(city) FROM people", "SELECT COUNT(DISTINCT city) FROM people"),
        ("aggregate", "SELECT SUM(pay) FROM people", "SELECT AVG(pay) FROM people"),
        ("distinct", "SELECT city FROM people", "SELECT DISTINCT city FROM people"),
        ("distinct", "SELECT id FROM people UNION SELECT person FROM visits", "SELECT id FROM people UNION ALL SELECT person FROM visits"),
        ("set operation", "SELECT id FROM people UNION SELECT person FROM visits", "SELECT id FROM people EXCEPT SELECT person FROM visits"),
        ("order", "SELECT id FROM people ORDER BY pay", "SELECT id FROM people ORDER BY pay DESC"),
        ("group", "SELECT 1 FROM people GROUP BY city, name", "SELECT 1 FROM people GROUP BY city"),
        ("wrapper", "SELECT LOWER(city) FROM people", "SELECT city FROM people"),
        ("wrapper", "SELECT SUM(pay) FILTER(WHERE id > 1) FROM people", "SELECT SUM(pay) FROM people"),
        ("window", "SELECT RANK() OVER (ORDER BY pay) FROM people", "SELECT ROW_NUMBER() OVER (ORDER BY pay) FROM people"),
        ("another column", "SELECT name FROM people", "SELECT city FROM people"),
        ("needless join", "SELECT place FROM visits", 'SELECT place FROM visits JOIN "people" AS joined_too ON visits."person" = joined_too."id"'),
        ("null condition", "SELECT city FROM people WHERE pay > 3", "SELECT city FROM people WHERE pay > 3 AND NOT city IS NULL"),
        ("comparison", "SELECT id FROM people WHERE pay BETWEEN 3 AND 5", "SELECT id FROM people WHERE (pay >= 3 AND pay < 5)"),
        ("comparison", "SELECT id FROM people WHERE pay BETWEEN 3 AND 5", "SELECT id FROM people WHERE pay >= 3"),
        ("period", "SELECT id FROM people WHERE born > since + INTERVAL '1 year'", "SELECT id FROM people WHERE born > since + INTERVAL '365' DAY"),
        ("period", "SELECT 1 FROM people WHERE DATE_TRUNC('month', born) = DATE_TRUNC('month', since)", "SELECT 1 FROM people WHERE MONTH(born) = MONTH(since)"),
        ("period", "SELECT id FROM people WHERE born >= CURRENT_DATE - INTERVAL '7 days'",
         "SELECT id FROM people WHERE (born >= CURRENT_DATE - INTERVAL '7' DAYS AND born <= CURRENT_DATE)"),
        ("period", "SELECT id FROM people WHERE born < CURRENT_DATE - INTERVAL '1 second'", "SELECT id FROM people WHERE born < CURRENT_DATE"),
        ("constant", "SELECT id FROM people WHERE born < '2024-01-01'", "SELECT id FROM people WHERE born < '2023-12-31'"),
        ("comparison", "SELECT id FROM people WHERE name = 'a'", "SELECT id FROM people WHERE name ILIKE 'a'"),
        ("condition", "SELECT id FROM people WHERE name = 'a' AND city = 'b'",
         "SELECT id FROM people WHERE (name = 'a' AND city = 'b' OR name = 'b' AND city = 'a')"),
        ("null condition", "SELECT id FROM people ORDER BY pay LIMIT 1", "SELECT id FROM people WHERE NOT pay IS NULL ORDER BY pay LIMIT 1"),
        ("wrapper", "SELECT AVG(pay) FROM people", "SELECT COALESCE(AVG(pay), 0) FROM people"),
        ("aggregate", "SELECT COUNT(*) FROM people", "SELECT SUM(1) FROM people"),
        ("extreme by order", "SELECT MAX(pay) FROM people WHERE id > 1", "SELECT pay FROM people WHERE id > 1 ORDER BY pay DESC LIMIT 1"),
        ("join left out", "SELECT p.name FROM people AS p JOIN visits AS v ON v.person = p.id", "SELECT p.name FROM people AS p"),
        ("counted column", "SELECT COUNT(*) FROM people", "SELECT COUNT(people.city) FROM people"),
        ("added key", "SELECT COUNT(*) FROM people GROUP BY city", "SELECT COUNT(*) FROM people GROUP BY city, people.name"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_is_made_where_it_fits(kind: str, gold: str, mutant: str) -> None:
    assert (kind, mutant) in {(made.kind, made.sql) for made in mutants(gold)}


RICH = """
    WITH x AS (SELECT city, count(*) AS n, sum(pay) FILTER (WHERE pay > 2) AS s FROM people WHERE name LIKE 'A%' GROUP BY city)
    SELECT DISTINCT x.city, n, CASE WHEN s > 3 THEN 'high' ELSE 'low' END FROM x LEFT JOIN visits ON place = x.city
    WHERE n IN (1, 2, 3) AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.person = n) OR s BETWEEN 1 AND 4 ORDER BY n DESC, 1 LIMIT 5
"""


def test_every_mutant_is_another_text_that_parses() -> None:
    found = [mutant.sql for mutant in mutants(RICH)]
    original = sqlglot.parse_one(RICH, dialect="duckdb").sql(dialect="duckdb")
    assert len({original, *found}) == len(found) + 1
    assert all(sqlglot.parse_one(sql, dialect="duckdb") for sql in found)


def test_the_gold_itself_is_left_as_it_was() -> None:
    tree = sqlglot.parse_one(RICH, dialect="duckdb")
    before = tree.sql(dialect="duckdb")
    mutants_of(tree, SCHEMA, "duckdb")
    relaxed(tree, "duckdb")
    assert tree.sql(dialect="duckdb") == before


def test_kinds_take_turns_where_there_are_more_mutants_than_wanted() -> None:
    kinds = [mutant.kind for mutant in mutants(RICH, most=24)]
    assert len(kinds) == 24
    assert len(set(kinds)) >= 10
    assert max(map(kinds.count, kinds)) <= 3


def test_a_seed_decides_which() -> None:
    assert mutants(RICH, most=20, seed="1") == mutants(RICH, most=20, seed="1")
    assert mutants(RICH, most=20, seed="1") != mutants(RICH, most=20, seed="2")


def test_a_long_list_makes_few_mutants() -> None:
    members = ", ".join(map(str, range(1, 90)))
    kinds = [mutant.kind for mutant in mutants(f"SELECT id FROM people WHERE id IN ({members})")]
    assert kinds.count("condition") <= MAX_SKIPPED + 2


@pytest.mark.parametrize(
    ("gold", "without"),
    [
        ("SELECT id FROM people WHERE pay > 3", ["SELECT id FROM people"]),
        (
            "SELECT city FROM people GROUP BY city HAVING COUNT(*) > 1",
            ["SELECT city FROM people GROUP BY city"],
        ),
        ("SELECT SUM(pay) FILTER(WHERE id > 1) FROM people WHERE id > 0", ["SELECT SUM(pay) FROM people"]),
        ("SELECT id FROM people", []),
    ],
)
def test_a_query_without_its_conditions(gold: str, without: list[str]) -> None:
    assert relaxed(sqlglot.parse_one(gold, dialect="duckdb"), "duckdb") == without


EXPRESSIONS = st.recursive(
    st.sampled_from([
        "id", "people.pay", '"my col"', "1", "-2.5", "1e400", "'x'", "''", "'%'", "'²'", "'2024-01-02'", "'3 days'", "NULL", "TRUE",
        "CURRENT_DATE", "COUNT(*)", "COUNT(DISTINCT a, b)", "now()", "[1, 2]", "{'a': 1}", "(SELECT 1)", "x -> x + 1", "$1",
        "ROW_NUMBER() OVER w", "LAG(a, 1) OVER (PARTITION BY b)", "SUM(DISTINCT a) FILTER (WHERE b)", "INTERVAL '1' MONTH", "*",
    ]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "/", "=", "<", "AND", "OR", "LIKE", "IS", "||", "->>"]), inner).map(" ".join),
        st.tuples(st.sampled_from(["NOT", "LOWER", "MAX", "COALESCE", "EXTRACT", "CAST", "-", "EXISTS"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"CASE WHEN {p[0]} THEN {p[1]} END"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} IN ({p[1]}, 3)"),
        st.tuples(inner, inner).map(lambda p: f"{p[0]} NOT BETWEEN {p[1]} AND 7"),
        inner.map(lambda e: f"(SELECT {e} FROM visits)"),
    ),
    max_leaves=6,
)  # fmt: skip
CLAUSES = st.lists(
    st.sampled_from([
        "JOIN visits USING (id)", "CROSS JOIN people", ", unnest([1])", "NATURAL JOIN people", "LEFT JOIN LATERAL (SELECT 1) t ON TRUE",
        "GROUP BY 1, city", "GROUP BY ALL", "GROUP BY ROLLUP (a, b)", "ORDER BY 1 DESC NULLS LAST", "ORDER BY ALL", "LIMIT 3 OFFSET 1",
        "LIMIT 10%", "UNION SELECT 1", "EXCEPT ALL SELECT 2", "QUALIFY RANK() OVER (ORDER BY a) = 1", "WINDOW w AS (ORDER BY a)",
        "USING SAMPLE 3", "HAVING MAX(a)", "TABLESAMPLE 10%",
    ]),
    max_size=3,
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    EXPRESSIONS,
    EXPRESSIONS,
    CLAUSES,
    st.sampled_from(["people", "PEOPLE p", "nowhere", "(FROM people) x", "visits"]),
)
def test_no_query_is_too_odd(shown: str, where: str, clauses: list[str], source: str) -> None:
    try:
        tree = sqlglot.parse_one(
            f"SELECT {shown} FROM {source} WHERE {where} {' '.join(clauses)}", dialect="duckdb"
        )
    except SqlglotError:
        return
    found = mutants_of(tree, SCHEMA, "duckdb", most=40)
    assert len({mutant.sql for mutant in found}) == len(found) <= 40
    assert isinstance(relaxed(tree, "duckdb"), list)


@pytest.mark.parametrize(
    "sql",
    [
        "VALUES (1), (2)",
        "FROM people",
        "SELECT 1",
        "FROM visits PIVOT (count(*) FOR place IN ('zoo'))",
        "(SELECT 1) UNION (SELECT 2)",
    ],
)
def test_queries_of_every_form_are_mutated(people: DuckDBDatabase, sql: str) -> None:
    tree = query(people, sql).tree
    if tree is not None:
        assert all(mutant.sql != sql for mutant in mutants_of(tree, people.schema, "duckdb"))


@pytest.mark.parametrize(
    ("gold", "same"),
    [
        ("SELECT id FROM people WHERE pay > 3 AND city = 'Oslo'", "SELECT id FROM people WHERE pay > 3 AND city = 'Oslo' AND NOT city IS NULL"),
        ("SELECT id FROM people WHERE city LIKE 'O%'", "SELECT id FROM people WHERE city LIKE 'O%' AND NOT city IS NULL"),
        ("SELECT COUNT(*) FROM people", "SELECT DISTINCT COUNT(*) FROM people"),
        ("SELECT p.name FROM people AS p JOIN visits AS v ON v.person = p.id AND v.place = p.city", "SELECT p.name, v.place FROM people AS p"),
    ],
)  # fmt: skip
def test_what_means_the_same_by_its_form_is_not_made(gold: str, same: str) -> None:
    assert same not in {made.sql for made in mutants(gold)}
