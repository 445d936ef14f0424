"""Which functions a query may call: by DuckDB's own catalogue and parser, so what is not known to be pure is refused."""

import duckdb
import pytest

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.engine import Query, Refusal


@pytest.mark.parametrize(
    "call",
    [
        "random()", "setseed(0.5)", "uuid()", "uuidv4()", "uuidv7()", "gen_random_uuid()", "nextval('s')", "currval('s')", "setval('s', 1)",
        "getvariable('x')", "current_setting('threads')", "current_query()", "current_query_id()", "current_connection_id()",
        "current_transaction_id()", "txid_current()", "write_log('x')", "pg_sleep(100)", "sleep_ms(100000)", '"Pg_Sleep"(100)',
        "pg_postmaster_start_time()", "ago(INTERVAL 1 DAY)", "reservoir_quantile(id, 0.5)", "__internal_compress_string_ubigint('x')",
        "pg_get_viewdef(1)",
    ],
)  # fmt: skip
def test_a_function_that_is_more_than_its_result_is_refused_and_never_run(
    people: DuckDBDatabase, call: str
) -> None:
    refusal = people.read(f"SELECT {call} FROM people")
    assert isinstance(refusal, Refusal)
    assert "is not allowed" in refusal.why


@pytest.mark.parametrize(
    "call",
    [
        "read_csv('x.csv')", "read_text('x')", "read_duckdb('x')", "glob('*')", "duckdb_settings()", "pragma_version()", "query('SELECT 1')",
        "query_table('people')", "repeat('x', 1000000)", "json_execute_serialized_sql('{}')", "enable_logging()",
    ],
)  # fmt: skip
def test_only_five_table_functions_may_be_read_from(people: DuckDBDatabase, call: str) -> None:
    refusal = people.read(f"SELECT * FROM {call}")
    assert isinstance(refusal, Refusal)
    assert "reads from the function" in refusal.why


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT now(), today(), current_date, age(born) FROM people",  # the fixture's own clock
        "SELECT pay / 2, -id, name || city, upper(name), born::TEXT, extract(year FROM born), id IN (1, 2) FROM people",
        "SELECT city, count(*), sum(DISTINCT pay), string_agg(name, ',' ORDER BY id), median(pay) FROM people GROUP BY ALL",
        "SELECT row_number() OVER (ORDER BY id), lag(pay) OVER (PARTITION BY city ORDER BY id) FROM people",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY pay), coalesce(max(city), nullif('a', 'b')) FROM people",
        "SELECT i, j FROM range(3) r(i), generate_series(1, 2) s(j)",
        "SELECT unnest([1, 2]), list_transform([1], lambda x: x + 1), {'a': 1}, [x FOR x IN [1]]",
        "SELECT json_extract(j, '$.a'), json_group_object('a', 1) FROM (SELECT '{\"a\": 1}'::JSON AS j) GROUP BY 1",
    ],
)
def test_pure_functions_operators_and_macros_of_them_are_allowed(people: DuckDBDatabase, sql: str) -> None:
    assert isinstance(people.read(sql), Query)


def test_no_function_that_the_catalogue_calls_volatile_is_allowed(people: DuckDBDatabase) -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE has_side_effects"
        ).fetchall()
    assert len(rows) > 10
    assert people.functions.allowed & {name for (name,) in rows} == {"error"}  # it only ends the query


def test_a_macro_of_the_fixture_is_allowed(opened: type[object]) -> None:
    database = opened("CREATE TABLE t AS SELECT 1 AS x; CREATE MACRO twice(a) AS 2 * a")  # type: ignore[call-arg]
    assert isinstance(database, DuckDBDatabase)
    assert isinstance(database.read("SELECT twice(x) FROM t"), Query)
