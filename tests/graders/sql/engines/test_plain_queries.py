"""The fast lane: what it takes for plain, and that it lets nothing through which the close look would refuse."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.duckdb_functions import INSTANCE_PREFIX
from rewardkit.graders.sql.engines.duckdb_reading import read_closely
from rewardkit.graders.sql.engines.engine import Query, Refusal
from rewardkit.graders.sql.engines.plain_queries import NOT_GROWING, is_plain, reads_one_of


def is_plain_here(database: DuckDBDatabase, text: str) -> bool:
    return is_plain(text, database.functions)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM people",
        "select Name from People where City = 'Oslo' and id <> 3 order by 1 desc limit 2;",
        "SELECT city, count(*) AS n, round(avg(pay), 2) FROM people GROUP BY city HAVING count(*) > 1 ORDER BY n DESC",
        "SELECT p.name, v.place FROM people p LEFT JOIN visits v ON v.person = p.id AND p.born >= '1980-01-01'",
        "SELECT \"name\" AS \"the name\" FROM main.people WHERE name LIKE 'it''s%'",
        "WITH a AS (SELECT *, row_number() OVER (PARTITION BY city ORDER BY pay) AS i FROM people) SELECT * FROM a WHERE i = 1",
        "SELECT name FROM people WHERE id IN (SELECT person FROM visits) UNION SELECT place FROM visits",
        "SELECT CASE WHEN pay > 10 THEN 'much' ELSE 'little' END, CAST(pay AS DECIMAL(10, 2)), pay::INTEGER FROM people",
        "SELECT EXTRACT(year FROM age(now(), born)), strftime(born, '%Y-%m'), strftime('%d', born) FROM people",
        "SELECT name || ', ' || city, concat(name, ' of ', city) FROM people",
        "SELECT name FROM people WHERE regexp_matches(name, '^A.*n$')",
        "SELECT count(*) FROM people WHERE born >= CURRENT_DATE - INTERVAL '30 days'",
        "SELECT name FROM people WHERE name ~ '^A' AND city !~ '^(Oslo|Rome)$'",
        "SELECT to_timestamp(min(id)) FROM people",
    ],
)
def test_ordinary_queries_are_plain(people: DuckDBDatabase, sql: str) -> None:
    assert is_plain_here(people, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT v.at FROM visits v",
        "SELECT name FROM people -- a comment",
        "SELECT name /* a comment */ FROM people",
        "FROM people",
        "(SELECT name FROM people)",
        "SELECT E'a' FROM people",
        "SELECT $$a$$ FROM people",
        "SELECT [1, 2][1]",
        "SELECT name FROM people LIMIT 1; ;",
        "SELECT list(name) FROM people",
        "SELECT upper(name).lower() FROM people",
        "SELECT memory.main.people.name FROM people",
        "SELECT strftime(born, name) FROM people",
        "SELECT regexp_matches(name, 'a{2}') FROM people",
        "SELECT name FROM people WHERE name ~ 'a{2}' OR city !~ 'b{2}'",
        "SELECT name FROM people WHERE name SIMILAR TO 'a{2}'",
        "SELECT naïve FROM people",
        "SELECT name FROM people WHERE id IN (" + ", ".join(map(str, range(100))) + ")",
        "SELECT " + " || ".join(["name"] * 12) + " FROM people",
        "SELECT *, * FROM people, visits, nothing, people q, people r, people s, people t, people u, people v, people w, "
        + ", ".join(f"people t{i}" for i in range(15)),
    ],
)
def test_what_is_a_little_more_gets_the_close_look_and_passes(people: DuckDBDatabase, sql: str) -> None:
    assert not is_plain_here(people, sql)
    assert isinstance(people.read(sql), Query)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ('SELECT * FROM "information_schema".tables', "the catalogue is not to be read"),
        ('SELECT * FROM "Pg_Catalog".pg_tables', "the catalogue is not to be read"),
        ('SELECT * FROM "DUCKDB_TABLES"', "the catalogue is not to be read"),
        ("SELECT database_name FROM duckdb_databases", "the catalogue is not to be read"),
        ("SELECT sql FROM sqlite_master", "the catalogue is not to be read"),
        ("SELECT name FROM pragma_database_list", "the catalogue is not to be read"),
        ("SELECT relname FROM pg_class", "the catalogue is not to be read"),
        ("SELECT * FROM memory.people", "reads memory.people"),
        ('SELECT * FROM "memory".people', "reads memory.people"),
        ("SELECT * FROM rk_instance_a.people", "reads rk_instance_a.people"),
        ('SELECT * FROM nothing, "RK_instance_a".people', "reads RK_instance_a.people"),
        ("SELECT * FROM (DESC people)", "describes tables"),
        ("SELECT * FROM (SHOW DATABASES)", "describes tables"),
        ("SELECT current_catalog", "it differs between instances"),
        ('SELECT "current_catalog" FROM people', "it differs between instances"),
        ("SELECT '\ud800'", "half a character"),
        ('SELECT "\udfff" FROM people', "half a character"),
        ("SELECT 1 IN (" + "1," * 1_000 + "1)", "a list of 1001 values"),
        ("SELECT " + "1 + " * 1_500 + "1", "more than 3000 parts"),
        ("SELECT concat(" + "name, " * 40 + "name), concat(" + "s, " * 40 + "s) FROM (SELECT concat(" + "name, " * 40 + "name) AS s FROM people)",
         "concat() makes a value of up to"),
        ("SELECT *, *, *, * FROM (" * 9 + "SELECT * FROM people" + ")" * 9, "columns; allowed: 10,000"),
        ("SELECT count(*) FROM " + ", ".join(f"people t{i}" for i in range(150)), "its tables and subqueries count 150"),
        ("SELECT " + ", ".join(f"(SELECT max(id) FROM people q WHERE q.id <> p.id + {i})" for i in range(40)) + " FROM people p",
         "its tables and subqueries count 201"),
        ("SELECT '" + "a" * 2_000 + "' ~ 'a{1,900}b'", "() of a text of up to 2,000 characters; allowed: 1,000"),
        ("SELECT '" + "a" * 2_000 + "' SIMILAR TO 'a{1,900}b'", "() of a text of up to 2,000 characters; allowed: 1,000"),
        ("SELECT regexp_matches('" + "a" * 2_000 + "', 'a{1,900}b')", "regexp_matches() of a text of up to 2,000 characters"),
        ("SELECT 'x'::VARIANT || '" + "[" * 2_000 + "'::VARIANT", "VARIANT of a text of up to 2,000 characters"),
    ],
)  # fmt: skip
def test_what_looks_plain_but_is_not_is_refused(people: DuckDBDatabase, sql: str, why: str) -> None:
    people.add_instance("a", {})
    assert not is_plain_here(people, sql)
    refusal = people.read(sql)
    assert isinstance(refusal, Refusal)
    assert why in refusal.why


def test_a_name_that_begins_like_an_instance_is_looked_at_wherever_it_stands(people: DuckDBDatabase) -> None:
    for sql in (
        f"SELECT {INSTANCE_PREFIX}x.id FROM people {INSTANCE_PREFIX}x",
        f"SELECT 1 AS {INSTANCE_PREFIX}y",
    ):
        assert not is_plain_here(people, sql)
        assert isinstance(people.read(sql), Query)


def test_a_table_of_the_database_may_be_called_like_one_of_the_catalogue(
    opened: Callable[..., DuckDBDatabase],
) -> None:
    database = opened("CREATE TABLE pg_type (x INTEGER); INSERT INTO pg_type VALUES (7);")
    assert isinstance(database.read("SELECT x FROM pg_type"), Query)


def test_no_ordinary_function_is_one_to_read_from_and_none_but_date_is_unknown(
    people: DuckDBDatabase,
) -> None:
    kinds = people.connection.execute(
        "SELECT lower(function_name), function_type FROM duckdb_functions()"
    ).fetchall()
    tables = {name for name, kind in kinds if kind in ("table", "table_macro")}
    assert not NOT_GROWING & tables
    assert NOT_GROWING - people.functions.allowed == {"date"}


def words(text: str) -> SearchStrategy[str]:
    return st.sampled_from(text.split())


NAMES = words("""
    id name city people p q visits s t x "people" "main" main memory "memory" "MEMORY" system "system" temp "temp" information_schema
    "information_schema" "Pg_Catalog" duckdb_tables "DUCKDB_TABLES" sqlite_master pg_class rk_instance_a "RK_INSTANCE_A" tables
    current_catalog "current_catalog" user rowid desc json csv variant
""")
FUNCTIONS = st.sampled_from(sorted(NOT_GROWING)) | words(
    "concat string_agg strftime repeat lpad range random current_setting query_table read_csv levenshtein list error nextval char filter"
)
LITERALS = st.sampled_from(
    [
        "'a'",
        "''",
        "'it''s'",
        "1",
        "2.5",
        "1000000",
        "'%Y'",
        "'a{1,900}'",
        "'x.csv'",
        "'" + "x" * 400 + "'",
        "NULL",
    ]
)
WORDS = words("""
    select from where and or not in exists on as by over filter any all union except distinct like having case when then else end limit
    using group order partition lateral with natural join left full cross window rows null is cast extract coalesce similar to array row cube
    recursive values table sample set show describe into pivot columns unnest exclude at interval date timestamp
    ( ) ( ) . , , * * + - / = < ~ !~ || :: % ; -- /* [ ] -> ->> != @ $1 ?
""")
TOKENS = st.lists(st.one_of(NAMES, FUNCTIONS, LITERALS, WORDS), max_size=25).map(
    lambda words: " ".join(["SELECT", *words])
)

STEPS = st.sampled_from([
    "SELECT *, * FROM ({}) t", "SELECT * FROM ({}) t JOIN people USING (id)", "SELECT * FROM ({}) t NATURAL JOIN visits",
    "SELECT * FROM ({}) t, people a, people b", "SELECT s || s AS s FROM ({}) t", "SELECT concat(s, s, s) AS s FROM ({}) t",
    "SELECT string_agg(s, s) AS s FROM ({}) t", "SELECT strftime(d, s) AS s FROM ({}) t", "SELECT strftime(d, '%c') || s AS s FROM ({}) t",
    "SELECT greatest(s, s, s) AS s, power(s, s) AS x FROM ({}) t", "SELECT substr(s, x, x) AS s FROM ({}) t",
    "SELECT (SELECT max(s) FROM people) AS s FROM ({}) t", "SELECT regexp_matches(s, s) AS s FROM ({}) t",
    "SELECT s FROM ({}) t WHERE s IN (SELECT name FROM people)", "WITH c AS ({}) SELECT * FROM c, c d",
])  # fmt: skip


def grown(steps: list[str]) -> str:
    """A query around a query around a query."""
    sql = "SELECT *, name AS s FROM people"
    for step in steps:
        sql = step.format(sql)
    return sql


def expressions(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    some = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(FUNCTIONS, some).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, st.sampled_from(["+", "||", "=", "and", "like", "::varchar ||"]), inner).map(" ".join),
        st.tuples(some, SOURCES).map(lambda p: f"(SELECT {p[0]} FROM {p[1]})"),
        st.tuples(inner, st.sampled_from(["int", "variant", "json", "decimal(9, 2)"])).map(lambda p: f"cast({p[0]} as {p[1]})"),
    )  # fmt: skip


SOURCES = st.one_of(
    NAMES,
    st.tuples(NAMES, NAMES).map(".".join),
    st.tuples(NAMES, st.sampled_from(["JOIN", "NATURAL JOIN", ", "]), NAMES).map(" ".join),
    st.tuples(FUNCTIONS, LITERALS).map(lambda p: f"{p[0]}({p[1]})"),
    st.just("(DESC people)"),
)
EXPRESSIONS = st.recursive(
    st.one_of(NAMES, LITERALS, st.sampled_from(["*", "p.id", "count(*)"])), expressions, max_leaves=8
)
QUERIES = st.tuples(EXPRESSIONS, SOURCES, EXPRESSIONS).map(
    lambda p: f"SELECT {p[0]} AS s FROM {p[1]} WHERE {p[2]}"
)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.one_of(TOKENS, QUERIES, st.lists(STEPS, max_size=14).map(grown)))
def test_what_is_plain_passes_the_close_look(people: DuckDBDatabase, text: str) -> None:
    if not is_plain_here(people, text):
        return
    looked = read_closely(people.connection, text, people.functions)
    # What sqlglot cannot read at all, DuckDB still can; nothing else may stand in the way.
    assert isinstance(looked, Query) or looked.why.startswith(("does not parse", "nested too deeply")), (
        looked.why
    )


@pytest.mark.parametrize(
    ("sql", "reads"),
    [
        ("SELECT name FROM people", True),
        ("SELECT 1 FROM visits v JOIN main.people p ON p.id = v.person", True),
        ("SELECT 1 FROM visits", False),
        ("WITH people AS (SELECT 1 AS id) SELECT id FROM people", False),
        ("WITH people AS (SELECT 1 AS id) SELECT id FROM main.people", True),
        ("SELECT 'from people'", False),
        ("SELECT 1 AS people FROM visits", False),
    ],
)
def test_whether_a_plain_query_reads_a_table_is_told_from_its_tokens(sql: str, reads: bool) -> None:
    assert reads_one_of(sql, {"people"}) is reads
