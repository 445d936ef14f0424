import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.eliminate_ctes import eliminate_ctes
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from rewardkit.graders.sql.engines.schema import Column, Schema, TableSchema
from rewardkit.graders.sql.linking import agreement, schema_use, text_use


def table(name: str, *columns: str, schema: str = "main") -> TableSchema:
    return TableSchema(name, schema, tuple(Column(column, "INTEGER") for column in columns))


SCHEMA = Schema(
    {
        "people": table("people", "id", "Name", "city"),
        "visits": table("visits", "person", "place"),
        "extra": table("extra", "x", schema="other"),
    }
)
GOLD = "SELECT p.name FROM people p JOIN visits v ON v.person = p.id"


def linked(gold: str, answer: str) -> float:
    uses = [schema_use(sqlglot.parse_one(sql, dialect="duckdb"), SCHEMA) for sql in (gold, answer)]
    assert all(use.resolved for use in uses)
    return agreement(*uses)


@pytest.mark.parametrize(
    "answer",
    [
        "SELECT NAME FROM main.People, Visits WHERE person = id",
        "WITH p AS (SELECT * FROM people) SELECT p.name FROM p WHERE id IN (SELECT person FROM visits)",
        "WITH unused AS (SELECT * FROM extra) SELECT name FROM people JOIN visits ON person = id",
    ],
)
def test_another_wording_that_uses_the_same_columns_agrees_fully(answer: str) -> None:
    assert linked(GOLD, answer) == 1.0


def test_naming_everything_costs() -> None:
    assert linked(GOLD, "SELECT * FROM people, visits, extra") < 0.7
    assert linked(GOLD, "SELECT 1 WHERE EXISTS (SELECT * FROM people, visits, extra WHERE x = id)") < 0.7


def test_reading_nothing_agrees_in_nothing() -> None:
    assert linked(GOLD, "SELECT 1") == 0.0


def test_a_count_of_rows_agrees_by_its_table() -> None:
    assert linked("SELECT count(*) FROM people", "SELECT count(*) FROM people AS p") == 1.0
    assert linked("SELECT count(*) FROM people", "SELECT count(*) FROM visits") == 0.0


def test_a_query_that_cannot_be_resolved_is_read_off_its_text() -> None:
    tree = sqlglot.parse_one("WITH c AS (SELECT 1) SELECT nope FROM people, c", dialect="duckdb")
    use = schema_use(tree, SCHEMA)
    assert not use.resolved
    assert use == text_use(tree)
    assert use.tables == {"people"}
    assert use.columns == {("", "nope")}


def test_looking_does_not_change_the_query() -> None:
    tree = sqlglot.parse_one("SELECT Name FROM main.people", dialect="duckdb")
    schema_use(tree, SCHEMA)
    assert tree.sql() == "SELECT Name FROM main.people"


def qualified_use(sql: str) -> tuple[set[str], set[tuple[str, str]]]:
    """The same by sqlglot's own resolver, ten times slower."""
    tree = sqlglot.parse_one(sql.lower(), dialect="duckdb")
    columns = {name: {c.name.lower(): "INT" for c in facts.columns} for name, facts in SCHEMA.tables.items()}
    used = eliminate_ctes(
        pushdown_projections(qualify(tree, schema=columns, dialect="duckdb", quote_identifiers=False))
    )
    tables: set[str] = set()
    found: set[tuple[str, str]] = set()
    for scope in traverse_scope(used):
        sources = {
            name: source.name for name, source in scope.sources.items() if isinstance(source, exp.Table)
        }
        tables.update(sources.values())
        found.update((sources[c.table], c.name) for c in scope.columns if c.table in sources)
    return tables, found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM people",
        "SELECT * FROM people p JOIN visits v ON v.person = p.id",
        "SELECT p.* FROM people p, visits v WHERE v.person = p.id",
        "SELECT count(*) FROM people",
        "SELECT q.name FROM (SELECT * FROM people) AS q WHERE q.id = 1",
        "WITH a AS (SELECT id, name, city FROM people), b AS (SELECT id FROM a WHERE city = 'x') SELECT count(*) FROM b",
        "SELECT name FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.person = p.id)",
        "SELECT name FROM people WHERE id IN (SELECT person FROM visits WHERE place = 'zoo')",
        "SELECT city, count(*) AS n FROM people GROUP BY city HAVING count(*) > 1 ORDER BY n",
        "SELECT id FROM people UNION SELECT person FROM visits",
        "SELECT name, (SELECT count(*) FROM visits WHERE person = people.id) AS n FROM people",
        "SELECT name AS label FROM people ORDER BY label",
        "SELECT person, rank() OVER (PARTITION BY place ORDER BY person) AS r FROM visits",
        "SELECT a.name FROM people a JOIN people b ON a.city = b.city AND a.id <> b.id",
    ],
)
def test_names_are_resolved_as_sqlglot_resolves_them(sql: str) -> None:
    use = schema_use(sqlglot.parse_one(sql, dialect="duckdb"), SCHEMA)
    assert (set(use.tables), set(use.columns)) == qualified_use(sql)
