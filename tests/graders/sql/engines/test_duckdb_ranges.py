import pytest

from rewardkit.graders.sql.engines.duckdb_databases import DuckDBDatabase
from rewardkit.graders.sql.engines.duckdb_parsing import arguments_of, parsed
from rewardkit.graders.sql.engines.duckdb_ranges import elements


def elements_of(database: DuckDBDatabase, call: str) -> float:
    tree = parsed(database.connection, f"SELECT {call} FROM people")
    return elements(arguments_of(tree["select_list"][0]))


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("range(10)", 10),
        ("range(0, -100)", 100),
        ("range(1000 * 1000)", 1_000_000),
        ("range(99999 + 99999)", 199_998),
        ("range(id * 99999)", 99_999),
        ("range((SELECT max(id) FROM people) * 1000)", 1_000),
        ("range(CASE WHEN id > 1 THEN 1000000 END)", 1_000_000),
        ("range(coalesce(NULL, 999999))", 999_999),
        ("range(2 ** 40)", float("inf")),
        ("range(1 << 40)", float("inf")),
        ("range(pow(10, 9)::BIGINT)", float("inf")),
    ],
)
def test_numbers_are_reckoned_from_their_literals(people: DuckDBDatabase, call: str, count: float) -> None:
    assert elements_of(people, call) == count


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("generate_series(DATE '2024-01-01', DATE '2024-12-31', INTERVAL 1 HOUR)", 8_760),
        ("generate_series('2024-01-01'::DATE, '2024-01-31'::DATE, '1 day'::INTERVAL)", 30),
        ("generate_series(DATE '2024-01-01', DATE '2024-01-02', INTERVAL '00:30:00')", 48),
        ("generate_series(DATE '2024-01-01', DATE '2024-02-01', to_minutes(30))", 1_488),
        ("generate_series(DATE '2024-01-01', DATE '2024-01-31', INTERVAL (id) DAY)", 30),
        ("generate_series(DATE '2024-01-01', DATE '2024-01-01' + INTERVAL 100 YEARS, INTERVAL 1 DAY)", 100 * 366),
        ("generate_series(born, now(), INTERVAL '1 month')", 10 * 366 / 30),
        ("generate_series(born, now(), INTERVAL 1 HOUR)", 87_840),
        ("range(TIMESTAMP '2000-01-01', TIMESTAMP '2000-01-02', INTERVAL 1 MICROSECOND)", 86_400_000_000),
        ("generate_series(DATE '0001-01-01', DATE '9999-12-31', INTERVAL 1 DAY)", 3_652_058),
    ],
)  # fmt: skip
def test_moments_are_as_far_apart_as_they_are_written(
    people: DuckDBDatabase, call: str, count: float
) -> None:
    assert elements_of(people, call) == pytest.approx(count)
