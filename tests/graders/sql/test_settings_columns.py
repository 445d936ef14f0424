"""How a sample is graded: what its columns say goes over what the grader is set to, and a wrong value says what is allowed."""

from typing import Any

import pytest

from rewardkit import Unscored
from rewardkit.graders.sql.comparing.rules import Rules
from rewardkit.graders.sql.settings import (
    DEFAULT_INSTANCES,
    MAX_INSTANCES,
    Settings,
    instances_of,
    rule_value,
    with_columns,
)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("given", 1),
        (" Given ", 1),
        ("auto", DEFAULT_INSTANCES),
        ("auto:3", 3),
        ("AUTO:16", 16),
        (4, 4),
        ("4", 4),
    ],
)
def test_instances_are_written_as_a_word_or_a_number(value: object, count: int) -> None:
    assert instances_of(value) == count


@pytest.mark.parametrize("value", ["auto:0", "auto:", "auto:17", 0, -1, "all", "", "3.5", True])
def test_any_other_number_of_instances_is_refused(value: object) -> None:
    with pytest.raises(Unscored, match=f"'given', or 'auto:K' with K from 1 to {MAX_INSTANCES}") as raised:
        instances_of(value)
    assert raised.value.cause == "bad_reference"


@pytest.mark.parametrize(
    ("columns", "settings"),
    [
        ({"engine": "sqlite"}, Settings(engine="sqlite")),
        ({"dialect": "postgres"}, Settings(dialect="postgres")),
        ({"dialect": "PostgreSQL"}, Settings(dialect="postgres")),
        ({"dialect": "SQLServer"}, Settings(dialect="tsql")),
        ({"engine": "SQLite"}, Settings(engine="sqlite")),
        ({"clock": "2020-01-01"}, Settings(clock="2020-01-01")),
        ({"instances": "auto:2"}, Settings(instances=2)),
        ({"ordered": True}, Settings(rules=Rules(order="exact"))),
        ({"ordered": "false"}, Settings(rules=Rules(order="any"))),
        ({"ordered": "Yes"}, Settings(rules=Rules(order="exact"))),
        ({"ordered": "no"}, Settings(rules=Rules(order="any"))),
        ({"abs_tol": "0.01", "types": "strict"}, Settings(rules=Rules(abs_tol=0.01, types="strict"))),
    ],
)
def test_each_column_changes_one_setting(columns: dict[str, Any], settings: Settings) -> None:
    assert with_columns(Settings(), columns) == settings


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_cell_changes_nothing(nothing: object) -> None:
    settings = Settings(engine="sqlite", rules=Rules(order="exact"))
    columns = dict.fromkeys(("engine", "dialect", "instances", "clock", "ordered"), nothing)
    assert with_columns(settings, columns) == settings


def test_columns_go_over_the_graders_own_settings() -> None:
    settings = Settings(instances=3, clock="2020-01-01", rules=Rules(order="exact", rel_tol=0.1))
    changed = with_columns(settings, {"instances": "given", "ordered": "0"})
    assert changed == Settings(instances=1, clock="2020-01-01", rules=Rules(order="any", rel_tol=0.1))


def test_the_dialect_of_the_engine_needs_no_translation() -> None:
    assert with_columns(Settings(), {"dialect": "duckdb"}).dialect == ""
    assert with_columns(Settings(), {"dialect": "sqlite", "engine": "sqlite"}).dialect == ""
    assert with_columns(Settings(), {"dialect": "sqlite"}).dialect == "sqlite"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"dialect": "postgress"}, "Did you mean 'postgres'"),
        (
            {"dialect": "Snowflak"},
            "allowed: postgres, mysql, .* that sqlglot reads. Did you mean 'snowflake'",
        ),
        ({"instances": "autos:5"}, "Did you mean 'auto'"),
        ({"ordered": "fales"}, "Did you mean 'false'"),
        ({"ordered": "perhaps"}, "true or false"),
        ({"instances": "many"}, "'given', or 'auto:K'"),
        ({"order": "golden"}, "gold, any, exact. Did you mean 'gold'"),
        ({"rel_tol": "-1"}, "a number of at least 0"),
        ({"abs_tol": "inf"}, "a number of at least 0"),
        ({"abs_tol": "small"}, "a number of at least 0"),
        ({"null_is_nan": "maybe"}, "true or false"),
    ],
)
def test_a_wrong_value_says_what_is_allowed(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(Unscored, match=message) as raised:
        with_columns(Settings(), columns)
    assert raised.value.cause == "bad_reference"
    assert repr(next(iter(columns.values()))) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [("order", " Exact ", "exact"), ("null_is_nan", "FALSE", False), ("null_is_nan", 1, True), ("rel_tol", "1e-3", 0.001), ("abs_tol", 0, 0.0)],
)  # fmt: skip
def test_rules_are_read_as_python_or_a_csv_cell_writes_them(name: str, cell: object, value: object) -> None:
    assert rule_value(name, cell) == value


def test_settings_with_the_same_columns_are_the_same_key() -> None:
    assert hash(with_columns(Settings(), {"clock": "2020-01-01"})) == hash(Settings(clock="2020-01-01"))
