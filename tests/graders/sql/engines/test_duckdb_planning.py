import pytest

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.duckdb_parsing import parsed
from rewardkit.graders.sql.engines.duckdb_planning import refuse_planning


def refusal(database: DuckDBDatabase, sql: str) -> str:
    return refuse_planning(parsed(database.connection, sql))


TABLES = ", ".join(f"people t{i}" for i in range(99))
EXISTS = " AND ".join(f"EXISTS (SELECT 1 FROM people q WHERE q.id <> p.id + {i})" for i in range(19))


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT count(*) FROM {TABLES}",
        f"SELECT id FROM people p WHERE {EXISTS}",
        "SELECT * FROM people " + " ".join(f"LEFT JOIN people t{i} USING (id)" for i in range(49)),
        "SELECT * FROM (" * 30 + "SELECT * FROM people" + ")" * 30,
        "SELECT 1 " + "UNION ALL SELECT 1 " * 300,
        "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r WHERE x < 9) SELECT * FROM r",
        "SELECT " + ", ".join(f"id + {i}" for i in range(500)) + " FROM people",
    ],
)
def test_large_queries_that_are_soon_planned_pass(people: DuckDBDatabase, sql: str) -> None:
    assert refusal(people, sql) == ""


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (f"SELECT count(*) FROM {TABLES}, visits v, visits w", "count 101"),
        (f"SELECT id FROM people p WHERE {EXISTS} AND id IN (SELECT person FROM visits)", "count 101"),
        ("SELECT * FROM people " + " ".join(f"NATURAL JOIN people t{i}" for i in range(60)), "count 121"),
        ("SELECT * FROM people p0" + "".join(f", LATERAL (SELECT p{i - 1}.id + 1 AS id) p{i}" for i in range(1, 40)), "count 118"),
    ],
)  # fmt: skip
def test_more_joins_and_subqueries_than_can_be_planned_soon_are_refused(
    people: DuckDBDatabase, sql: str, why: str
) -> None:
    assert why in refusal(people, sql)


MANY_COLUMNS = "SELECT *, *, *, * FROM (" * 6 + "SELECT * FROM people" + ")" * 6


@pytest.mark.parametrize(
    "sql",
    [
        MANY_COLUMNS,
        f"SELECT count(*) FROM ({MANY_COLUMNS})",
        f"SELECT id FROM people WHERE EXISTS ({MANY_COLUMNS})",
        f"SELECT id FROM people ORDER BY (SELECT count(*) FROM ({MANY_COLUMNS}))",
        f"SELECT id FROM people JOIN visits ON (SELECT count(*) FROM ({MANY_COLUMNS})) = 1",
        f"SELECT 1 UNION ALL (WITH a AS ({MANY_COLUMNS}) SELECT * FROM a)",
        f"SELECT 1 UNION SELECT 2 ORDER BY (SELECT count(*) FROM ({MANY_COLUMNS}))",
        f"SELECT x FROM range((SELECT count(*) FROM ({MANY_COLUMNS}))) t(x)",
        f"SELECT * FROM (VALUES ((SELECT count(*) FROM ({MANY_COLUMNS}))))",
        "SELECT " + ", ".join(["*"] * 1_100) + " FROM people",
        "WITH a AS (SELECT *, *, *, *, *, *, *, *, *, * FROM people), b AS (SELECT * FROM a x, a y, a z, a w, a v), "
        "c AS (SELECT * FROM b x, b y, b z, b w, b v) SELECT * FROM c x, c y, c z, c w, c v",
    ],
)
def test_columns_that_multiply_are_refused_wherever_they_stand(people: DuckDBDatabase, sql: str) -> None:
    assert "columns; allowed: 10,000" in refusal(people, sql)
